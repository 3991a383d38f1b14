//! Events that we make ourselves, as the JSON of an event like LINE's: a module's timers and
//! signals. That one is ours is told by the `kind` of its job, and not by what its JSON says:
//! LINE's own events are never timers or signals, whatever they say of themselves.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::domain::{BotId, Chat, ChatKind, Event, EventId, EventKind, Signal, Timestamp};
use crate::line::event::{members, of_members};

/// An event as it crosses the queue.
#[derive(Serialize)]
struct OwnEvent<'a, P> {
    r#type: &'static str,
    timestamp: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Value>,
    epoch: Timestamp,
    name: &'a str,
    /// Of a timer whose row stands under its name.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    named: bool,
    /// Of a signal: whose event has planned it, as `user_mark` writes that.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a str>,
    payload: P,
}

/// A timer that is due.
#[derive(Debug, Clone, Copy)]
pub struct Ringing<'a> {
    /// The chat; none if it is the account's own.
    pub chat: Option<&'a Chat>,
    /// When it was due.
    pub due: Timestamp,
    /// Its name.
    pub name: &'a str,
    /// What the module gave.
    pub payload: &'a RawValue,
    /// The newest attach known when it was planned.
    pub epoch: Timestamp,
    /// Whether its row stands under its name until it is handled.
    pub is_named: bool,
}

/// A timer that is due, as an event: for [`read_timer`].
///
/// # Errors
/// Only if it cannot be written as JSON.
pub fn of_timer(timer: &Ringing<'_>) -> Result<Box<RawValue>, serde_json::Error> {
    to_raw_value(&OwnEvent {
        r#type: "timer",
        timestamp: timer.due,
        source: timer.chat.map(source),
        epoch: timer.epoch,
        name: timer.name,
        named: timer.is_named,
        from: None,
        payload: timer.payload,
    })
}

/// Reads a timer's event.
pub fn read_timer(bot: &BotId, id: &EventId, raw: &str, received_at: Timestamp) -> Event {
    let mut timer = members(raw);
    let (name, payload, epoch) = take_own(&mut timer);
    let is_named = timer["named"] == true;
    Event {
        kind: EventKind::Timer {
            name,
            payload,
            epoch,
            is_named,
        },
        ..of_members(bot, id, raw, &timer, received_at)
    }
}

/// A signal for its chat: for [`read_signal`]. `at` is when it was planned; `epoch` the newest
/// attach known then; `from` the mark of the user for whose event it was.
///
/// # Errors
/// Only if it cannot be written as JSON.
pub fn of_signal(
    signal: &Signal,
    at: Timestamp,
    epoch: Timestamp,
    from: Option<&str>,
) -> Result<Box<RawValue>, serde_json::Error> {
    to_raw_value(&OwnEvent {
        r#type: "signal",
        timestamp: at,
        source: Some(source(&signal.chat)),
        epoch,
        name: &signal.name,
        named: false,
        from,
        payload: &signal.payload,
    })
}

/// The mark of the user for whose event a signal was planned, if it has one.
pub fn mark_of_signal(raw: &str) -> Option<String> {
    let signal = members(raw);
    signal["from"].as_str().map(str::to_owned)
}

/// Reads an event that asks for what is kept of its chat to be erased: it comes as the queue has
/// it.
pub fn read_erase(bot: &BotId, id: &EventId, raw: &str, received_at: Timestamp) -> Event {
    let members = members(raw);
    Event {
        kind: EventKind::Erased,
        ..of_members(bot, id, raw, &members, received_at)
    }
}

/// Reads a signal's event.
pub fn read_signal(bot: &BotId, id: &EventId, raw: &str, received_at: Timestamp) -> Event {
    let mut signal = members(raw);
    let (name, payload, epoch) = take_own(&mut signal);
    Event {
        kind: EventKind::Signal {
            name,
            payload,
            epoch,
        },
        ..of_members(bot, id, raw, &signal, received_at)
    }
}

fn take_own(event: &mut Value) -> (String, Value, Timestamp) {
    let name = event["name"].as_str().unwrap_or_default().to_owned();
    let payload = event["payload"].take();
    let epoch = Timestamp(event["epoch"].as_i64().unwrap_or_default());
    (name, payload, epoch)
}

/// A chat as LINE's `source` has it.
pub(super) fn source(chat: &Chat) -> Value {
    match chat.kind {
        ChatKind::User => json!({ "type": "user", "userId": chat.id }),
        ChatKind::Group => json!({ "type": "group", "groupId": chat.id }),
        ChatKind::Room => json!({ "type": "room", "roomId": chat.id }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ChatId;
    use crate::line::event;

    fn each_kind_of_chat() -> impl Iterator<Item = Chat> {
        let kinds = [ChatKind::User, ChatKind::Group, ChatKind::Room];
        kinds.into_iter().map(|kind| Chat {
            kind,
            id: ChatId::new("C1").unwrap(),
        })
    }

    fn ids() -> (BotId, EventId) {
        (BotId::new("U1").unwrap(), EventId::new("e").unwrap())
    }

    fn is_none_of_lines(raw: &str, kind: &str) {
        let (bot, id) = ids();
        let read = event::read(&bot, &id, raw, Timestamp(7));
        assert_eq!(read.kind, EventKind::Unknown(kind.into()));
    }

    #[test]
    fn a_timer_comes_back_as_it_was_planned_and_line_makes_none() {
        let payload = RawValue::from_string(r#"{"step":2}"#.into()).unwrap();
        let (bot, id) = ids();
        for chat in each_kind_of_chat().map(Some).chain([None]) {
            let is_named = chat.is_some();
            let raw = of_timer(&Ringing {
                chat: chat.as_ref(),
                due: Timestamp(5),
                name: "step",
                payload: &payload,
                epoch: Timestamp(3),
                is_named,
            })
            .unwrap();
            let timer = read_timer(&bot, &id, raw.get(), Timestamp(7));
            let planned = EventKind::Timer {
                name: "step".into(),
                payload: json!({ "step": 2 }),
                epoch: Timestamp(3),
                is_named,
            };
            assert_eq!(timer.kind, planned);
            assert_eq!((timer.at, timer.chat), (Timestamp(5), chat));
            assert!(timer.mode.is_none() && timer.reply_token.is_none());
            assert!(!timer.kind.is_of_bot() && !timer.kind.is_of_module());
            is_none_of_lines(raw.get(), "timer");
        }
    }

    #[test]
    fn a_signal_comes_to_its_chat_as_it_was_planned_and_line_makes_none() {
        let (bot, id) = ids();
        for chat in each_kind_of_chat() {
            let signal = Signal {
                chat: chat.clone(),
                name: "freed".into(),
                payload: json!({ "table": 2 }),
            };
            let raw = of_signal(&signal, Timestamp(5), Timestamp(3), Some("mark")).unwrap();
            assert_eq!(mark_of_signal(raw.get()).as_deref(), Some("mark"));
            let read = read_signal(&bot, &id, raw.get(), Timestamp(7));
            let planned = EventKind::Signal {
                name: signal.name,
                payload: signal.payload,
                epoch: Timestamp(3),
            };
            assert_eq!(read.kind, planned);
            assert_eq!((read.at, read.chat), (Timestamp(5), Some(chat)));
            assert!(read.mode.is_none() && read.reply_token.is_none());
            assert!(!read.kind.is_of_bot() && !read.kind.is_of_module());
            is_none_of_lines(raw.get(), "signal");
        }
    }
}
