//! What the company's billing says of an account, as the JSON of an event of the account: so it
//! is in line with what else happens to the account, and in the ledger.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use crate::domain::{BotId, Entitlement, Event, EventId, EventKind, Timestamp};
use crate::line::event::{members, of_members};

/// An event as it crosses the queue.
#[derive(Serialize)]
struct OwnEvent {
    r#type: &'static str,
    timestamp: Timestamp,
    entitled: Entitlement,
}

/// What was said at `at`, as an event: for [`read`].
///
/// # Errors
/// Only if it cannot be written as JSON.
pub fn write(said: Entitlement, at: Timestamp) -> Result<Box<RawValue>, serde_json::Error> {
    to_raw_value(&OwnEvent {
        r#type: "@entitlement",
        timestamp: at,
        entitled: said,
    })
}

/// Reads an event that [`write`] has made. Only for one that is known to be ours: LINE's own
/// events never say what an account is entitled to. One that cannot be read is not known.
pub fn read(bot: &BotId, id: &EventId, raw: &str, received_at: Timestamp) -> Event {
    let event = members(raw);
    let said = Entitlement::deserialize(&event["entitled"]);
    let kind = match said {
        Ok(said) => EventKind::Entitlement(said),
        Err(_) => EventKind::Unknown("@entitlement".into()),
    };
    Event {
        kind,
        ..of_members(bot, id, raw, &event, received_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::line::event;

    #[test]
    fn what_was_said_comes_back_and_line_says_nothing_of_it() {
        let end = Entitlement::Until(Timestamp(1_800_000_000_000));
        let (bot, id) = (BotId::new("U1").unwrap(), EventId::new("e").unwrap());
        for said in [Entitlement::Yes, Entitlement::No, end] {
            let raw = write(said, Timestamp(5)).unwrap();
            let event = read(&bot, &id, raw.get(), Timestamp(7));
            assert_eq!(event.kind, EventKind::Entitlement(said));
            assert_eq!((event.at, event.chat), (Timestamp(5), None));
            assert!(event.kind.is_of_bot());
            let of_line = event::read(&bot, &id, raw.get(), Timestamp(7));
            assert_eq!(of_line.kind, EventKind::Unknown("@entitlement".into()));
        }
        let odd = read(&bot, &id, r#"{"entitled":"perhaps"}"#, Timestamp(7));
        assert!(odd.kind.is_unknown());
    }
}
