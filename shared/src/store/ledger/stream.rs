//! A change of an event's row, as the table's stream has it: for who follows events as they go.

use serde::Deserialize as _;
use serde_json::Value;

use crate::domain::{BotId, ChatId, EventId, LedgerEntry};
use crate::store::usage::{Raw, image, text};
use crate::store::{LedgerKey, keys};

/// An event's row as it was and as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerChange {
    pub key: LedgerKey,
    /// None where the row is new.
    pub old: Option<LedgerEntry>,
    pub new: LedgerEntry,
}

impl LedgerChange {
    /// Reads a record of the stream as Lambda hands it over. None of a row of another kind, of one
    /// that goes, and of one that this release cannot read.
    pub fn read(record: &Value) -> Option<Self> {
        let raw = Raw::deserialize(record).ok()?;
        let change = raw.dynamodb;
        let new = change.new_image.filter(|_| raw.event_name != "REMOVE")?;
        let (chat, event) = text(&change.keys, "chat_id")?.split_once(keys::OF_CHAT)?;
        let chat = match chat {
            keys::BOT => None,
            chat if chat.starts_with('@') => return None,
            chat => Some(ChatId::new(chat).ok()?),
        };
        Some(Self {
            key: LedgerKey {
                bot: BotId::new(text(&change.keys, "bot_id")?).ok()?,
                chat,
                event: EventId::new(event).ok()?,
            },
            old: change.old_image.and_then(|old| image(old).ok()),
            new: image(new).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::Outcome;

    fn record(sort: &str, event: &str) -> Value {
        let number = |text: &str| json!({ "N": text });
        json!({
            "eventName": event,
            "dynamodb": {
                "Keys": {"bot_id": {"S": "U1"}, "chat_id": {"S": sort}},
                "NewImage": {
                    "v": number("1"), "outcome": {"S": "failed"}, "kind": {"S": "@timer"}, "at": number("1"),
                    "received_at": number("2"), "expires_at": number("9"), "attempts": number("2"),
                    "reason": {"S": "no such table"},
                },
            },
        })
    }

    #[test]
    fn an_events_row_is_read_with_whose_it_is() {
        let change = LedgerChange::read(&record("U2#e", "MODIFY")).unwrap();
        assert_eq!(change.key.chat.unwrap().as_str(), "U2");
        assert_eq!(change.key.event.as_str(), "e");
        assert_eq!((change.new.outcome(), change.old), (Outcome::Failed, None));
        assert_eq!(change.new.failure(), Some("no such table"));
        let of_account = LedgerChange::read(&record("@bot#e", "INSERT")).unwrap();
        assert_eq!(of_account.key.chat, None);
    }

    #[test]
    fn other_rows_and_what_goes_are_no_change_of_an_event() {
        for (sort, event) in [("U2", "MODIFY"), ("@m#x", "MODIFY"), ("U2#e", "REMOVE")] {
            assert_eq!(LedgerChange::read(&record(sort, event)), None, "{sort}");
        }
    }
}
