//! What an event means for the world: an event that tells of a follow makes a friend.

use serde_json::{Map, Value, json};

use super::fill::chat_of_map;
use crate::clock::Millis;
use crate::world::World;
use crate::world::chat::Speaker;
use crate::world::user;

/// Takes in whether the account can talk there, and who is there.
pub(super) fn presence(world: &mut World, bot: &str, event: &Map<String, Value>) {
    friendship(world, bot, event);
    if let Some(chat) = chat_of_map(event).filter(|chat| !user::is_user(chat)) {
        membership_of_group(world, bot, chat, event);
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

/// An event from a group shows that the bot is in it, and so is the user that it names.
fn membership_of_group(world: &mut World, bot: &str, chat: &str, event: &Map<String, Value>) {
    let kind = event
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let source = event
        .get("source")
        .and_then(|source| source.get("userId")?.as_str());
    let group = world.chat_mut(bot, chat);
    group.left = kind == "leave";
    match kind {
        "leave" => group.members.clear(),
        "memberLeft" => members(event, "left").iter().for_each(|user| {
            group.members.remove(user);
        }),
        _ => {
            let mut come = members(event, "joined");
            come.extend(source.map(str::to_owned));
            for user in come {
                world.stranger(bot, &user);
                world.chat_mut(bot, chat).members.insert(user);
            }
        }
    }
}

/// The users that a `memberJoined` or `memberLeft` event tells of.
fn members(event: &Map<String, Value>, member: &str) -> Vec<String> {
    let list = event
        .get(member)
        .and_then(|list| list.get("members")?.as_array());
    let ids = list
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.get("userId")?.as_str());
    ids.map(str::to_owned).collect()
}

/// Adds the event to the conversation.
pub(super) fn conversation(world: &mut World, bot: &str, event: &Map<String, Value>, now: Millis) {
    let Some(chat) = chat_of_map(event) else {
        return;
    };
    world.chat_mut(bot, chat);
    match event.get("type").and_then(Value::as_str) {
        Some("message") => message(world, bot, chat, event, now),
        Some("messageEdited") => edited(world, bot, chat, event),
        Some("unsend") => {
            let id = event
                .get("unsend")
                .and_then(|unsend| unsend.get("messageId")?.as_str());
            world.unsend(id.unwrap_or_default());
        }
        Some("membership") => plan(world, bot, chat, event, now),
        Some("follow") => notice(world, bot, chat, "added the account as a friend", now),
        Some("unfollow") => notice(world, bot, chat, "blocked the account", now),
        _ => {}
    }
}

fn message(world: &mut World, bot: &str, chat: &str, event: &Map<String, Value>, now: Millis) {
    if user::is_user(chat) {
        world.user_mut(bot, chat).wrote_at = Some(now);
    }
    let message = event.get("message").cloned().unwrap_or_default();
    if let Some(token) = message.get("markAsReadToken").and_then(Value::as_str) {
        let place = (bot.to_owned(), chat.to_owned());
        world.read_tokens.insert(token.to_owned(), place);
    }
    world.keep_content(bot, &message, now);
    world.say(bot, chat, Speaker::User, message, now);
}

/// A user changes a message: the newest change is what is read, in whatever order they come.
fn edited(world: &mut World, bot: &str, chat: &str, event: &Map<String, Value>) {
    let at = event.get("timestamp").and_then(Value::as_i64).unwrap_or(0);
    let Some(message) = event.get("message") else {
        return;
    };
    if let Some(token) = message.get("markAsReadToken").and_then(Value::as_str) {
        let place = (bot.to_owned(), chat.to_owned());
        world.read_tokens.insert(token.to_owned(), place);
    }
    world.chat_mut(bot, chat).edit(message, at);
}

/// A user joins or leaves a membership plan that is known.
fn plan(world: &mut World, bot: &str, user: &str, event: &Map<String, Value>, now: Millis) {
    let membership = event.get("membership");
    let id = membership.and_then(|membership| membership.get("membershipId")?.as_u64());
    let kind = membership.and_then(|membership| membership.get("type")?.as_str());
    let plans = &mut world.of(bot).memberships;
    let Some(plan) = plans.iter_mut().find(|plan| Some(plan.id) == id) else {
        return;
    };
    match kind {
        Some("joined") => {
            plan.members.entry(user.to_owned()).or_insert(now);
        }
        Some("left") => {
            plan.members.remove(user);
        }
        _ => {}
    }
}

fn notice(world: &mut World, bot: &str, chat: &str, what: &str, now: Millis) {
    let name = world.user(bot, chat).map_or("The user", |user| &user.name);
    let message = json!({"type": "notice", "text": format!("{name} {what}")});
    world.say(bot, chat, Speaker::Notice, message, now);
}
