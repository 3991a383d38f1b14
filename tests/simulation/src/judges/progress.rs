//! A message of many events that comes again goes on where it was: what is settled is not
//! looked at one by one.

use std::collections::BTreeMap;
use std::time::Duration;

use super::seen::{About, Seen};
use super::troubles::Hand;

/// The age from which a ledger row may have lapsed.
const LEDGER_RETENTION: Duration = Duration::from_secs(29 * 24 * 3600);

/// When events became settled.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    settled: BTreeMap<String, Duration>,
}

impl Progress {
    /// The event's row says that it is settled.
    pub(super) fn settled(&mut self, event: &str, at: Duration) {
        self.settled.entry(event.to_owned()).or_insert(at);
    }

    pub(super) fn is_settled(&self, event: &str) -> bool {
        self.settled.contains_key(event)
    }

    /// It was opened again, or is not known to be settled.
    pub(super) fn reopen(&mut self, event: &str) {
        self.settled.remove(event);
    }

    /// The table was restored: what is settled may be forgotten.
    pub(super) fn forget(&mut self) {
        self.settled.clear();
    }

    /// A call leaves, of an invocation with this in hand. What stands against it.
    pub(super) fn leaves(&self, call: &Seen, hand: Option<&Hand>) -> Option<String> {
        let About::Load { event } = &call.about else {
            return None;
        };
        let hand = hand.filter(|hand| hand.again.contains(event))?;
        // One that came in another message as well is looked at for that one.
        if hand.events.iter().filter(|other| *other == event).count() > 1 {
            return None;
        }
        let settled = self.settled.get(event)?;
        let is_known = *settled < hand.from && hand.from < *settled + LEDGER_RETENTION;
        is_known.then(|| format!("{} looks at {event}, which is settled", call.who))
    }
}
