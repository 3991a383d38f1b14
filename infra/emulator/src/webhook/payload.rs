//! What each type of event is about, where the caller leaves it open.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#webhook-event-objects>

use serde_json::{Map, Value, json};

use super::fill::{chat_of_map, default, kind};
use crate::ids;
use crate::world::World;

/// Fills in the member that an event of its type must have. What an `activated` event has for a chat
/// without an end is not documented, so that is left to the caller.
pub(super) fn fill(world: &mut World, bot: &str, event: &mut Map<String, Value>) {
    match kind(event) {
        "message" | "messageEdited" => message(world, event),
        "unsend" => {
            let id = last_message(world, bot, event);
            default(event, "unsend", || json!({ "messageId": id }));
        }
        "follow" => {
            let chat = chat_of_map(event).unwrap_or_default();
            let unblocked = world.user(bot, chat).is_some_and(|user| user.blocked);
            default(event, "follow", || json!({"isUnblocked": unblocked}));
        }
        "memberJoined" => people(event, "joined", bot),
        "memberLeft" => people(event, "left", bot),
        "postback" => {
            default(event, "postback", || json!({"data": "a=b"}));
        }
        "videoPlayComplete" => {
            default(
                event,
                "videoPlayComplete",
                || json!({"trackingId": "track-1"}),
            );
        }
        "beacon" => {
            default(
                event,
                "beacon",
                || json!({"hwid": "d41d8cd98f", "type": "enter"}),
            );
        }
        "accountLink" => {
            let nonce = ids::token::<16>();
            default(event, "link", || json!({"result": "ok", "nonce": nonce}));
        }
        "membership" => {
            let plan = world.of(bot).memberships.first().map_or(1, |plan| plan.id);
            default(
                event,
                "membership",
                || json!({"type": "joined", "membershipId": plan}),
            );
        }
        "delivery" => {
            default(
                event,
                "delivery",
                || json!({"data": "a delivery tag of ours"}),
            );
        }
        _ => {}
    }
}

fn people(event: &mut Map<String, Value>, member: &str, bot: &str) {
    let user = ids::module_user(bot, "somebody new");
    default(
        event,
        member,
        || json!({"members": [{"type": "user", "userId": user}]}),
    );
}

/// The id of what the user said last.
fn last_message(world: &mut World, bot: &str, event: &Map<String, Value>) -> String {
    let chat = chat_of_map(event).and_then(|chat| world.chat(bot, chat));
    let bubbles = chat.into_iter().flat_map(|chat| chat.bubbles.iter().rev());
    let ids = bubbles.filter_map(|bubble| bubble.message.get("id")?.as_str());
    let last = ids.map(str::to_owned).next();
    last.unwrap_or_else(|| world.next_message_id())
}

/// The members of a message.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#message-event>
fn message(world: &mut World, event: &mut Map<String, Value>) {
    let given = default(event, "message", || json!({"type": "text", "text": "a"})).is_object();
    let message = event.get_mut("message").and_then(Value::as_object_mut);
    let Some(message) = message.filter(|_| given) else {
        return;
    };
    let kind = kind(message).to_owned();
    default(message, "id", || world.next_message_id().into());
    default(message, "markAsReadToken", || ids::token::<48>().into());
    if matches!(kind.as_str(), "text" | "sticker" | "image" | "video") {
        default(message, "quoteToken", || ids::token::<48>().into());
    }
    for (member, value) in of_kind(&kind) {
        default(message, member, || value);
    }
    message.retain(|_, value| !value.is_null());
}

/// What a message of a type must have.
fn of_kind(kind: &str) -> Vec<(&'static str, Value)> {
    let provider = || ("contentProvider", json!({"type": "line"}));
    match kind {
        "text" => vec![("text", "a".into())],
        "image" => vec![provider()],
        "video" | "audio" => vec![provider(), ("duration", 60_000.into())],
        "file" => vec![("fileName", "file.txt".into()), ("fileSize", 7.into())],
        "location" => vec![("latitude", 35.67.into()), ("longitude", 139.7.into())],
        "sticker" => vec![
            ("packageId", "446".into()),
            ("stickerId", "1988".into()),
            ("stickerResourceType", "STATIC".into()),
        ],
        _ => Vec::new(),
    }
}
