//! Acquiring and releasing the control of a chat.
//!
//! Source: <https://developers.line.biz/en/reference/partner-docs/#acquire-control-api>

use serde_json::{Value, json};

use super::findings::wrong;
use super::{Answer, Context, Refusal};
use crate::clock::{Millis, seconds};
use crate::ids;
use crate::webhook::module;
use crate::world::channel::Side;
use crate::world::chat::Holder;

/// The longest time that a chat can be acquired for: a year, in seconds.
const LONGEST_S: u64 = 31_536_000;

/// `POST /v2/bot/chat/{chatId}/control/acquire`. A module that holds the chat already may acquire
/// it again, for another time.
pub(super) fn acquire(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, chat) = known_chat(cx)?;
    let until = until(&body(cx)?, cx.now)?;
    if cx.side == Side::Ours {
        unlocked(cx, &bot, &chat)?;
    }
    let (before, now, own) = (holder(cx, &bot, &chat), cx.now, cx.side.channel());
    let entry = cx.world.chat_mut(&bot, &chat);
    entry.acquire(own, until);
    if own == Holder::Other {
        // The one under test cannot have it back for a moment.
        entry.lock(now);
    }
    cx.tell_one(own, &bot, Some(&chat), module::activated(until));
    if before != own && before != Holder::Primary {
        cx.tell_one(before, &bot, Some(&chat), module::deactivated());
    }
    Ok(Answer::ok(json!({})))
}

fn holder(cx: &Context<'_>, bot: &str, chat: &str) -> Holder {
    let default_active = cx.settings.default_active;
    cx.world.holder(bot, chat, default_active, cx.now)
}

/// `POST /v2/bot/chat/{chatId}/control/release`. Of a chat that the module does not hold, nothing
/// changes and no event is sent; LINE documents no error for it.
pub(super) fn release(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, chat) = known_chat(cx)?;
    let own = cx.side.channel();
    if holder(cx, &bot, &chat) == own {
        cx.world.chat_mut(&bot, &chat).give(Holder::Primary);
        cx.tell_one(own, &bot, Some(&chat), module::deactivated());
    }
    Ok(Answer::ok(json!({})))
}

/// The bot, and the chat of the path, which must be there. An id that is not in the world and does
/// not look like one of LINE's is invalid; LINE does not tell which it finds invalid.
fn known_chat(cx: &mut Context<'_>) -> Result<(String, String), Refusal> {
    let bot = cx.bot();
    let id = cx.param("chatId");
    cx.chat = Some(id.clone());
    let known = cx.world.user(&bot, &id).is_some() || cx.world.chat(&bot, &id).is_some();
    if !known && !ids::is_chat(&id) {
        let text = "The value for the 'chatId' parameter is invalid";
        return Err(Refusal::message(400, text));
    }
    if !cx.world.reaches(&bot, &id) {
        return Err(Refusal::message(404, "Not found"));
    }
    Ok((bot, id))
}

/// The body, all of whose members are optional, so that it may be left out.
fn body(cx: &Context<'_>) -> Result<Value, Refusal> {
    if cx.incoming.fits && cx.incoming.body.is_empty() {
        return Ok(json!({}));
    }
    cx.json()
}

/// When the control ends, by the body.
fn until(body: &Value, now: Millis) -> Result<Option<Millis>, Refusal> {
    let expires = match body.get("expired") {
        None => true,
        Some(value) => value
            .as_bool()
            .ok_or_else(|| wrong("expired", "Must be a boolean"))?,
    };
    if !expires {
        return Ok(None);
    }
    let length = match body.get("ttl") {
        None => 3600,
        Some(value) => value
            .as_u64()
            .filter(|ttl| (1..=LONGEST_S).contains(ttl))
            .ok_or_else(|| wrong("ttl", format!("Must be between 1 and {LONGEST_S}")))?,
    };
    Ok(Some(now.saturating_add(seconds(length))))
}

/// Another channel must not have acquired the chat within the last seconds. The text is not
/// documented.
fn unlocked(cx: &Context<'_>, bot: &str, chat: &str) -> Result<(), Refusal> {
    let window = Millis::try_from(cx.settings.acquire_lock_ms).unwrap_or(Millis::MAX);
    let chat = cx.world.chat(bot, chat);
    if chat.is_some_and(|chat| chat.taken_within(window, cx.now)) {
        return Err(Refusal::message(423, "Locked"));
    }
    Ok(())
}
