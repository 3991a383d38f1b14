//! A raw event in our own words. Open: a type, member or value that is not
//! known here stays readable as unknown, and a member of an unexpected type
//! counts as absent (<https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects>).

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

use crate::domain::event::{ExternalContent, MessageContent};
use crate::domain::{
    BotId, BotState, Chat, ChatId, ChatKind, Event, EventId, EventKind, LifecycleChange, Mode,
    ReplyToken, Scope, Scopes, Timestamp, UserId,
};
use crate::hash::sha256_hex;
use crate::line::members::{Members, value};

/// How much later than its receipt an event may say that it happened: clocks differ. One
/// that is dated further ahead would rule over all that really comes after it.
const AHEAD: Duration = Duration::from_secs(60);

/// Reads an event for the account `bot`, received at `received_at`: that stands in for a
/// timestamp that is missing, and no time counts as later than a minute after it.
pub fn read(bot: &BotId, id: &EventId, raw: &str, received_at: Timestamp) -> Event {
    of_members(bot, id, &members(raw), received_at)
}

/// Reads an event that [`of_timer`] has made. Only for one that is known to be ours:
/// LINE's own events are never timers, whatever they say of themselves.
pub fn read_timer(bot: &BotId, id: &EventId, raw: &str, received_at: Timestamp) -> Event {
    let mut timer = members(raw);
    let name = timer["name"].as_str().unwrap_or_default().to_owned();
    let payload = timer["payload"].take();
    let epoch = Timestamp(timer["epoch"].as_i64().unwrap_or_default());
    Event {
        kind: EventKind::Timer {
            name,
            payload,
            epoch,
        },
        ..of_members(bot, id, &timer, received_at)
    }
}

pub(super) fn of_members(
    bot: &BotId,
    id: &EventId,
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
        kind: kind(bot, event),
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

/// A timer that is due in a chat, as the JSON of an event: for [`read_timer`].
///
/// # Errors
/// Only if it cannot be written as JSON.
pub fn of_timer(
    chat: &Chat,
    due: Timestamp,
    (name, payload): (&str, &RawValue),
    epoch: Timestamp,
) -> Result<Box<RawValue>, serde_json::Error> {
    #[derive(Serialize)]
    struct Timer<'a> {
        r#type: &'static str,
        timestamp: Timestamp,
        source: Value,
        epoch: Timestamp,
        name: &'a str,
        payload: &'a RawValue,
    }
    to_raw_value(&Timer {
        r#type: "timer",
        timestamp: due,
        source: source(chat),
        epoch,
        name,
        payload,
    })
}

/// A chat, as LINE writes where an event happened.
pub(super) fn source(chat: &Chat) -> Value {
    match chat.kind {
        ChatKind::User => json!({ "type": "user", "userId": chat.id }),
        ChatKind::Group => json!({ "type": "group", "groupId": chat.id }),
        ChatKind::Room => json!({ "type": "room", "roomId": chat.id }),
    }
}

/// The event's members, each read for itself: one that JSON's parser refuses counts as
/// absent and does not harm the others.
pub(super) fn members(raw: &str) -> Value {
    let members = Members::of(raw).into_iter();
    members
        .map(|(name, member)| (name, value(member.get())))
        .collect()
}

fn kind(bot: &BotId, event: &Value) -> EventKind {
    match event["type"].as_str().unwrap_or_default() {
        "message" => message(&event["message"]),
        "unsend" => EventKind::Unsend {
            message_id: text(&event["unsend"]["messageId"]).unwrap_or_default(),
        },
        "follow" => EventKind::Follow {
            unblocked: event["follow"]["isUnblocked"].as_bool(),
        },
        "unfollow" => EventKind::Unfollow,
        "join" => EventKind::Join,
        "leave" => EventKind::Leave,
        "memberJoined" => EventKind::MemberJoined {
            users: users(&event["joined"]["members"]),
        },
        "memberLeft" => EventKind::MemberLeft {
            users: users(&event["left"]["members"]),
        },
        "postback" => EventKind::Postback {
            data: text(&event["postback"]["data"]).unwrap_or_default(),
            params: params(&event["postback"]["params"]),
        },
        "videoPlayComplete" => EventKind::VideoViewed {
            tracking_id: text(&event["videoPlayComplete"]["trackingId"]).unwrap_or_default(),
        },
        "beacon" => EventKind::Beacon {
            hwid: text(&event["beacon"]["hwid"]).unwrap_or_default(),
            kind: text(&event["beacon"]["type"]).unwrap_or_default(),
        },
        "accountLink" => EventKind::AccountLinked {
            ok: event["link"]["result"] == "ok",
            nonce: text(&event["link"]["nonce"]).unwrap_or_default(),
        },
        "delivery" => EventKind::Delivered {
            data: text(&event["delivery"]["data"]).unwrap_or_default(),
        },
        "module" => module(bot, &event["module"]),
        "activated" => EventKind::Activated {
            expire_at: event["chatControl"]["expireAt"].as_i64().map(Timestamp),
        },
        "deactivated" => EventKind::Deactivated,
        "botSuspended" => EventKind::Suspended,
        "botResumed" => EventKind::Resumed,
        other => EventKind::Unknown(other.to_owned()),
    }
}

fn message(message: &Value) -> EventKind {
    let kind = message["type"].as_str().unwrap_or_default();
    let content = match (kind, message["text"].as_str()) {
        ("text", Some(text)) => MessageContent::Text(text.to_owned()),
        _ => MessageContent::Other(kind.to_owned()),
    };
    EventKind::Message {
        id: text(&message["id"]).unwrap_or_default(),
        content,
        quote_token: text(&message["quoteToken"]),
        read_token: text(&message["markAsReadToken"]),
        external: external(&message["contentProvider"]).map(Box::new),
    }
}

/// LINE has only what its own users have sent; the other provider that it documents is
/// `external` (<https://developers.line.biz/en/reference/messaging-api/#wh-image>).
fn external(provider: &Value) -> Option<ExternalContent> {
    let kind = provider["type"].as_str()?;
    (kind != "line").then(|| ExternalContent {
        original_content_url: text(&provider["originalContentUrl"]),
        preview_image_url: text(&provider["previewImageUrl"]),
    })
}

fn users(members: &Value) -> Vec<UserId> {
    let members = members.as_array().into_iter().flatten();
    let ids = members.filter_map(|member| member["userId"].as_str());
    ids.filter_map(|id| UserId::new(id).ok()).collect()
}

fn params(value: &Value) -> BTreeMap<String, String> {
    let members = value.as_object().into_iter().flatten();
    members
        .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
        .collect()
}

fn module(destination: &BotId, module: &Value) -> EventKind {
    let named = module["botId"].as_str();
    if let Some(named) = named.filter(|named| *named != destination.as_str()) {
        return EventKind::Misdirected(named.to_owned());
    }
    let bot = destination.clone();
    match module["type"].as_str().unwrap_or_default() {
        "attached" => EventKind::Attached {
            bot,
            scopes: scopes(&module["scopes"]),
        },
        "detached" => EventKind::Detached {
            bot,
            reason: text(&module["reason"]),
        },
        other => EventKind::Unknown(format!("module/{other}")),
    }
}

/// Scopes as LINE tells them: a list, or one text with spaces.
pub(crate) fn scopes(value: &Value) -> Scopes {
    match value {
        Value::Array(names) => Scopes::granted(names.iter().filter_map(Value::as_str)),
        Value::String(words) => Scopes::from_words(words),
        _ => Scopes::Unknown,
    }
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
        let content = MessageContent::Text("hi".into());
        assert_eq!(
            event.kind,
            EventKind::Message {
                id: "9".into(),
                content,
                quote_token: None,
                read_token: None,
                external: None,
            }
        );
        assert_eq!((event.at, event.mode), (Timestamp(5), Some(Mode::Active)));
        assert_eq!(event.reply_token.unwrap().expose(), "tok");
        assert_eq!(event.chat.unwrap().kind, ChatKind::User);
    }

    #[test]
    fn what_lies_with_another_provider_is_told_with_its_addresses() {
        let external = |provider: &str| {
            let message = format!(r#"{{"type":"image","id":"9","contentProvider":{provider}}}"#);
            match event(&format!(r#"{{"type":"message","message":{message}}}"#)).kind {
                EventKind::Message { external, .. } => external,
                other => panic!("{other:?}"),
            }
        };
        let found = external(
            r#"{"type":"external","originalContentUrl":"https://a.jp/o","previewImageUrl":"https://a.jp/p"}"#,
        );
        let expected = ExternalContent {
            original_content_url: Some("https://a.jp/o".into()),
            preview_image_url: Some("https://a.jp/p".into()),
        };
        assert_eq!(found.as_deref(), Some(&expected));
        let without = external(r#"{"type":"another","originalContentUrl":7}"#);
        assert_eq!(without.as_deref(), Some(&ExternalContent::default()));
        for at_line in [r#"{"type":"line"}"#, "{}", "null", "7"] {
            assert_eq!(external(at_line), None, "{at_line}");
        }
    }

    #[test]
    fn module_events_with_and_without_their_optional_members() {
        let bot = BotId::new("U1").unwrap();
        let attached = event(
            r#"{"type":"module","module":{"type":"attached","botId":"U1","scopes":["message:send"]}}"#,
        );
        let scopes = Scopes::from_words("message:send");
        assert_eq!(
            attached.kind,
            EventKind::Attached {
                bot: bot.clone(),
                scopes
            }
        );
        for named in [r#","botId":"U1""#, ""] {
            let raw = format!(r#"{{"type":"module","module":{{"type":"detached"{named}}}}}"#);
            let (bot, reason) = (bot.clone(), None);
            assert_eq!(event(&raw).kind, EventKind::Detached { bot, reason });
        }
        let odd = event(r#"{"type":"module","module":{"type":"paused"}}"#);
        assert_eq!(odd.kind, EventKind::Unknown("module/paused".into()));
    }

    #[test]
    fn a_module_event_that_names_another_account_is_neither_ones() {
        for kind in ["attached", "detached"] {
            let module = format!(r#"{{"type":"{kind}","botId":"U2"}}"#);
            let event = event(&format!(r#"{{"type":"module","module":{module}}}"#));
            assert_eq!(event.kind, EventKind::Misdirected("U2".into()));
            assert!(!event.kind.is_of_bot() && event.kind.is_of_module());
        }
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
    fn a_timer_comes_back_as_it_was_planned_and_line_makes_none() {
        let payload = RawValue::from_string(r#"{"step":2}"#.into()).unwrap();
        for kind in [ChatKind::User, ChatKind::Group, ChatKind::Room] {
            let id = ChatId::new("C1").unwrap();
            let chat = Chat { kind, id };
            let raw = of_timer(&chat, Timestamp(5), ("step", &payload), Timestamp(3)).unwrap();
            let (bot, id) = (BotId::new("U1").unwrap(), EventId::new("e").unwrap());
            let timer = read_timer(&bot, &id, raw.get(), Timestamp(7));
            let planned = EventKind::Timer {
                name: "step".into(),
                payload: json!({ "step": 2 }),
                epoch: Timestamp(3),
            };
            assert_eq!(timer.kind, planned);
            assert_eq!((timer.at, timer.chat), (Timestamp(5), Some(chat)));
            assert!(timer.mode.is_none() && timer.reply_token.is_none());
            assert!(!timer.kind.is_of_bot() && !timer.kind.is_of_module());
            assert_eq!(event(raw.get()).kind, EventKind::Unknown("timer".into()));
        }
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
        let content = MessageContent::Text("a\u{FFFD} 😀 \\ud83d".into());
        assert_eq!(
            event.kind,
            EventKind::Message {
                id: String::new(),
                content,
                quote_token: None,
                read_token: None,
                external: None,
            }
        );
        assert_eq!(event.mode, Some(Mode::Standby));
    }

    #[test]
    fn who_joined_what_was_picked_and_which_beacon_is_read() {
        let joined = event(
            r#"{"type":"memberJoined","joined":{"members":[{"type":"user","userId":"L1"},{"type":"user"}]}}"#,
        );
        let users = vec![UserId::new("L1").unwrap()];
        assert_eq!(joined.kind, EventKind::MemberJoined { users });
        let picked = event(
            r#"{"type":"postback","postback":{"data":"d","params":{"date":"2026-11-24","odd":1}}}"#,
        );
        let params = BTreeMap::from([("date".to_owned(), "2026-11-24".to_owned())]);
        let data = "d".into();
        assert_eq!(picked.kind, EventKind::Postback { data, params });
        let beacon = event(r#"{"type":"beacon","beacon":{"hwid":"d41d8cd98f","type":"enter"}}"#);
        let (hwid, kind) = ("d41d8cd98f".into(), "enter".into());
        assert_eq!(beacon.kind, EventKind::Beacon { hwid, kind });
    }

    #[test]
    fn a_dummy_reply_token_of_the_old_console_check_is_none() {
        let raw = format!(r#"{{"type":"message","replyToken":"{}"}}"#, "0".repeat(32));
        assert!(event(&raw).reply_token.is_none());
    }
}
