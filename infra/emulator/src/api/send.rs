//! Sending messages at once: reply, push, multicast and broadcast.

use serde_json::{Value, json};

use super::findings::{Findings, text};
use super::messages;
use super::quota::{self, Key};
use super::{Answer, Context, Refusal, checks, units};
use crate::ids;
use crate::world::sent::{Means, Sent};
use crate::world::user;

/// The most users of a multicast.
const MOST_USERS: usize = 500;

/// `POST /v2/bot/message/reply`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#send-reply-message>
pub(super) fn reply(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let token = text(&body, "replyToken");
    let mut findings = Findings::of(cx.settings).with(token.as_ref().err());
    messages::check(&mut findings, &body);
    findings.done()?;
    coupons(cx, &bot, &body)?;
    let chat = take_token(cx, &bot, token.unwrap_or_default())?;
    let sent = into_chat(cx, Means::Reply, &bot, &chat, &body);
    Ok(Answer::ok(json!({ "sentMessages": sent })))
}

/// The chat that a reply goes to, by its token.
pub(super) fn chat_of_reply(cx: &Context<'_>) -> Vec<String> {
    let token = cx.peek_text("replyToken").is_some();
    cx.chat.clone().filter(|_| token).into_iter().collect()
}

/// `POST /v2/bot/message/push`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#send-push-message>
pub(super) fn push(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let to = text(&body, "to");
    let mut findings = Findings::of(cx.settings).with(to.as_ref().err());
    messages::check(&mut findings, &body);
    units::check(&mut findings, &body);
    findings.done()?;
    coupons(cx, &bot, &body)?;
    let to = to.unwrap_or_default();
    reachable(cx, &bot, to)?;
    let people = cx.world.people(&bot, to);
    let key = quota::admit(cx, &bot, people)?;
    quota::count(cx, &bot, people);
    let sent = into_chat(cx, Means::Push, &bot, to, &body);
    quota::accept(cx, key, &sent);
    Ok(Answer::ok(json!({ "sentMessages": sent })))
}

/// The chats that a push or multicast goes to.
pub(super) fn chats_of_to(cx: &Context<'_>) -> Vec<String> {
    match cx.peek("to") {
        Some(Value::String(to)) => vec![to],
        Some(Value::Array(all)) => {
            let texts = all.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        }
        _ => Vec::new(),
    }
}

/// `POST /v2/bot/message/multicast`. Users whom the account cannot reach are left out silently.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#send-multicast-message>
pub(super) fn multicast(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let mut findings = Findings::of(cx.settings);
    let to = findings.texts(&body, "to", (1, MOST_USERS));
    for (place, _) in to.iter().enumerate().filter(|(_, id)| !user::is_user(id)) {
        findings.add("Must be a user ID", format!("to[{place}]"));
    }
    messages::check(&mut findings, &body);
    units::check(&mut findings, &body);
    findings.done()?;
    coupons(cx, &bot, &body)?;
    let chats: Vec<String> = to
        .into_iter()
        .filter(|user| knows(cx, &bot, user))
        .collect();
    let people = chats.iter().map(|chat| cx.world.people(&bot, chat)).sum();
    let key = quota::admit(cx, &bot, people)?;
    to_many(cx, Means::Multicast, &bot, &chats, &body, key);
    Ok(Answer::ok(json!({})))
}

/// `POST /v2/bot/message/broadcast`: to all friends.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#send-broadcast-message>
pub(super) fn broadcast(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let mut findings = Findings::of(cx.settings);
    messages::check(&mut findings, &body);
    findings.done()?;
    coupons(cx, &bot, &body)?;
    let chats = cx.world.friends(&bot);
    let key = quota::admit(cx, &bot, chats.len() as u64)?;
    to_many(cx, Means::Broadcast, &bot, &chats, &body, key);
    Ok(Answer::ok(json!({})))
}

/// Takes a reply token. It works once, for its time, for its bot and the channel that it was given to.
fn take_token(cx: &mut Context<'_>, bot: &str, token: &str) -> Result<String, Refusal> {
    let (now, side) = (cx.now, cx.side);
    let known = cx.world.reply_tokens.get_mut(token);
    let own = known.filter(|token| token.bot == bot && token.side == side);
    let usable = own.filter(|token| token.usable(now));
    let token = usable.ok_or_else(|| Refusal::message(400, "Invalid reply token"))?;
    token.used = true;
    Ok(token.chat.clone())
}

/// Source of the text: <https://developers.line.biz/en/reference/messaging-api/#error-messages>
fn reachable(cx: &Context<'_>, bot: &str, to: &str) -> Result<(), Refusal> {
    knows(cx, bot, to)
        .then_some(())
        .ok_or_else(|| Refusal::message(400, "Failed to send messages"))
}

fn knows(cx: &Context<'_>, bot: &str, to: &str) -> bool {
    if user::is_user(to) {
        let user = cx.world.user(bot, to);
        user.is_some_and(|user| user.can_be_pushed(cx.now))
    } else {
        cx.world.chat(bot, to).is_some_and(|chat| !chat.left)
    }
}

/// A coupon is sent only by who may manage coupons, and only one that is running.
///
/// Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-attach-channel/#scopes>;
/// the text for another coupon is not documented.
pub(super) fn coupons(cx: &mut Context<'_>, bot: &str, body: &Value) -> Result<(), Refusal> {
    let mut findings = Findings::default();
    for (place, message) in messages(body).iter().enumerate() {
        let Some(id) = message.get("couponId").and_then(Value::as_str) else {
            continue;
        };
        checks::granted(cx, bot, Some("coupon:manage"))?;
        let now = cx.now;
        let mut known = cx.world.of(bot).coupons.iter();
        if !known.any(|coupon| coupon.id == id && coupon.status(now) == "RUNNING") {
            let text = "Must be the ID of a coupon that can be used";
            findings.add(text, format!("messages[{place}].couponId"));
        }
    }
    findings.done()
}

/// The messages of a body.
pub(super) fn messages(body: &Value) -> Vec<Value> {
    let list = body.get("messages").and_then(Value::as_array);
    list.cloned().unwrap_or_default()
}

/// Puts the messages into one chat, unless the user blocks the account, and gives their ids.
pub(super) fn into_chat(
    cx: &mut Context<'_>,
    means: Means,
    bot: &str,
    chat: &str,
    body: &Value,
) -> Value {
    cx.chat = Some(chat.to_owned());
    let messages = messages(body);
    let entries = messages.iter().map(|message| {
        let mut entry = json!({"id": cx.world.next_message_id()});
        if messages::can_be_quoted(message) {
            entry["quoteToken"] = ids::token::<48>().into();
        }
        entry
    });
    let entries: Vec<Value> = entries.collect();
    let people = cx.world.people(bot, chat);
    let reached = cx
        .world
        .deliver(bot, chat, &messages, cx.now)
        .then(|| chat.to_owned())
        .into_iter()
        .collect();
    note(cx, means, bot, body, (reached, people));
    entries.into()
}

fn to_many(
    cx: &mut Context<'_>,
    means: Means,
    bot: &str,
    chats: &[String],
    body: &Value,
    key: Option<Key>,
) {
    let messages = messages(body);
    let (now, world) = (cx.now, &mut *cx.world);
    let reached: Vec<String> = chats
        .iter()
        .filter(|chat| world.deliver(bot, chat, &messages, now))
        .cloned()
        .collect();
    let people = reached.len() as u64;
    quota::count(cx, bot, people);
    note(cx, means, bot, body, (reached, people));
    quota::accept(cx, key, &Value::Null);
}

/// Writes down what was sent.
fn note(
    cx: &mut Context<'_>,
    means: Means,
    bot: &str,
    body: &Value,
    (reached, people): (Vec<String>, u64),
) {
    let unit = units::assign(cx, bot, body, means);
    let sent = Sent {
        request_id: cx.request_id.to_owned(),
        means,
        at: cx.now,
        messages: messages(body),
        reached,
        people,
        unit,
        narrowcast: None,
    };
    cx.world.of(bot).sent.push(sent);
}
