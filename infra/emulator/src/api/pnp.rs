//! LINE notification messages: to a phone number, with or without a template.
//!
//! Source: <https://developers.line.biz/en/reference/partner-docs/#send-line-notification-message>

use serde_json::{Value, json};

use super::findings::{Findings, text};
use super::{Answer, Context, Refusal, messages, quota, send};
use crate::ids;
use crate::world::sent::Means;

/// `POST /bot/pnp/push`. `to` is the SHA-256 of a phone number in E.164 form. Where nobody has it,
/// the status is 422.
pub(super) fn push(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let body = cx.json()?;
    let to = text(&body, "to");
    let mut findings = Findings::of(cx.settings).with(to.as_ref().err());
    messages::check(&mut findings, &body);
    findings.done()?;
    notify(cx, Means::Pnp, to.unwrap_or_default(), &body)
}

/// `POST /v2/bot/message/pnp/templated/push`. LINE's OpenAPI file does not have it. The members of
/// `body` differ by template and are taken as they are.
pub(super) fn templated(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let body = cx.json()?;
    let to = text(&body, "to");
    let mut findings = Findings::of(cx.settings).with(to.as_ref().err());
    findings.text(&body, "", "templateKey", 100);
    if !body["body"].is_object() {
        findings.add("May not be null", "body");
    }
    findings.done()?;
    let text = format!("[{}]", body["templateKey"].as_str().unwrap_or_default());
    let shown = json!({"messages": [{"type": "text", "text": text, "template": body["body"]}]});
    notify(cx, Means::TemplatedPnp, to.unwrap_or_default(), &shown)
}

fn notify(cx: &mut Context<'_>, means: Means, to: &str, body: &Value) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let tag = tag(cx)?;
    let user =
        by_phone(cx, &bot, to).ok_or_else(|| Refusal::message(422, "Failed to send messages"))?;
    quota::admit(cx, &bot, 1)?;
    quota::count(cx, &bot, 1);
    send::into_chat(cx, means, &bot, &user, body);
    if let Some(tag) = tag {
        let event = json!({"type": "delivery", "delivery": {"data": tag}});
        cx.tell_one(cx.side.channel(), &bot, None, event);
    }
    Ok(Answer::ok(json!({})))
}

/// What the `delivery` event is to carry: 16 to 100 characters.
fn tag(cx: &Context<'_>) -> Result<Option<String>, Refusal> {
    let Some(tag) = cx.header("x-line-delivery-tag") else {
        return Ok(None);
    };
    if (16..=100).contains(&tag.len()) {
        return Ok(Some(tag.to_owned()));
    }
    Err(Refusal::message(400, "The delivery tag is invalid"))
}

fn by_phone(cx: &Context<'_>, bot: &str, to: &str) -> Option<String> {
    let users = cx.world.users.get(bot)?;
    let has = |phone: &String| ids::digest(phone) == to.to_ascii_lowercase();
    let found = users
        .iter()
        .find(|(_, user)| user.phone.as_ref().is_some_and(has));
    found.map(|(id, _)| id.clone())
}
