//! Who says, beside LINE, that an account is not served: an operator, who pauses it or the
//! whole channel, and the company's billing, by what the account is entitled to.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// Whether an account may be served, as the company's billing says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entitlement {
    /// It may: so it is as long as nobody has said anything.
    #[default]
    Yes,
    /// It may until this moment, by the worker's clock, and not from then on.
    Until(Timestamp),
    /// It may not.
    No,
}

/// The newest word of billing on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entitled {
    #[serde(rename = "is")]
    entitlement: Entitlement,
    /// When it was said. What was said before counts no longer, in whatever order they come.
    said_at: Timestamp,
    /// Since when the account has not been entitled, if it was not already when this was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lapsed_at: Option<Timestamp>,
}

impl Entitled {
    /// What holds after `said` at `at`, where `before` held. A lapse that is confirmed is the
    /// same lapse: a chat that was told of it is not told again.
    #[must_use]
    pub fn after(before: Option<Self>, said: Entitlement, at: Timestamp) -> Self {
        match before {
            Some(before) if before.said_at > at => before,
            before => Self {
                entitlement: said,
                said_at: at,
                lapsed_at: before.and_then(|before| before.lapsed_at(at)),
            },
        }
    }

    /// What billing has said.
    pub fn entitlement(self) -> Entitlement {
        self.entitlement
    }

    /// Since when the account has not been entitled, if it is not at `now`.
    pub fn lapsed_at(self, now: Timestamp) -> Option<Timestamp> {
        let lapse = match self.entitlement {
            Entitlement::Yes => return None,
            Entitlement::Until(end) if now < end => return None,
            Entitlement::Until(end) => end,
            Entitlement::No => self.said_at,
        };
        // One that was entitled to a time to come has begun again with that.
        let before = self.lapsed_at.filter(|_| lapse <= self.said_at);
        Some(before.unwrap_or(lapse))
    }
}

/// An operator has stopped an account, or the whole channel, from speaking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// What becomes of its events meanwhile.
    pub how: PauseMode,
    /// Since when, by the operator's clock.
    pub since: Timestamp,
    /// Who has paused it.
    pub by: String,
    /// Why, in the operator's words.
    pub reason: String,
}

/// What becomes of events while an account is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseMode {
    /// They wait in the queue, and so does what was planned before and is not sent yet.
    Wait,
    /// They are recorded and done with, and what was planned before is dropped.
    Record,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(words: &[(Entitlement, i64)]) -> Entitled {
        let word =
            |before, (said, at): &(_, i64)| Some(Entitled::after(before, *said, Timestamp(*at)));
        words.iter().fold(None, word).unwrap()
    }

    fn lapse(words: &[(Entitlement, i64)], now: i64) -> Option<i64> {
        let lapsed_at = said(words).lapsed_at(Timestamp(now));
        lapsed_at.map(|at| at.0)
    }

    use Entitlement::{No, Until, Yes};

    #[test]
    fn an_account_is_entitled_before_its_end_and_not_from_then_on() {
        let until = [(Until(Timestamp(10)), 5)];
        assert_eq!(lapse(&until, 9), None);
        assert_eq!(lapse(&until, 10), Some(10));
        assert_eq!(lapse(&[(Yes, 5)], i64::MAX), None);
        assert_eq!(lapse(&[(No, 5)], 5), Some(5));
    }

    #[test]
    fn what_only_confirms_a_lapse_begins_no_other() {
        assert_eq!(lapse(&[(No, 5), (No, 9)], 20), Some(5));
        let ended = (Until(Timestamp(7)), 5);
        assert_eq!(lapse(&[ended, (No, 9)], 20), Some(7));
        assert_eq!(lapse(&[(No, 3), ended], 20), Some(7), "seven was to come");
        let past = (Until(Timestamp(1)), 9);
        assert_eq!(lapse(&[(No, 5), past], 20), Some(5));
    }

    #[test]
    fn a_lapse_after_the_account_was_entitled_again_is_another() {
        assert_eq!(lapse(&[(No, 5), (Yes, 7), (No, 9)], 20), Some(9));
        let longer = [(Until(Timestamp(7)), 1), (Until(Timestamp(15)), 8)];
        assert_eq!(lapse(&longer, 10), None);
        assert_eq!(lapse(&longer, 20), Some(15));
    }

    fn entitlement() -> impl Strategy<Value = Entitlement> {
        let until = (0..9_i64).prop_map(|end| Until(Timestamp(end)));
        prop_oneof![Just(Yes), Just(No), until]
    }

    proptest! {
        #[test]
        fn the_newest_word_counts_in_whatever_order_they_come(
            words in prop::collection::vec(entitlement(), 1..6),
            turn in any::<prop::sample::Index>(),
            now in 0..12_i64,
        ) {
            let in_order: Vec<_> = words.into_iter().zip(0..).collect();
            let mut turned = in_order.clone();
            turned.rotate_left(turn.index(in_order.len()));
            let is_entitled = |words: &[_]| lapse(words, now).is_none();
            prop_assert_eq!(is_entitled(&in_order), is_entitled(&turned));
            prop_assert_eq!(said(&in_order).entitlement(), said(&turned).entitlement());
        }
    }
}
