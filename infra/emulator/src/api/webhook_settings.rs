//! The webhook URL of the module channel: looked at, set and tried out.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#webhook-settings>

use std::time::Duration;

use serde_json::{Value, json};

use super::findings::wrong;
use super::people::not_found;
use super::{Answer, Context, Refusal};
use crate::clock::{Millis, iso};
use crate::emulator::Emulator;
use crate::webhook::request::SignatureKind;
use crate::webhook::send;
use crate::world::chat::Holder;

/// `GET /v2/bot/channel/webhook/endpoint`
pub(super) fn get(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let url = cx.settings.webhook_url.clone().ok_or_else(not_found)?;
    Ok(Answer::ok(json!({"endpoint": url, "active": true})))
}

/// `PUT /v2/bot/channel/webhook/endpoint`
pub(super) fn set(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let url = address(&cx.json()?, cx.settings.webhook_url.as_deref())?;
    cx.webhook_url = Some(url);
    Ok(Answer::ok(json!({})))
}

/// `POST /v2/bot/channel/webhook/test`: sends a webhook without events.
pub(super) fn try_out(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let body = if cx.incoming.body.is_empty() {
        json!({})
    } else {
        cx.json()?
    };
    let set = cx.settings.webhook_url.clone();
    let url = match (body.get("endpoint"), set) {
        (None, Some(url)) => url,
        (_, set) => address(&body, set.as_deref())?,
    };
    let mut answer = Answer::ok(json!({}));
    answer.tests = Some(url);
    Ok(answer)
}

/// Sends the webhook and tells what came of it.
pub(super) async fn test(emulator: &Emulator, bot: &str, url: &str, now: Millis) -> Value {
    let mut settings = emulator.settings();
    settings.webhook_url = Some(url.to_owned());
    let body = json!({"destination": bot, "events": []}).to_string();
    let signature = send::signature(&settings, SignatureKind::Good, &body);
    let wait = Duration::from_millis(settings.webhook_timeout_ms);
    let (client, to) = (emulator.client(), Holder::Module);
    let sent = send::post(client, &settings, to, &body, signature.as_deref());
    let receipt = tokio::time::timeout(2 * wait, sent).await.ok();
    let status = receipt.as_ref().and_then(|receipt| receipt.status);
    let failure = receipt.and_then(|receipt| receipt.failure);
    let reason = failure.map_or("OK", |failure| failure.title());
    json!({
        "success": failure.is_none(),
        "timestamp": iso(now),
        "statusCode": status.unwrap_or(0),
        "reason": reason,
        "detail": status.map_or_else(|| reason.to_owned(), |status| status.to_string()),
    })
}

/// An address with https and at most 500 characters. One on this machine, or the one that is set
/// already, may do without https, so that everything can be tried here.
fn address(body: &Value, set: Option<&str>) -> Result<String, Refusal> {
    let url = body["endpoint"].as_str().unwrap_or_default();
    let here = ["http://127.0.0.1:", "http://localhost:"];
    let local = here.iter().any(|start| url.starts_with(start)) || set == Some(url);
    if url.len() <= 500 && (url.starts_with("https://") || local) {
        return Ok(url.to_owned());
    }
    Err(wrong("endpoint", "Must be a valid HTTPS URL"))
}
