//! Small signs to one user: the loading animation, read marks, and the token that links accounts.

use serde_json::{Value, json};

use super::findings::{Findings, text, wrong};
use super::people::not_found;
use super::{Answer, Context, Refusal};
use crate::clock::seconds;
use crate::ids;
use crate::world::grant::LinkToken;
use crate::world::user;

/// `POST /v2/bot/chat/loading/start`: in chats with one user only.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#display-a-loading-indicator>
pub(super) fn loading(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let chat = text(&body, "chatId");
    let mut findings = Findings::from(chat.as_ref().err().cloned());
    let chat = chat.unwrap_or_default().to_owned();
    let mut length = Some(20);
    if body.get("loadingSeconds").is_some() {
        length = findings.whole(&body, "", "loadingSeconds", (5, 60));
    }
    if !chat.is_empty() && (!user::is_user(&chat) || cx.world.user(&bot, &chat).is_none()) {
        findings.add("Must be a user ID", "chatId");
    }
    findings.done()?;
    cx.chat = Some(chat.clone());
    let end = cx.now + seconds(length.unwrap_or_default().unsigned_abs());
    cx.world.chat_mut(&bot, &chat).loading_until = Some(end);
    Ok(Answer::accepted(json!({})))
}

/// `POST /v2/bot/message/markAsRead`, the older way, by user.
///
/// Source: <https://developers.line.biz/en/reference/partner-docs/#mark-messages-from-users-as-read>
pub(super) fn read_by_user(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let mut findings = Findings::default();
    findings.text(&body["chat"], "chat", "userId", 100);
    findings.done()?;
    let user = body["chat"]["userId"].as_str().unwrap_or_default();
    if cx.world.user(&bot, user).is_none() {
        return Err(wrong("chat.userId", "Must be a user ID"));
    }
    mark(cx, &bot, user);
    Ok(Answer::ok(json!({})))
}

/// `POST /v2/bot/chat/markAsRead`, by the token of a message.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#mark-as-read>
pub(super) fn read_by_token(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let token = text(&body, "markAsReadToken").map_err(|detail| Refusal::from(vec![detail]))?;
    let known = cx
        .world
        .read_tokens
        .get(token)
        .cloned()
        .filter(|(own, _)| *own == bot);
    let (_, chat) = known.ok_or_else(|| Refusal::message(400, "Invalid markAsReadToken"))?;
    mark(cx, &bot, &chat);
    Ok(Answer::ok(json!({})))
}

fn mark(cx: &mut Context<'_>, bot: &str, chat: &str) {
    cx.chat = Some(chat.to_owned());
    let now = cx.now;
    cx.world.chat_mut(bot, chat).read_at = Some(now);
}

/// `POST /v2/bot/user/{userId}/linkToken`: a token for ten minutes and one use.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#issue-link-token>
pub(super) fn link_token(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    const LIFE_S: u64 = 600;
    let (bot, user) = (cx.bot(), cx.param("userId"));
    cx.chat = Some(user.clone());
    if cx.world.user(&bot, &user).is_none() {
        return Err(not_found());
    }
    let token = ids::token::<24>();
    let ends = cx.now + seconds(LIFE_S);
    let entry = LinkToken { bot, user, ends };
    cx.world.link_tokens.insert(token.clone(), entry);
    Ok(Answer::ok(json!({ "linkToken": Value::from(token) })))
}
