//! The webhook's envelope, split into raw events. Only what routing needs is
//! looked at: everything else is carried as LINE sent it, so that an unknown
//! type, member or value is never an error and never lost
//! (<https://developers.line.biz/en/reference/messaging-api/#webhooks>).

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde_json::value::RawValue;

use crate::domain::{BotId, Chat, ChatId, ChatKind, EventId};
use crate::hash::sha256_hex;
use crate::line::VerifiedBody;
use crate::line::members::Members;

/// Events of the account itself, which are in no chat, whatever else they carry.
const OF_THE_ACCOUNT: [&str; 3] = ["module", "botSuspended", "botResumed"];

#[derive(Debug)]
pub struct Webhook {
    /// The Official Account that it is for.
    pub bot: BotId,
    /// Its events, in LINE's order. LINE documents no maximum number, and there is none of
    /// ours: what fits into one request to a Lambda function is taken.
    pub events: Vec<RawEvent>,
}

/// One event as LINE sent it, with what routing needs beside it.
#[derive(Debug, Clone)]
pub struct RawEvent {
    /// `webhookEventId`; if there is none, the SHA-256 of destination and
    /// event, so that a second copy still has the same.
    pub id: EventId,
    /// LINE's `type`; empty if it has none.
    pub kind: String,
    /// The chat it happened in, if any.
    pub chat: Option<Chat>,
    /// The event's own JSON.
    pub raw: Box<RawValue>,
}

/// The body is signed, but it is not a webhook.
#[derive(Debug, thiserror::Error)]
pub enum MalformedWebhook {
    /// It is not JSON, or not an object with a list of events.
    #[error("the body is not a webhook's JSON")]
    Json(#[source] serde_json::Error),
    /// There are events, but it does not tell for which account.
    #[error("the webhook has events but no usable destination")]
    Destination,
}

impl Webhook {
    /// Splits a body; `None` if it has no events, as the console's check has.
    ///
    /// # Errors
    /// [`MalformedWebhook`]; an odd event alone is no error.
    pub fn parse(body: &VerifiedBody) -> Result<Option<Self>, MalformedWebhook> {
        let (destination, events) = envelope(body.bytes()).map_err(MalformedWebhook::Json)?;
        if events.is_empty() {
            return Ok(None);
        }
        let bot = destination
            .and_then(|id| BotId::new(id).ok())
            .ok_or(MalformedWebhook::Destination)?;
        let events = events
            .into_iter()
            .map(|raw| RawEvent::read(&bot, raw))
            .collect();
        Ok(Some(Self { bot, events }))
    }
}

/// The account's id and the events, each raw.
fn envelope(body: &[u8]) -> serde_json::Result<(Option<String>, Vec<Box<RawValue>>)> {
    let members: Members<'_> = serde_json::from_slice(body)?;
    let events = members
        .get("events")
        .ok_or_else(|| serde_json::Error::missing_field("events"))?;
    Ok((
        members.get("destination").and_then(text),
        serde_json::from_str(events.get())?,
    ))
}

impl RawEvent {
    /// Looks at what routing needs, as the worker will read it: a member that is there
    /// twice, or is of an unexpected type, must not spoil the others.
    fn read(bot: &BotId, raw: Box<RawValue>) -> Self {
        let members = Members::of(raw.get());
        let given = members
            .get("webhookEventId")
            .and_then(text)
            .and_then(|id| EventId::new(id).ok());
        let id = given.unwrap_or_else(|| derived_id(bot, &raw));
        // A kind that begins with @ is the queue's own: no type of LINE's becomes one.
        let kind = members
            .text("type")
            .filter(|kind| !kind.starts_with('@'))
            .unwrap_or_default();
        let of_bot = OF_THE_ACCOUNT.contains(&kind.as_str());
        let source = members.get("source").filter(|_| !of_bot);
        let chat = source.and_then(|source| chat_of(&Members::of(source.get())));
        Self {
            id,
            kind,
            chat,
            raw,
        }
    }
}

fn chat_of(source: &Members<'_>) -> Option<Chat> {
    let chat = |kind, member| {
        let id = ChatId::new(source.text(member)?).ok()?;
        Some(Chat { kind, id })
    };
    chat(ChatKind::Group, "groupId")
        .or_else(|| chat(ChatKind::Room, "roomId"))
        .or_else(|| chat(ChatKind::User, "userId"))
}

/// A JSON string's text; `None` for anything else, as one with an unpaired surrogate: two
/// ids must not become the same.
fn text(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// The id of an event without one: what differs between two deliveries of the
/// same event, its delivery context, is left out.
fn derived_id(bot: &BotId, raw: &RawValue) -> EventId {
    let canonical = match serde_json::from_str::<serde_json::Value>(raw.get()) {
        Ok(serde_json::Value::Object(mut event)) => {
            event.remove("deliveryContext");
            serde_json::Value::Object(event).to_string()
        }
        _ => without_context(raw.get()).unwrap_or_else(|| raw.get().to_owned()),
    };
    let id = sha256_hex([bot.as_str(), "\n", &canonical]);
    EventId::new(id).unwrap_or_else(|_| unreachable!("64 hexadecimal digits are an id"))
}

/// For an event in which JSON's parser refuses a member, as an unpaired surrogate:
/// the members as they are written.
fn without_context(raw: &str) -> Option<String> {
    let mut members: BTreeMap<_, _> = Members::of(raw).into_iter().collect();
    members.remove("deliveryContext");
    (!members.is_empty()).then(|| serde_json::to_string(&members).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::line::signature::Signature;
    use crate::line::signature::tests::sign;

    fn verified(body: &str) -> VerifiedBody {
        let signature = Signature::read(Some(&sign("s", body.as_bytes()))).unwrap();
        VerifiedBody::check(body.as_bytes().to_vec(), &signature, &["s".into()]).unwrap()
    }

    fn parse(body: &str) -> Webhook {
        Webhook::parse(&verified(body)).unwrap().unwrap()
    }

    /// The webhook's queue message and the worker must agree on what is in no chat.
    #[test]
    fn an_event_is_in_no_chat_here_if_it_is_of_the_account_for_the_worker() {
        let bot = BotId::new("U1").unwrap();
        for event in [
            r#""type":"module","module":{"type":"attached","botId":"U1","scopes":[]}"#,
            r#""type":"module","module":{"type":"detached","botId":"U1"}"#,
            r#""type":"botSuspended""#,
            r#""type":"botResumed""#,
            r#""type":"message","message":{"type":"text","text":"hello"}"#,
            r#""type":"follow""#,
            r#""type":"activated","chatControl":{"expireAt":2}"#,
        ] {
            let source = r#""source":{"type":"user","userId":"U2"}"#;
            let event = format!(r#"{{"webhookEventId":"e","timestamp":1,{source},{event}}}"#);
            let webhook = parse(&format!(r#"{{"destination":"U1","events":[{event}]}}"#));
            let routed = &webhook.events[0];
            let read = crate::line::event::read(&bot, &routed.id, &event, Timestamp(1));
            assert_eq!(routed.chat.is_none(), read.kind.is_of_bot(), "{event}");
        }
    }

    #[test]
    fn the_consoles_check_has_no_events_and_may_have_no_destination() {
        assert!(
            Webhook::parse(&verified(r#"{"events":[]}"#))
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn what_is_no_webhook_is_an_error() {
        for body in [
            "",
            "[]",
            "{",
            r#"{"destination":"U1"}"#,
            r#"{"events":[{}]}"#,
            r#"{"destination":"","events":[{}]}"#,
        ] {
            assert!(Webhook::parse(&verified(body)).is_err(), "{body}");
        }
    }

    #[test]
    fn an_event_is_carried_as_line_sent_it() {
        let event = r#"{ "type":"new thing","n":1.10, "x":"\ud800",
            "webhookEventId":"01A","source":{"type":"group","groupId":"C1","userId":"U2"} }"#;
        let webhook = parse(&format!(r#"{{"destination":"U1","events":[{event}]}}"#));
        let read = &webhook.events[0];
        assert_eq!(read.raw.get(), event);
        assert_eq!((read.id.as_str(), read.kind.as_str()), ("01A", "new thing"));
        assert_eq!(read.chat.as_ref().unwrap().id.as_str(), "C1");
    }

    #[test]
    fn one_odd_event_does_not_harm_its_neighbours() {
        let webhook = parse(
            r#"{"destination":"U1","events":[1,null,{"type":7,"source":[]},{"type":"message","webhookEventId":"b","source":{"userId":"U2"}}]}"#,
        );
        assert_eq!(webhook.events.len(), 4);
        assert!(
            webhook.events[..3]
                .iter()
                .all(|event| event.chat.is_none() && event.kind.is_empty())
        );
        assert_eq!(webhook.events[3].id.as_str(), "b");
    }

    /// What the worker reads, and so what the webhook must: the last of several members.
    #[test]
    fn a_member_that_is_there_twice_is_read_as_the_worker_reads_it() {
        let bot = BotId::new("U1").unwrap();
        for (event, kind) in [
            (r#""type":"x","type":"message""#, "message"),
            (r#""type":"message","type":"module""#, "module"),
            (r#""type":"message","webhookEventId":"old""#, "message"),
            (r#""type":"message","source":{"userId":"L9"}"#, "message"),
            (r#""type":"message","source":7"#, "message"),
            (r#""type":"message","odd":1,"odd":2"#, "message"),
        ] {
            let source = r#""source":{"type":"user","userId":"L0","userId":"L2"}"#;
            let event = format!(r#"{{{event},{source},"webhookEventId":"e"}}"#);
            let webhook = parse(&format!(r#"{{"destination":"U1","events":[{event}]}}"#));
            let routed = &webhook.events[0];
            assert_eq!((routed.id.as_str(), routed.kind.as_str()), ("e", kind));
            assert_eq!(routed.raw.get(), event);
            let read = crate::line::event::read(&bot, &routed.id, &event, Timestamp(1));
            let chat = read.chat.filter(|_| kind != "module");
            assert_eq!(routed.chat, chat, "{event}");
            assert_eq!(chat.is_some(), kind != "module", "{event}");
        }
    }

    #[test]
    fn a_name_that_is_no_text_does_not_spoil_an_event() {
        let event = r#"{"\ud800":1,"type":"message","webhookEventId":"e","source":{"userId":"L2","\ud800":2}}"#;
        let webhook = parse(&format!(r#"{{"destination":"U1","events":[{event}]}}"#));
        let read = &webhook.events[0];
        assert_eq!((read.id.as_str(), read.kind.as_str()), ("e", "message"));
        assert_eq!(read.chat.as_ref().unwrap().id.as_str(), "L2");
    }

    #[test]
    fn of_two_destinations_and_two_lists_of_events_the_last_counts() {
        let webhook = parse(
            r#"{"destination":"U0","events":[],"destination":"U1","events":[{"webhookEventId":"e"}]}"#,
        );
        assert_eq!(webhook.bot.as_str(), "U1");
        assert_eq!(webhook.events[0].id.as_str(), "e");
    }

    #[test]
    fn an_event_of_the_account_is_in_no_chat_even_with_a_source() {
        let webhook = parse(
            r#"{"destination":"U1","events":[{"type":"module","source":{"userId":"U2"},"module":{"type":"detached"}}]}"#,
        );
        assert!(webhook.events[0].chat.is_none());
    }

    #[test]
    fn without_an_id_two_deliveries_of_one_event_get_the_same() {
        let id = |rest: &str| {
            let body = format!(
                r#"{{"destination":"U1","events":[{{"type":"botSuspended","timestamp":1{rest}}}]}}"#
            );
            parse(&body).events[0].id.clone()
        };
        let first = id(r#","deliveryContext":{"isRedelivery":false}"#);
        assert_eq!(first, id(r#","deliveryContext":{"isRedelivery":true}"#));
        assert_ne!(first, id(r#","mode":"active""#));
        assert_eq!(first.as_str().len(), 64);
    }

    #[test]
    fn also_an_odd_event_without_an_id_has_the_same_in_both_deliveries() {
        let id = |redelivered: bool, odd: &str| {
            let context = format!(r#""deliveryContext":{{"isRedelivery":{redelivered}}}"#);
            let event = format!(r#"{{"type":"x","odd":{odd},{context}}}"#);
            let webhook = parse(&format!(r#"{{"destination":"U1","events":[{event}]}}"#));
            webhook.events[0].id.clone()
        };
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        for odd in ["\"\\ud800\"", "1e999", &deep] {
            assert_eq!(id(false, odd), id(true, odd), "{odd}");
        }
        assert_ne!(id(false, "1e999"), id(false, "2e999"));
    }

    #[test]
    fn a_megabyte_of_nesting_is_only_an_odd_event() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let webhook = parse(&format!(
            r#"{{"destination":"U1","events":[{{"type":"x","deep":{deep}}}]}}"#
        ));
        assert_eq!(webhook.events[0].kind, "x");
    }
}
