//! A parked event that a person settles without having it run again.

use crate::domain::Timestamp;
use crate::domain::ledger::{Change, LedgerEntry, State, ledger_end};

/// Settles a parked event, for this reason; tells whether it was parked. Its plan and its JSON
/// stay for as long as the entry does, so that it can still be looked at and forced.
pub fn settle(entry: &LedgerEntry, reason: &str, now: Timestamp) -> Change<LedgerEntry, bool> {
    let parked = matches!(entry.state, State::Parked(_)).then(|| entry.clone());
    let settled = parked.map(|mut entry| {
        let (raw, sends) = entry.state.into_raw_and_sends();
        let reason = Some(reason.to_owned());
        entry.state = State::Done { reason, sends };
        entry.raw = raw.or(entry.raw);
        entry.expires_at = ledger_end(now);
        entry
    });
    Change::write_if(settled, true, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Outcome;
    use crate::domain::ledger::ParkKind;

    const NOW: Timestamp = Timestamp(90_000);

    #[test]
    fn a_parked_event_is_done_with_the_persons_word_and_gets_an_end() {
        let at = Timestamp(1_000);
        let done = LedgerEntry::done("message", at, at, at);
        let parked = done
            .clone()
            .into_parked(ParkKind::ByModule, "a reason", "{}", at);
        let settled = settle(&parked, "settled by Mei", NOW).written().unwrap();
        assert_eq!(settled.outcome(), Outcome::Done);
        assert_eq!(settled.reason(), Some("settled by Mei"));
        assert_eq!(settled.raw(), Some("{}"));
        assert_eq!(settled.ends_at(), Some(ledger_end(NOW)));
        assert_eq!(settle(&done, "again", NOW), Change::Keep(false));
    }
}
