//! Since when an account is attached, how long it was suspended, and whether its contract was
//! cancelled: from its registers as they change. The registers keep only their newest entries, so
//! what was before is kept here.

use serde::{Deserialize, Serialize};

use crate::domain::usage::{Day, Month};
use crate::domain::{BotState, Timestamp};

/// The registers of an account that tell of its contract. Times are LINE's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lifecycle {
    /// The newest attach known.
    pub attached_at: Option<Timestamp>,
    /// The newest detach known.
    pub detached_at: Option<Timestamp>,
    /// The newest suspension known.
    pub suspended_at: Option<Timestamp>,
    /// The newest return from one known.
    pub resumed_at: Option<Timestamp>,
}

/// One attachment of an account, from its attach to its detach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// When it was attached.
    pub since: Timestamp,
    /// When it was detached; absent while it is attached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
    /// Whether it was detached while it was suspended: the account's owner has ended the contract
    /// with LINE, or LINE has.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// The times in which it was suspended, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<Suspension>,
}

/// A time in which an account was suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// When it began.
    pub from: Timestamp,
    /// When it ended; absent while it goes on, and where the contract ended in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl From<&BotState> for Lifecycle {
    fn from(state: &BotState) -> Self {
        Self {
            attached_at: state.attached_at,
            detached_at: state.detached_at,
            suspended_at: state.suspended_at,
            resumed_at: state.resumed_at,
        }
    }
}

/// Takes in the registers as they are now. The same ones again change nothing.
pub(super) fn take_in(contracts: &mut Vec<Contract>, now: &Lifecycle) {
    end(contracts, now);
    begin(contracts, now);
    if let Some(contract) = contracts.last_mut().filter(|it| it.ended.is_none()) {
        contract.take_suspension(now);
    }
}

/// A detach ends what began before it. A suspension that is learnt of with it comes first.
fn end(contracts: &mut [Contract], now: &Lifecycle) {
    let Some(contract) = contracts.last_mut().filter(|it| it.ended.is_none()) else {
        return;
    };
    if let Some(at) = now.detached_at.filter(|at| *at >= contract.since) {
        let until_then = Lifecycle {
            attached_at: now.attached_at.filter(|attach| *attach <= at),
            suspended_at: now.suspended_at.filter(|it| *it <= at),
            resumed_at: now.resumed_at.filter(|it| *it <= at),
            ..*now
        };
        contract.take_suspension(&until_then);
        contract.cancelled = contract
            .suspensions
            .last()
            .is_some_and(|it| it.until.is_none());
        contract.ended = Some(at);
    }
}

/// An attach that is newer than the last end begins another; one that was ended at once is kept too.
fn begin(contracts: &mut Vec<Contract>, now: &Lifecycle) {
    let is_open = contracts.last().is_some_and(|it| it.ended.is_none());
    let last_end = contracts.last().and_then(|it| it.ended);
    let Some(since) = now
        .attached_at
        .filter(|at| !is_open && Some(*at) > last_end)
    else {
        return;
    };
    contracts.push(Contract {
        since,
        ended: None,
        cancelled: false,
        suspensions: Vec::new(),
    });
    end(contracts, now);
}

impl Contract {
    /// An attach newer than a suspension ends it, as a resumption does.
    fn take_suspension(&mut self, now: &Lifecycle) {
        let Some(from) = now.suspended_at.filter(|at| *at >= self.since) else {
            return;
        };
        let end = now.resumed_at.max(now.attached_at);
        let until = end.filter(|at| *at >= from);
        match self.suspensions.last_mut() {
            Some(last) if last.from >= from => last.until = last.until.or(until),
            last => {
                if let Some(open) = last.filter(|it| it.until.is_none()) {
                    // Its end was not seen by itself.
                    open.until = end
                        .filter(|at| *at >= open.from && *at < from)
                        .or(Some(from));
                }
                self.suspensions.push(Suspension { from, until });
            }
        }
    }

    /// Whether it is suspended, as far as is known.
    pub fn is_suspended(&self) -> bool {
        self.ended.is_none() && self.suspensions.last().is_some_and(|it| it.until.is_none())
    }

    fn covers_some_of(&self, day: Day, now: Timestamp) -> bool {
        self.since < day.end() && self.ended.unwrap_or(now) >= day.start() && day.start() <= now
    }

    fn is_suspended_for_all_of(&self, day: Day, now: Timestamp) -> bool {
        let end = self.ended.unwrap_or(now);
        self.suspensions.iter().any(|suspension| {
            let until = suspension.until.unwrap_or(end);
            suspension.from <= day.start() && until >= day.end()
        })
    }
}

/// Days of the month, as far as it has come, on which the account was attached at some time; and of
/// these, on which it was suspended from the first moment to the last.
pub(super) fn days(contracts: &[Contract], month: Month, now: Timestamp) -> (u32, u32) {
    let attached = month.days().filter(|day| {
        let mut all = contracts.iter();
        all.any(|contract| contract.covers_some_of(*day, now))
    });
    let (mut attached_days, mut suspended_days) = (0, 0);
    for day in attached {
        attached_days += 1;
        let mut all = contracts.iter();
        let is_suspended = all.any(|contract| contract.is_suspended_for_all_of(day, now));
        suspended_days += u32::from(is_suspended);
    }
    (attached_days, suspended_days)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000;

    fn at(day: i64, hour: i64) -> Timestamp {
        let november: Month = "2026-11".parse().unwrap();
        Timestamp(november.start().0 + ((day - 1) * 24 + hour) * HOUR)
    }

    /// Registers of these times, each of a day of November: attach, detach, suspension, resumption.
    fn registers(days: [Option<i64>; 4]) -> Lifecycle {
        let [attached_at, detached_at, suspended_at, resumed_at] =
            days.map(|day| day.map(|day| at(day, 12)));
        Lifecycle {
            attached_at,
            detached_at,
            suspended_at,
            resumed_at,
        }
    }

    fn after(steps: &[[Option<i64>; 4]]) -> Vec<Contract> {
        let mut contracts = Vec::new();
        for step in steps {
            for _ in 0..2 {
                take_in(&mut contracts, &registers(*step));
            }
        }
        contracts
    }

    fn november(contracts: &[Contract], now: Timestamp) -> (u32, u32) {
        days(contracts, "2026-11".parse().unwrap(), now)
    }

    #[test]
    fn an_account_that_comes_back_has_two_contracts() {
        let contracts = after(&[
            [Some(3), None, None, None],
            [Some(3), Some(5), None, None],
            [Some(10), Some(5), None, None],
        ]);
        let spans: Vec<_> = contracts
            .iter()
            .map(|it| (it.since, it.ended, it.cancelled))
            .collect();
        let expected = [
            (at(3, 12), Some(at(5, 12)), false),
            (at(10, 12), None, false),
        ];
        assert_eq!(spans, expected);
        assert_eq!(november(&contracts, at(12, 0)), (3 + 3, 0));
        assert_eq!(november(&contracts, at(40, 0)), (3 + 21, 0));
    }

    #[test]
    fn a_detach_and_an_attach_that_are_learnt_together_end_and_begin() {
        let contracts = after(&[[Some(3), None, None, None], [Some(10), Some(5), None, None]]);
        assert_eq!(contracts.len(), 2);
        assert_eq!(contracts[0].ended, Some(at(5, 12)));
        let at_once = after(&[[Some(3), Some(5), None, None]]);
        assert_eq!((at_once.len(), at_once[0].ended), (1, Some(at(5, 12))));
    }

    #[test]
    fn an_account_that_is_linked_again_goes_on() {
        let contracts = after(&[[Some(3), None, None, None], [Some(9), None, None, None]]);
        assert_eq!((contracts.len(), contracts[0].since), (1, at(3, 12)));
    }

    #[test]
    fn days_of_a_suspension_count_when_they_are_whole() {
        let contracts = after(&[
            [Some(1), None, None, None],
            [Some(1), None, Some(4), None],
            [Some(1), None, Some(4), Some(7)],
        ]);
        assert!(!contracts[0].is_suspended());
        assert_eq!(november(&contracts, at(10, 12)), (10, 2));
    }

    #[test]
    fn two_suspensions_are_two_and_an_attach_ends_one() {
        let contracts = after(&[
            [Some(1), None, Some(2), Some(3)],
            [Some(1), None, Some(5), Some(3)],
            [Some(8), None, Some(5), Some(3)],
        ]);
        let suspensions: Vec<_> = contracts[0]
            .suspensions
            .iter()
            .map(|it| (it.from, it.until))
            .collect();
        let expected = [(at(2, 12), Some(at(3, 12))), (at(5, 12), Some(at(8, 12)))];
        assert_eq!(suspensions, expected);
    }

    #[test]
    fn a_detach_in_a_suspension_is_a_cancelled_contract() {
        let begun = [Some(1), None, None, None];
        for steps in [
            vec![
                begun,
                [Some(1), None, Some(4), None],
                [Some(1), Some(9), Some(4), None],
            ],
            vec![begun, [Some(1), Some(9), Some(4), None]],
        ] {
            let contracts = after(&steps);
            assert!(contracts[0].cancelled);
            assert_eq!(november(&contracts, at(20, 0)), (9, 4));
        }
        let resumed = after(&[
            begun,
            [Some(1), None, Some(4), Some(5)],
            [Some(1), Some(9), Some(4), Some(5)],
        ]);
        assert!(!resumed[0].cancelled);
    }
}
