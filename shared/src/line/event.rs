//! A raw event in our own words. Open: a type, member or value that is not
//! known here stays readable as unknown; a member of an unexpected type counts as
//! absent, and an event without what its type must have as unknown
//! (<https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects>).

mod kind;
mod message;

use std::time::Duration;

use serde_json::{Value, json};

use crate::domain::{
    BotId, BotState, Chat, ChatId, ChatKind, Event, EventId, LifecycleChange, Mode, RawJson,
    ReplyToken, Scope, Scopes, Timestamp, UserId,
};
use crate::hash::sha256_hex;
use crate::line::members::{Members, value};

pub(crate) use kind::scopes;

/// How much later than its receipt an event may say that it happened: clocks differ. One
/// that is dated further ahead would rule over all that really comes after it.
const AHEAD: Duration = Duration::from_secs(60);

/// Reads an event for the account `bot`, received at `received_at`: that stands in for a
/// timestamp that is missing, and no time counts as later than a minute after it.
pub fn read(bot: &BotId, id: &EventId, raw: &str, received_at: Timestamp) -> Event {
    of_members(bot, id, raw, &members(raw), received_at)
}

pub(super) fn of_members(
    bot: &BotId,
    id: &EventId,
    raw: &str,
    event: &Value,
    received_at: Timestamp,
) -> Event {
    let sent_at = event["timestamp"].as_i64().map_or(received_at, Timestamp);
    Event {
        id: id.clone(),
        bot: bot.clone(),
        at: sent_at.min(received_at.plus(AHEAD)),
        mode: mode(&event["mode"]),
        chat: chat(&event["source"]),
        user: event["source"]["userId"]
            .as_str()
            .and_then(|id| UserId::new(id).ok()),
        redelivered: event["deliveryContext"]["isRedelivery"]
            .as_bool()
            .unwrap_or(false),
        reply_token: text(&event["replyToken"])
            .filter(|token| !is_dummy(token))
            .map(ReplyToken::new),
        kind: kind::read(bot, event),
        raw: RawJson::new(raw),
    }
}

/// The change of an account's lifecycle that was not reported to the module, if there is one, as LINE
/// would tell of it: id, type and JSON, for the queue. Whoever finds the same change makes the
/// same event.
pub fn of_unreported(bot: &BotId, state: &BotState) -> Option<(EventId, &'static str, Value)> {
    let change = state.unreported()?;
    let (word, kind, at) = match change {
        LifecycleChange::Attached(at) => ("attached".to_owned(), "attached", at),
        // LINE tells of other scopes by another attached event.
        LifecycleChange::Scopes(at) => (scopes_word(state.scopes()), "attached", at),
        LifecycleChange::Detached(at) => ("detached".to_owned(), "detached", at),
    };
    let module = json!({ "type": kind, "botId": bot });
    let event = json!({ "type": "module", "module": module, "timestamp": at, "mode": "active" });
    Some((EventId::dated(&word, at), "module", event))
}

/// The scopes are part of the event's id: two consents within one of LINE's seconds are two
/// events if they allow different things.
fn scopes_word(scopes: &Scopes) -> String {
    let names = match scopes {
        Scopes::Unknown => Vec::new(),
        Scopes::Granted(scopes) => scopes.iter().map(Scope::as_str).collect(),
    };
    let hash = sha256_hex(names.iter().flat_map(|name| [*name, " "]));
    format!("scopes-{}", &hash[..8])
}

/// The event's members, each read for itself: one that JSON's parser refuses counts as
/// absent and does not harm the others.
pub(super) fn members(raw: &str) -> Value {
    let members = Members::of(raw).into_iter();
    members
        .map(|(name, member)| (name, value(member.get())))
        .collect()
}

fn mode(value: &Value) -> Option<Mode> {
    match value.as_str()? {
        "active" => Some(Mode::Active),
        // A mode that is not known yet is no permission to speak.
        _ => Some(Mode::Standby),
    }
}

fn chat(source: &Value) -> Option<Chat> {
    let chat = |kind, id: &Value| {
        Some(Chat {
            kind,
            id: ChatId::new(id.as_str()?).ok()?,
        })
    };
    chat(ChatKind::Group, &source["groupId"])
        .or_else(|| chat(ChatKind::Room, &source["roomId"]))
        .or_else(|| chat(ChatKind::User, &source["userId"]))
}

/// The old console's check sent tokens of 32 zeros or 32 f.
fn is_dummy(token: &str) -> bool {
    token.len() == 32 && (token.bytes().all(|b| b == b'0') || token.bytes().all(|b| b == b'f'))
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::EventKind;

    #[test]
    fn two_consents_of_one_second_are_two_events_if_they_allow_something_else() {
        let bot = BotId::new("U0").unwrap();
        let mut state = BotState::default();
        state.attach(Timestamp(1_000), &Scopes::Unknown);
        state.mark_reported(LifecycleChange::Attached(Timestamp(1_000)));
        let mut id_of_scopes = |words: &str| {
            state.attach(Timestamp(1_999), &Scopes::from_words(words));
            of_unreported(&bot, &state).map(|(id, ..)| id)
        };
        let first = id_of_scopes("message:send");
        assert_eq!(first, id_of_scopes("message:send"));
        assert_ne!(first, id_of_scopes("message:send profile:read"));
    }

    fn event(raw: &str) -> Event {
        read(
            &BotId::new("U1").unwrap(),
            &EventId::new("e").unwrap(),
            raw,
            Timestamp(7),
        )
    }

    #[test]
    fn a_delivered_notification_brings_its_tag_back_and_is_of_no_chat() {
        let event = event(
            r#"{"type":"delivery","mode":"active","timestamp":5,"delivery":{"data":"0123456789abcdef"}}"#,
        );
        let data = "0123456789abcdef".into();
        assert_eq!(event.kind, EventKind::Delivered { data });
        assert_eq!(event.chat, None);
    }

    #[test]
    fn a_text_message_from_a_user() {
        let event = event(
            r#"{"type":"message","mode":"active","timestamp":5,"replyToken":"tok","source":{"type":"user","userId":"L1"},"message":{"type":"text","id":"9","text":"hi"}}"#,
        );
        assert_eq!(event.text(), Some("hi"));
        assert!(event.raw().contains(r#""replyToken":"tok""#));
        assert_eq!((event.at, event.mode), (Timestamp(5), Some(Mode::Active)));
        assert_eq!(event.reply_token.unwrap().expose(), "tok");
        assert_eq!(event.chat.unwrap().kind, ChatKind::User);
    }

    #[test]
    fn no_time_counts_as_later_than_a_minute_after_its_receipt() {
        let at = |time: &str| event(&format!(r#"{{"type":"unfollow","timestamp":{time}}}"#)).at;
        assert_eq!(at("60006"), Timestamp(60_006));
        assert_eq!(at("60008"), Timestamp(60_007));
        assert_eq!(at("9223372036854775807"), Timestamp(60_007));
        assert_eq!(at("-5"), Timestamp(-5));
    }

    #[test]
    fn anything_odd_is_unknown_or_absent_and_never_an_error() {
        for raw in [
            "1",
            "null",
            "[]",
            "{}",
            r#"{"type":7}"#,
            r#"{"type":"message","message":3,"source":"x","timestamp":"y"}"#,
        ] {
            let event = event(raw);
            assert!(event.chat.is_none() && event.reply_token.is_none(), "{raw}");
            assert_eq!(event.at, Timestamp(7));
        }
    }

    #[test]
    fn one_odd_member_does_not_harm_the_others() {
        let raw = r#"{"type":"message","mode":"standby","odd":1e999,"deep":DEEP,
            "message":{"type":"text","text":"a\ud83d \ud83d\ude00 \\ud83d"}}"#;
        let event = event(&raw.replace("DEEP", &format!("{}{}", "[".repeat(500), "]".repeat(500))));
        assert_eq!(event.text(), Some("a\u{FFFD} 😀 \\ud83d"));
        assert_eq!(event.mode, Some(Mode::Standby));
    }

    #[test]
    fn a_dummy_reply_token_of_the_old_console_check_is_none() {
        let raw = format!(r#"{{"type":"message","replyToken":"{}"}}"#, "0".repeat(32));
        assert!(event(&raw).reply_token.is_none());
    }
}
