//! What the company's own systems say, as the JSON of an event: so it takes its place among
//! the events that LINE tells of, in the queue, in the ledger, and where it is parked.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::domain::{BotId, Chat, Event, EventId, EventKind, Timestamp};
use crate::line::event::{members, of_members};
use crate::line::own_event::source;

/// What a caller says.
#[derive(Debug, Clone, Copy)]
pub struct Said<'a> {
    /// The command's name.
    pub name: &'a str,
    /// The caller's own id of it.
    pub id: &'a str,
    /// What goes with it, as JSON.
    pub payload: &'a RawValue,
}

/// A command that was received at `at`, to a chat or to the account itself, as the JSON of an
/// event: for [`read`].
///
/// # Errors
/// Only if it cannot be written as JSON.
pub fn write(
    chat: Option<&Chat>,
    at: Timestamp,
    said: Said<'_>,
) -> Result<Box<RawValue>, serde_json::Error> {
    #[derive(Serialize)]
    struct Command<'a> {
        r#type: &'static str,
        timestamp: Timestamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        source: Option<Value>,
        name: &'a str,
        id: &'a str,
        payload: &'a RawValue,
    }
    let Said { name, id, payload } = said;
    to_raw_value(&Command {
        r#type: "@command",
        timestamp: at,
        source: chat.map(source),
        name,
        id,
        payload,
    })
}

/// Reads an event that [`write`] has made. Only for one that is known to be ours: LINE's own
/// events are never commands, whatever they say of themselves.
pub fn read(bot: &BotId, id: &EventId, raw: &str, received_at: Timestamp) -> Event {
    let mut command = members(raw);
    let text = |name: &str| command[name].as_str().unwrap_or_default().to_owned();
    let (name, callers_id) = (text("name"), text("id"));
    let payload = command["payload"].take();
    Event {
        kind: EventKind::Command {
            name,
            id: callers_id,
            payload,
        },
        ..of_members(bot, id, raw, &command, received_at)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::{ChatId, ChatKind};
    use crate::line::event;

    #[test]
    fn a_command_comes_back_as_it_was_said_and_line_makes_none() {
        let payload = RawValue::from_string(r#"{"table":2}"#.into()).unwrap();
        let said = Said {
            name: "booked",
            id: "web-1",
            payload: &payload,
        };
        let chats = ["C1", "R1", "L1-U2"].map(|id| Some(Chat::of_id(ChatId::new(id).unwrap())));
        for chat in chats.into_iter().chain([None]) {
            let raw = write(chat.as_ref(), Timestamp(5), said).unwrap();
            let (bot, id) = (BotId::new("U1").unwrap(), EventId::new("e").unwrap());
            let command = read(&bot, &id, raw.get(), Timestamp(7));
            let kind = EventKind::Command {
                name: "booked".into(),
                id: "web-1".into(),
                payload: json!({ "table": 2 }),
            };
            assert_eq!(command.kind, kind);
            assert_eq!((command.at, command.chat), (Timestamp(5), chat));
            assert!(command.mode.is_none() && command.reply_token.is_none());
            assert!(!command.kind.is_of_bot() && !command.kind.is_of_module());
            let of_line = event::read(&bot, &id, raw.get(), Timestamp(7));
            assert_eq!(of_line.kind, EventKind::Unknown("@command".into()));
        }
    }

    #[test]
    fn the_first_letter_of_a_chats_id_tells_its_kind() {
        let kind = |id: &str| Chat::of_id(ChatId::new(id).unwrap()).kind;
        assert_eq!(kind("C4af4980629"), ChatKind::Group);
        assert_eq!(kind("Ra8dbf4673c"), ChatKind::Room);
        assert_eq!(kind("U4af4980629"), ChatKind::User);
        assert_eq!(kind("L4af4-U4af4"), ChatKind::User);
    }
}
