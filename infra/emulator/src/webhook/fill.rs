//! Filling in what an event leaves open, as LINE would.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#common-properties>

use serde_json::{Map, Value, json};

use super::payload;
use crate::clock::Millis;
use crate::ids;
use crate::world::World;
use crate::world::chat::Holder;

/// What does not depend on what the event does to the world: time, id, source, content.
pub(super) fn before(
    world: &mut World,
    bot: &str,
    chat: Option<&str>,
    event: &mut Map<String, Value>,
    now: Millis,
) {
    let at = default(event, "timestamp", || now.into())
        .as_i64()
        .unwrap_or(now);
    default(event, "webhookEventId", || ids::ulid(at).into());
    default(event, "deliveryContext", || json!({"isRedelivery": false}));
    if let Some(chat) = chat.filter(|_| has_source(event)) {
        default(event, "source", || source(chat));
    }
    payload::fill(world, bot, event);
}

/// What depends on whether the channel may speak: mode and reply token. Takes out the members given as `null`.
pub(super) fn after(
    world: &World,
    bot: &str,
    event: &mut Map<String, Value>,
    channel: Holder,
    default_active: bool,
    now: Millis,
) {
    let mode = mode(world, bot, event, channel, default_active, now);
    let active = default(event, "mode", || mode.into()) == "active";
    // A channel on standby gets no reply token.
    if active && is_replyable(event) {
        default(event, "replyToken", || ids::reply_token().into());
    }
    event.retain(|_, value| !value.is_null());
}

/// The member, filled in if it is not there. One given as `null` stays `null`.
pub(super) fn default<'a>(
    event: &'a mut Map<String, Value>,
    member: &str,
    value: impl FnOnce() -> Value,
) -> &'a Value {
    event.entry(member).or_insert_with(value)
}

/// An event's or message's type.
pub(super) fn kind(event: &Map<String, Value>) -> &str {
    event
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The chat of an event's source.
pub(super) fn chat_of_map(event: &Map<String, Value>) -> Option<&str> {
    let source = event.get("source")?;
    let ids = ["groupId", "roomId", "userId"];
    ids.iter().find_map(|id| source.get(id)?.as_str())
}

/// Module events, suspensions, delivery completions and failed account links have no source.
fn has_source(event: &Map<String, Value>) -> bool {
    match kind(event) {
        "module" | "botSuspended" | "botResumed" | "delivery" => false,
        "accountLink" => link_worked(event),
        _ => true,
    }
}

fn link_worked(event: &Map<String, Value>) -> bool {
    let result = event.get("link").and_then(|link| link.get("result"));
    result.is_none_or(|result| result == "ok")
}

fn source(chat: &str) -> Value {
    match chat.chars().next() {
        Some('C') => json!({"type": "group", "groupId": chat}),
        Some('R') => json!({"type": "room", "roomId": chat}),
        _ => json!({"type": "user", "userId": chat}),
    }
}

/// The mode of module events is always `active`; of others it tells who holds the chat.
///
/// Source: <https://developers.line.biz/en/reference/partner-docs/#module-channel-specific-webhook-events>
fn mode(
    world: &World,
    bot: &str,
    event: &Map<String, Value>,
    channel: Holder,
    default_active: bool,
    now: Millis,
) -> &'static str {
    let chat = chat_of_map(event).unwrap_or_default();
    let held = world.holder(bot, chat, default_active, now) == channel;
    if is_for_modules(event) || held {
        "active"
    } else {
        "standby"
    }
}

/// Whether only module channels get events of this type.
pub(super) fn is_for_modules(event: &Map<String, Value>) -> bool {
    let about_account = matches!(kind(event), "botSuspended" | "botResumed");
    about_account || matches!(kind(event), "module" | "activated" | "deactivated")
}

fn is_replyable(event: &Map<String, Value>) -> bool {
    match kind(event) {
        "message" | "messageEdited" | "follow" | "join" | "memberJoined" | "postback"
        | "videoPlayComplete" | "beacon" | "membership" => true,
        "accountLink" => link_worked(event),
        _ => false,
    }
}
