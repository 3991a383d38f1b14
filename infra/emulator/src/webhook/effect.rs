//! What an event means for the world: an event that tells of a follow makes a friend.

use serde_json::{Map, Value, json};

use super::fill::chat_of_map;
use crate::clock::Millis;
use crate::world::World;
use crate::world::chat::Speaker;
use crate::world::user;

/// Takes in whether the account can talk there.
pub(super) fn presence(world: &mut World, bot: &str, event: &Map<String, Value>) {
    friendship(world, bot, event);
    if let Some(chat) = chat_of_map(event).filter(|chat| !user::is_user(chat)) {
        // An event from a group shows that the bot is in it.
        let left = event.get("type").is_some_and(|kind| kind == "leave");
        world.chat_mut(bot, chat).left = left;
    }
}

/// Takes in follow and unfollow. An event older than the newest one known changes nothing, so that
/// tests may send the past.
fn friendship(world: &mut World, bot: &str, event: &Map<String, Value>) {
    let kind = event.get("type").and_then(Value::as_str);
    let at = event.get("timestamp").and_then(Value::as_i64).unwrap_or(0);
    let (Some(kind @ ("follow" | "unfollow")), Some(chat)) = (kind, chat_of_map(event)) else {
        return;
    };
    let user = world.user_mut(bot, chat);
    if at < user.presence_at {
        return;
    }
    user.presence_at = at;
    user.blocked = kind == "unfollow";
    user.friend = true;
    if kind == "follow" {
        // Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-using-messaging-api/#get-module-channel-specific-webhook-events>
        world.chat_mut(bot, chat).reset();
    }
}

/// Adds the event to the conversation.
pub(super) fn conversation(world: &mut World, bot: &str, event: &Map<String, Value>, now: Millis) {
    let Some(chat) = chat_of_map(event) else {
        return;
    };
    world.chat_mut(bot, chat);
    match event.get("type").and_then(Value::as_str) {
        Some("message") => {
            if user::is_user(chat) {
                world.user_mut(bot, chat).wrote_at = Some(now);
            }
            let message = event.get("message").cloned().unwrap_or_default();
            world.say(bot, chat, Speaker::User, message, now);
        }
        Some("follow") => notice(world, bot, chat, "added the account as a friend", now),
        Some("unfollow") => notice(world, bot, chat, "blocked the account", now),
        _ => {}
    }
}

fn notice(world: &mut World, bot: &str, chat: &str, what: &str, now: Millis) {
    let name = world.user(bot, chat).map_or("The user", |user| &user.name);
    let message = json!({"type": "notice", "text": format!("{name} {what}")});
    world.say(bot, chat, Speaker::Notice, message, now);
}
