//! What went wrong, by a change of an event's row.

use emulator::NoteKind;
use shared::domain::{Delivery, LedgerEntry, Outcome, State};
use shared::store::LedgerChange;
use worker::MOST_ATTEMPTS;

/// Something that went wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) kind: NoteKind,
    pub(super) reason: String,
    /// Whether the event comes again by itself: when, the queue tells.
    pub(super) is_tried_again: bool,
    /// Else what happens next.
    pub(super) next: &'static str,
}

/// What this change tells.
pub(super) fn of(change: &LedgerChange) -> Vec<Found> {
    let (old, new) = (change.old.as_ref(), &change.new);
    let mut found: Vec<_> = failed(old, new).into_iter().collect();
    found.extend(refused(old, new));
    found.extend(parked(old, new));
    found
}

/// An attempt of the module, or a try to send, that has not come to its end.
fn failed(old: Option<&LedgerEntry>, new: &LedgerEntry) -> Option<Found> {
    let reason = match new.failure() {
        Some(reason) => of_module(old, new, reason)?,
        None => of_sending(old, new)?,
    };
    Some(Found {
        kind: NoteKind::Failed,
        reason,
        is_tried_again: true,
        next: "",
    })
}

/// A row that only notes since when the event fails says nothing new.
fn of_module(old: Option<&LedgerEntry>, new: &LedgerEntry, reason: &str) -> Option<String> {
    let is_same = |old: &LedgerEntry| {
        old.failure() == Some(reason) && old.attempts.failed == new.attempts.failed
    };
    if old.is_some_and(is_same) {
        return None;
    }
    Some(match new.attempts.failed {
        0 => reason.to_owned(),
        failed => format!("{reason} (attempt {failed} of {MOST_ATTEMPTS})"),
    })
}

fn of_sending(old: Option<&LedgerEntry>, new: &LedgerEntry) -> Option<String> {
    let State::Planned(sends) = &new.state else {
        return None;
    };
    let had_open = |old: &LedgerEntry| old.sends().is_some_and(|sends| !sends.open.is_empty());
    let has_ended = sends.open.is_empty() && old.is_some_and(had_open);
    let left = sends.effects.iter().filter(|effect| !effect.is_final());
    has_ended.then(|| {
        let left = left.count();
        let all = sends.effects.len();
        format!("not all is sent: {left} of {all} are left")
    })
}

/// What LINE has not taken, and nobody sends again.
fn refused(old: Option<&LedgerEntry>, new: &LedgerEntry) -> Vec<Found> {
    let plan = new.plan().unwrap_or_default();
    let before = |place: usize| old.and_then(|old| old.effects().get(place));
    let with = plan.effects.iter().zip(new.effects()).enumerate();
    let newly = with.filter(|(place, (_, now))| is_refused(now) && before(*place) != Some(*now));
    newly
        .map(|(_, (effect, now))| Found {
            kind: NoteKind::Refused,
            reason: match now.reason() {
                Some(reason) => format!("{}: {reason}", effect.name()),
                None => format!("{}: {}", effect.name(), now.name()),
            },
            is_tried_again: false,
            next: match now {
                Delivery::Unknown { .. } => {
                    "Whether LINE took it is not known. It is not sent again."
                }
                _ => "It is not sent again.",
            },
        })
        .collect()
}

fn is_refused(delivery: &Delivery) -> bool {
    matches!(
        delivery,
        Delivery::Refused { .. }
            | Delivery::Expired
            | Delivery::Unknown { .. }
            | Delivery::Skipped { .. }
    )
}

fn parked(old: Option<&LedgerEntry>, new: &LedgerEntry) -> Option<Found> {
    let was_parked = old.is_some_and(|old| old.outcome() == Outcome::Parked);
    if new.outcome() != Outcome::Parked || was_parked {
        return None;
    }
    Some(Found {
        kind: NoteKind::Parked,
        reason: new.reason().unwrap_or("it does not say why").to_owned(),
        is_tried_again: false,
        next: "It waits for a person, and the chat goes on: open it to run it again.",
    })
}

#[cfg(test)]
mod tests {
    use shared::domain::ledger::ParkKind;
    use shared::domain::{BotId, EventId, Timestamp};
    use shared::store::LedgerKey;

    use super::*;

    fn entry() -> LedgerEntry {
        LedgerEntry::done("@timer", Timestamp(1), Timestamp(2), Timestamp(3))
    }

    fn failed(reason: &str, attempts: u32) -> LedgerEntry {
        let mut entry = entry().failed(reason);
        entry.attempts.failed = attempts;
        entry
    }

    fn change(old: Option<LedgerEntry>, new: LedgerEntry) -> LedgerChange {
        let key = LedgerKey {
            bot: BotId::new("U1").unwrap(),
            chat: None,
            event: EventId::new("e").unwrap(),
        };
        LedgerChange { key, old, new }
    }

    fn reasons(old: Option<LedgerEntry>, new: LedgerEntry) -> Vec<String> {
        let found = of(&change(old, new));
        found.into_iter().map(|it| it.reason).collect()
    }

    #[test]
    fn each_failed_attempt_is_told_once() {
        let first = failed("no stock", 1);
        let told = ["no stock (attempt 1 of 5)"];
        assert_eq!(reasons(None, first.clone()), told);
        let begun = first.clone().attempt_begun("w");
        assert!(reasons(Some(first), begun.clone()).is_empty());
        let told = ["no stock (attempt 2 of 5)"];
        assert_eq!(reasons(Some(begun), failed("no stock", 2)), told);
    }

    #[test]
    fn a_row_that_only_notes_since_when_it_fails_tells_nothing() {
        let seen = failed("not now", 0);
        let noted = LedgerEntry {
            failing_since: Some(Timestamp(4)),
            ..seen.clone()
        };
        assert_eq!(reasons(None, seen.clone()), ["not now"]);
        assert!(reasons(Some(seen), noted).is_empty());
    }

    #[test]
    fn an_event_that_is_parked_says_why() {
        let parked = entry().into_parked(ParkKind::ByModule, "a wrong id", "{}", Timestamp(5));
        let found = of(&change(Some(entry()), parked.clone()));
        assert_eq!(
            (found[0].kind, found[0].reason.as_str()),
            (NoteKind::Parked, "a wrong id")
        );
        assert!(of(&change(Some(parked.clone()), parked)).is_empty());
    }

    #[test]
    fn an_event_that_is_done_tells_nothing() {
        assert!(reasons(None, entry()).is_empty());
    }
}
