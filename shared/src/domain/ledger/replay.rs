//! An event that a person has run again.

use crate::domain::ledger::{LedgerEntry, Outcome, Sends, State, ledger_end};
use crate::domain::{Attempts, Delivery, Timestamp};

impl LedgerEntry {
    /// Whether replay `number` has begun, or one that comes after it.
    pub fn has_begun(&self, number: u32, force: bool) -> bool {
        (self.replays.number, self.replays.forced) >= (number, force)
    }

    /// The entry as replay `number` finds it: to be decided or sent again. What is done
    /// stays done, unless `force`; what steps have succeeded in stays too.
    #[must_use]
    pub fn reopened(mut self, number: u32, force: bool, now: Timestamp) -> Self {
        self.replays.number = number;
        self.replays.forced = force;
        if !force && self.outcome() == Outcome::Done {
            return self;
        }
        self.attempts = Attempts::default();
        self.steps = self.steps.reopened(force);
        self.failing_since = None;
        self.expires_at = ledger_end(now);
        let reason = self.reason().map(str::to_owned);
        let (raw, sends) = self.state.into_raw_and_sends();
        self.raw = raw.or(self.raw);
        self.state = match sends.filter(|_| !force) {
            Some(sends) => State::Planned(sends.reopened(now)),
            None => State::Failed { reason },
        };
        self.replays.run += u32::from(force);
        self
    }
}

impl Sends {
    /// To be sent again. What LINE has refused is tried again.
    fn reopened(mut self, now: Timestamp) -> Self {
        for effect in &mut self.effects {
            if matches!(effect, Delivery::Refused { .. }) {
                *effect = Delivery::Pending;
            }
        }
        if self.nothing_may_be_accepted() {
            self.planned_at = now;
        }
        self
    }

    /// Whether LINE surely has taken nothing of what is not settled: then no retry key
    /// is known to it, and their time starts with the next try.
    fn nothing_may_be_accepted(&self) -> bool {
        self.open.is_empty() && !self.effects.iter().any(Delivery::may_be_accepted)
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::ledger::ParkKind;

    use super::*;

    const REPLAYED: Timestamp = Timestamp(90_000);

    /// Parked with these, its plan made at 1 s.
    fn parked(effects: Vec<Delivery>, open: &[&str]) -> LedgerEntry {
        let at = Timestamp(1_000);
        let planned = LedgerEntry {
            state: State::Planned(Sends {
                plan: "{}".into(),
                planned_at: at,
                effects,
                open: open.iter().map(|&name| name.to_owned()).collect(),
            }),
            ..LedgerEntry::done("message", at, at, at)
        };
        planned.into_parked(ParkKind::RefusedByLine, "a reason", "{}", at)
    }

    fn refused() -> Delivery {
        let reason = "no".into();
        Delivery::Refused { reason }
    }

    #[test]
    fn a_replay_tries_again_what_was_refused_and_its_keys_are_as_new() {
        let sent = Delivery::Sent { request_id: None };
        let entry = parked(vec![sent.clone(), refused()], &[]).reopened(1, false, REPLAYED);
        assert_eq!(entry.effects(), [sent, Delivery::Pending]);
        assert_eq!(entry.sends().unwrap().planned_at, REPLAYED);
        assert_eq!(entry.outcome(), Outcome::Planned);
    }

    #[test]
    fn the_event_itself_is_kept_when_what_was_parked_is_opened_again() {
        for force in [false, true] {
            let entry = parked(vec![refused()], &[]).reopened(1, force, REPLAYED);
            assert_eq!(entry.raw(), Some("{}"));
            assert_eq!(entry.ends_at(), Some(ledger_end(REPLAYED)));
        }
    }

    #[test]
    fn keys_that_line_may_know_do_not_become_new_by_a_replay() {
        let planned_at = |effects, open: &[&str]| {
            let entry = parked(effects, open).reopened(1, false, REPLAYED);
            entry.sends().unwrap().planned_at
        };
        let then = Timestamp(1_000);
        assert_eq!(planned_at(vec![Delivery::Pending], &["a try"]), then);
        assert_eq!(planned_at(vec![Delivery::Open, refused()], &[]), then);
        let pushing = |open| vec![refused(), Delivery::Pushing { open }];
        assert_eq!(planned_at(pushing(true), &[]), then);
        assert_eq!(planned_at(pushing(false), &[]), REPLAYED);
        assert_eq!(planned_at(pushing(false), &["a try"]), then);
    }
}
