//! Sending messages: reply and push.

use serde_json::{Value, json};

use super::messages::{self, Detail};
use super::{Answer, Context, Refusal, checks};
use crate::clock::month;
use crate::ids;
use crate::world::chat::Speaker;
use crate::world::grant::AcceptedKey;
use crate::world::user;

/// `POST /v2/bot/message/reply`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#send-reply-message>
pub(super) fn reply(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = checks::access(cx, Some("message:send"))?;
    // The control of a chat can only be judged for a token that leads to one.
    if let (Some(_), Some(chat)) = (cx.peek("replyToken"), cx.chat.clone()) {
        checks::may_speak(cx, &bot, &chat)?;
    }
    let body = cx.json()?;
    let token = messages::text(&body, "replyToken");
    messages::check(&body, token.as_ref().err().cloned())?;
    if cx.header("x-line-retry-key").is_some() {
        // Source: <https://developers.line.biz/en/docs/messaging-api/retrying-api-request/>, which
        // promises status 400 but tells no text.
        let text = "The retry key cannot be used with this API";
        return Err(Refusal::message(400, text));
    }
    let chat = take_token(cx, &bot, token.unwrap_or_default())?;
    let sent = send(cx, &bot, &chat, &body);
    Ok(Answer::ok(json!({ "sentMessages": sent })))
}

/// `POST /v2/bot/message/push`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#send-push-message>
pub(super) fn push(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = checks::access(cx, Some("message:send"))?;
    if let Some(to) = cx.peek("to") {
        checks::may_speak(cx, &bot, &to)?;
    }
    let body = cx.json()?;
    let to = messages::text(&body, "to");
    messages::check(&body, to.as_ref().err().cloned())?;
    let to = to.unwrap_or_default();
    let key = retry_key(cx, &bot)?;
    reachable(cx, &bot, to)?;
    count(cx, &bot, to)?;
    let sent = send(cx, &bot, to, &body);
    if let Some(key) = key {
        accept(cx, key, &sent);
    }
    Ok(Answer::ok(json!({ "sentMessages": sent })))
}

/// Takes a reply token. It works once, for its time, for its bot.
fn take_token(cx: &mut Context<'_>, bot: &str, token: &str) -> Result<String, Refusal> {
    let now = cx.now;
    let known = cx.world.reply_tokens.get_mut(token);
    let usable = known.filter(|token| token.bot == bot && token.usable(now));
    let token = usable.ok_or_else(|| Refusal::message(400, "Invalid reply token"))?;
    token.used = true;
    Ok(token.chat.clone())
}

/// The place of the retry key among those accepted, if the call has one that is new.
///
/// Source: <https://developers.line.biz/en/docs/messaging-api/retrying-api-request/>
fn retry_key(cx: &Context<'_>, bot: &str) -> Result<Option<String>, Refusal> {
    const DAY: i64 = 86_400_000;
    let Some(key) = cx.header("x-line-retry-key") else {
        return Ok(None);
    };
    if !ids::is_uuid(key) {
        // The status is documented, the text is not.
        return Err(Refusal::message(400, "The retry key is invalid"));
    }
    let place = format!("{bot} {}", key.to_ascii_lowercase());
    let accepted = cx.world.retry_keys.get(&place);
    match accepted.filter(|accepted| cx.now < accepted.accepted_at + DAY) {
        None => Ok(Some(place)),
        Some(accepted) => {
            if accepted.body != digest(cx) {
                tracing::warn!("a retry key was used again with another body");
            }
            let id = accepted.request_id.clone();
            Err(Refusal::accepted_before(id, &accepted.sent))
        }
    }
}

fn digest(cx: &Context<'_>) -> String {
    ids::digest(&String::from_utf8_lossy(&cx.incoming.body))
}

fn accept(cx: &mut Context<'_>, key: String, sent: &Value) {
    let accepted = AcceptedKey {
        accepted_at: cx.now,
        request_id: cx.request_id.to_owned(),
        body: digest(cx),
        sent: sent.clone(),
    };
    cx.world.retry_keys.insert(key, accepted);
}

/// Source of the text: <https://developers.line.biz/en/reference/messaging-api/#error-messages>
fn reachable(cx: &Context<'_>, bot: &str, to: &str) -> Result<(), Refusal> {
    let known = if user::is_user(to) {
        let user = cx.world.user(bot, to);
        user.is_some_and(|user| user.can_be_pushed(cx.now))
    } else {
        cx.world.chat(bot, to).is_some_and(|chat| !chat.left)
    };
    known
        .then_some(())
        .ok_or_else(|| Refusal::message(400, "Failed to send messages"))
}

/// Counts a push. One to a user who blocks the account is not delivered and does not count.
fn count(cx: &mut Context<'_>, bot: &str, to: &str) -> Result<(), Refusal> {
    if blocks(cx, bot, to) {
        return Ok(());
    }
    let month = month(cx.now);
    let limit = cx.settings.monthly_limit;
    if let Some(account) = cx.world.account_mut(bot) {
        if limit.is_some_and(|limit| account.pushed_in(&month) >= limit) {
            return Err(Refusal::message(
                429,
                "You have reached your monthly limit.",
            ));
        }
        account.count_push(&month);
    }
    Ok(())
}

fn blocks(cx: &Context<'_>, bot: &str, chat: &str) -> bool {
    cx.world.user(bot, chat).is_some_and(|user| user.blocked)
}

/// Puts the messages into the chat, unless the user blocks the account, and gives their ids.
fn send(cx: &mut Context<'_>, bot: &str, chat: &str, body: &Value) -> Value {
    cx.chat = Some(chat.to_owned());
    let delivered = !blocks(cx, bot, chat);
    let mut sent = Vec::new();
    for message in body
        .get("messages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let mut entry = json!({"id": cx.world.next_message_id()});
        if messages::can_be_quoted(message) {
            entry["quoteToken"] = ids::token::<48>().into();
        }
        sent.push(entry);
        if delivered {
            let now = cx.now;
            cx.world
                .say(bot, chat, Speaker::Account, message.clone(), now);
        }
    }
    sent.into()
}

impl From<Vec<Detail>> for Refusal {
    /// Source: <https://developers.line.biz/en/reference/messaging-api/#error-responses>
    fn from(details: Vec<Detail>) -> Self {
        let message = format!("The request body has {} error(s)", details.len());
        let details: Vec<Value> = details
            .into_iter()
            .map(|detail| json!({"message": detail.message, "property": detail.property}))
            .collect();
        Self::new(400, json!({"message": message, "details": details}))
    }
}
