//! Acquiring and releasing the control of a chat.
//!
//! Source: <https://developers.line.biz/en/reference/partner-docs/#acquire-control-api>

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::messages::Detail;
use super::{Answer, Context, Refusal, checks};
use crate::clock::{Millis, seconds};
use crate::ids;
use crate::webhook::module;
use crate::world::chat::Holder;

/// The longest time that a chat can be acquired for: a year, in seconds.
const LONGEST_S: u64 = 31_536_000;

/// `POST /v2/bot/chat/{chatId}/control/acquire`. A module that holds the chat already may acquire
/// it again, for another time.
pub(super) fn acquire(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, chat) = known_chat(cx)?;
    let until = until(&body(cx)?, cx.now)?;
    unlocked(cx, &bot, &chat)?;
    cx.world.chat_mut(&bot, &chat).acquire(until);
    cx.tell(&bot, Some(&chat), module::activated(until));
    Ok(Answer::ok(json!({})))
}

/// `POST /v2/bot/chat/{chatId}/control/release`. Of a chat that the module does not hold, nothing
/// changes and nothing is told; LINE documents no error for it.
pub(super) fn release(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, chat) = known_chat(cx)?;
    let default_active = cx.settings.default_active;
    if cx.world.holder(&bot, &chat, default_active, cx.now) == Holder::Module {
        cx.world.chat_mut(&bot, &chat).give(Holder::Primary);
        cx.tell(&bot, Some(&chat), module::deactivated());
    }
    Ok(Answer::ok(json!({})))
}

/// The bot, and the chat of the path, which must be there. An id that is not in the world and does
/// not look like one of LINE's is invalid; LINE does not tell which it finds invalid.
fn known_chat(cx: &mut Context<'_>) -> Result<(String, String), Refusal> {
    let bot = checks::access(cx, Some("message:receive"))?;
    let id = cx.incoming.path.split('/').nth(4).unwrap_or_default();
    let id = percent_decode_str(id).decode_utf8_lossy().into_owned();
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
            .ok_or_else(|| wrong("expired", "Must be a boolean".into()))?,
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

/// In the style of LINE's own texts.
fn wrong(property: &str, message: String) -> Refusal {
    Refusal::from(vec![Detail {
        message,
        property: property.into(),
    }])
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
