//! The timeline, newest first: webhooks sent and API calls received, and what the stack tells of
//! behind them: the module's own events, and what went wrong.

use serde_json::{Map, Value};

use super::{bubble::pretty, trace};
use crate::behind::{Behind, Note, NoteKind, OwnEvent};
use crate::clock;
use crate::webhook::chat_of;
use crate::world::World;
use crate::world::record::{Call, Delivery, Failure};

/// How many entries are shown.
const SHOWN: usize = 100;

/// How many characters of a message are shown on its line.
const WORDS: usize = 24;

/// One line, with what opens under it.
pub(super) struct Entry {
    at: i64,
    order: u64,
    /// A name that stays the same, so that what is open stays open.
    pub(super) id: String,
    /// The delivery's number, for those that can be sent again.
    pub(super) delivery: Option<u64>,
    /// The time of day.
    pub(super) time: String,
    /// `Webhook` or the HTTP method.
    pub(super) tag: String,
    /// Events or path.
    pub(super) what: String,
    /// A few words of what was said.
    pub(super) note: String,
    /// Status and time, or why it failed.
    pub(super) outcome: String,
    /// What went wrong, in whole sentences: shown without opening it.
    pub(super) told: Option<Told>,
    /// How its tag looks: a class.
    pub(super) look: &'static str,
    /// Whether it went wrong.
    pub(super) failed: bool,
    /// The events that can leave a trace.
    pub(super) events: Vec<EventView>,
    /// Titles and texts of what opens.
    pub(super) sections: Vec<(&'static str, String)>,
}

/// What went wrong.
pub(super) struct Told {
    /// Why.
    pub(super) reason: String,
    /// What happens next.
    pub(super) next: String,
}

/// An event of a webhook.
pub(super) struct EventView {
    /// Its type.
    pub(super) kind: String,
    /// The page that says what became of it.
    pub(super) link: String,
}

/// The timeline of a chat: what has to do with it, or with its account as a whole.
pub(super) fn of_chat(
    world: &World,
    (bot, chat): (&str, &str),
    behind: &Behind,
    hours: i8,
) -> Vec<Entry> {
    let deliveries = world.deliveries.iter().rev().filter(|delivery| {
        delivery.bot == bot
            && (delivery.chats.is_empty() || delivery.chats.iter().any(|own| own == chat))
    });
    let calls = world.calls.iter().rev().filter(|call| {
        let own = call.chat.as_deref().is_none_or(|own| own == chat);
        call.bot.as_deref() == Some(bot) && own
    });
    let place = |of_chat: bool| (bot, Some(chat).filter(|_| of_chat));
    let own = behind.events.iter().enumerate();
    let own = own.map(|(order, event)| own_event(event, order, place(event.of_chat), hours));
    let notes = behind.notes.iter();
    let notes = notes.map(|it| note(it, place(it.of_chat), hours));
    merge(deliveries, calls, own.chain(notes), SHOWN, hours)
}

/// The newest entries of all accounts.
pub(super) fn newest(world: &World, count: usize, hours: i8) -> Vec<Entry> {
    let (deliveries, calls) = (world.deliveries.iter().rev(), world.calls.iter().rev());
    merge(deliveries, calls, std::iter::empty(), count, hours)
}

fn merge<'a>(
    deliveries: impl Iterator<Item = &'a Delivery>,
    calls: impl Iterator<Item = &'a Call>,
    behind: impl Iterator<Item = Entry>,
    count: usize,
    hours: i8,
) -> Vec<Entry> {
    let deliveries = deliveries
        .take(count)
        .map(|delivery| webhook(delivery, hours));
    let calls = calls.take(count).map(|entry| call(entry, hours));
    let mut entries: Vec<Entry> = deliveries.chain(calls).chain(behind).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.order)));
    entries.truncate(count);
    entries
}

fn webhook(delivery: &Delivery, hours: i8) -> Entry {
    let body: Value = serde_json::from_str(&delivery.body).unwrap_or_default();
    let signature = delivery.signature.as_deref().unwrap_or("(none)");
    Entry {
        at: delivery.at,
        order: delivery.number,
        id: format!("delivery-{}", delivery.number),
        delivery: Some(delivery.number),
        time: clock::time_of_day(delivery.at, hours),
        tag: "Webhook".into(),
        what: kinds(&body, delivery.redelivery),
        note: excerpt(&body, "events", &["/message/text", "/postback/data"]),
        outcome: webhook_outcome(delivery),
        told: None,
        look: " hook",
        failed: delivery.failure.is_some(),
        events: events(&delivery.bot, &body),
        sections: vec![
            ("x-line-signature", signature.into()),
            ("Body", pretty(&body)),
        ],
    }
}

/// The events that have an id; by it what became of them is found.
fn events(bot: &str, body: &Value) -> Vec<EventView> {
    let events = body.get("events").and_then(Value::as_array);
    let view = |event: &Value| {
        let id = event.get("webhookEventId")?.as_str()?;
        let chat = chat_of(event).filter(|chat| !chat.is_empty());
        Some(EventView {
            kind: kind(event),
            link: trace::link(bot, chat, id),
        })
    };
    events.into_iter().flatten().filter_map(view).collect()
}

/// A timer, signal or command.
fn own_event(event: &OwnEvent, order: usize, place: (&str, Option<&str>), hours: i8) -> Entry {
    let payload: Value = serde_json::from_str(&event.payload).unwrap_or_default();
    let is_empty = matches!(&payload, Value::Null) || payload == Value::Object(Map::new());
    let sections = match is_empty {
        true => Vec::new(),
        false => vec![("Payload", pretty(&payload))],
    };
    Entry {
        at: event.at,
        order: u64::try_from(order).unwrap_or_default(),
        id: format!("event-{}", event.id),
        delivery: None,
        time: clock::time_of_day(event.at, hours),
        tag: event.kind.clone(),
        what: event.name.clone(),
        note: if is_empty {
            String::new()
        } else {
            cut(&payload.to_string())
        },
        outcome: String::new(),
        told: None,
        look: " own",
        failed: false,
        events: vec![EventView {
            kind: event.kind.clone(),
            link: trace::link(place.0, place.1, &event.id),
        }],
        sections,
    }
}

/// What went wrong with an event. Its reason is read without opening it.
fn note(note: &Note, (bot, chat): (&str, Option<&str>), hours: i8) -> Entry {
    Entry {
        at: note.at,
        // What was sent in the same millisecond came before it.
        order: u64::MAX / 2 + note.number,
        id: format!("note-{}", note.number),
        delivery: None,
        time: clock::time_of_day(note.at, hours),
        tag: note.kind.word().into(),
        what: note.about.clone(),
        note: String::new(),
        outcome: String::new(),
        told: Some(Told {
            reason: note.reason.clone(),
            next: note.next.clone(),
        }),
        look: match note.kind {
            NoteKind::Failed | NoteKind::Refused => " warn",
            NoteKind::Parked => " bad",
        },
        failed: true,
        events: vec![EventView {
            kind: note.about.clone(),
            link: trace::link(bot, chat, &note.event),
        }],
        sections: Vec::new(),
    }
}

/// The first words of the first text.
fn excerpt(body: &Value, list: &str, pointers: &[&str]) -> String {
    let list = body.get(list).and_then(Value::as_array);
    let entries = list.into_iter().flatten();
    let mut texts = entries.flat_map(|entry| pointers.iter().filter_map(|at| entry.pointer(at)));
    let text = texts.next().and_then(Value::as_str).unwrap_or_default();
    cut(text)
}

fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(WORDS).collect();
    if text.chars().nth(WORDS).is_some() {
        short.push('…');
    }
    short
}

/// The types of the events; of messages their own type.
fn kinds(body: &Value, redelivery: bool) -> String {
    let events = body.get("events").and_then(Value::as_array);
    let mut kinds: Vec<String> = events.into_iter().flatten().map(kind).collect();
    let more = kinds.len().saturating_sub(3);
    kinds.truncate(3);
    if more > 0 {
        kinds.push(format!("{more} more"));
    }
    if kinds.is_empty() {
        kinds.push("no events".into());
    }
    let again = if redelivery { " (redelivery)" } else { "" };
    format!("{}{again}", kinds.join(", "))
}

fn kind(event: &Value) -> String {
    let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str);
    let kind = text("/type").unwrap_or("no type");
    match text("/message/type").or_else(|| text("/module/type")) {
        Some(inner) => format!("{kind} ({inner})"),
        None => kind.to_owned(),
    }
}

fn webhook_outcome(delivery: &Delivery) -> String {
    let milliseconds = delivery.milliseconds;
    match (delivery.status, delivery.failure) {
        (Some(status), _) => format!("{status} in {milliseconds} ms"),
        (None, Some(Failure::CouldNotConnect)) => "could not connect".into(),
        (None, Some(Failure::RequestTimeout)) => format!("no answer in {milliseconds} ms"),
        (None, _) => "failed".into(),
    }
}

fn call(call: &Call, hours: i8) -> Entry {
    let fault = call.fault.as_ref().map(|fault| format!(" (fault {fault})"));
    let headers = serde_json::to_value(&call.headers).unwrap_or_default();
    let mut sections = vec![("Answer", pretty(&call.response))];
    if !call.request.is_null() {
        sections.insert(0, ("Request", pretty(&call.request)));
    }
    sections.push(("Headers", pretty(&headers)));
    Entry {
        at: call.at,
        order: call.number,
        id: format!("call-{}", call.number),
        delivery: None,
        time: clock::time_of_day(call.at, hours),
        tag: call.method.clone(),
        what: short(&call.path),
        note: if call.emulated {
            excerpt(&call.request, "messages", &["/text", "/altText"])
        } else {
            "not emulated".into()
        },
        outcome: format!("{}{}", call.status, fault.unwrap_or_default()),
        told: None,
        look: "",
        failed: call.status >= 400 && call.status != 409,
        events: Vec::new(),
        sections,
    }
}

/// A path with long ids cut short, so that its end can be seen.
fn short(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        if part.len() > 30 {
            part.chars().take(8).chain(['…']).collect()
        } else {
            part.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join("/")
}
