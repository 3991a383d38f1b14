//! Sending a webhook and measuring what comes of it.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::Built;
use super::request::SignatureKind;
use crate::clock::Millis;
use crate::settings::Settings;
use crate::signature;
use crate::world::chat::Holder;
use crate::world::record::{Delivery, Failure};

/// What the receiver made of a webhook.
pub(crate) struct Receipt {
    /// The status of the answer.
    pub(crate) status: Option<u16>,
    /// Why it failed.
    pub(crate) failure: Option<Failure>,
    milliseconds: u64,
}

/// The HTTP client for webhooks: it follows no redirect and uses no proxy.
pub(crate) fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .user_agent("LineBotWebhook2.0")
        .build()
}

/// The value of `x-line-signature` for a body; none if the header is to be left out.
pub(crate) fn signature(settings: &Settings, kind: SignatureKind, body: &str) -> Option<String> {
    let secret = match kind {
        SignatureKind::Good => settings.channel_secret.as_str(),
        SignatureKind::Bad => "not the channel secret",
        SignatureKind::Previous => settings.previous_secret.as_deref()?,
        SignatureKind::None => return None,
    };
    Some(signature::sign(secret, body.as_bytes()))
}

/// Sends a webhook to a channel once.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#request-headers>
pub(crate) async fn post(
    client: &reqwest::Client,
    settings: &Settings,
    to: Holder,
    body: &str,
    signature: Option<&str>,
) -> Receipt {
    let started = Instant::now();
    let Some(url) = settings.webhook_url_of(to) else {
        return Receipt {
            status: None,
            failure: Some(Failure::CouldNotConnect),
            milliseconds: 0,
        };
    };
    let mut request = client
        .post(url)
        .timeout(Duration::from_millis(settings.webhook_timeout_ms))
        .header("content-type", "application/json; charset=utf-8")
        .body(body.to_owned());
    if let Some(signature) = signature {
        request = request.header("x-line-signature", signature);
    }
    let answer = request.send().await.map(|answer| answer.status().as_u16());
    Receipt {
        status: answer.as_ref().ok().copied(),
        failure: failure(&answer),
        milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    }
}

fn failure(answer: &Result<u16, reqwest::Error>) -> Option<Failure> {
    match answer {
        Ok(200..=299) => None,
        Ok(_) => Some(Failure::ErrorStatusCode),
        Err(error) if error.is_timeout() => Some(Failure::RequestTimeout),
        Err(error) if error.is_connect() || error.is_builder() => Some(Failure::CouldNotConnect),
        Err(_) => Some(Failure::Unclassified),
    }
}

/// The record of a webhook.
pub(crate) fn record(
    built: &Built,
    number: u64,
    at: Millis,
    signature: Option<String>,
    receipt: &Receipt,
) -> Delivery {
    Delivery {
        number,
        at,
        to: built.to,
        bot: built.bot.clone(),
        chats: built.chats.clone(),
        event_ids: built.event_ids.clone(),
        redelivery: built.redelivery,
        body: built.body.clone(),
        signature,
        status: receipt.status,
        milliseconds: receipt.milliseconds,
        failure: receipt.failure,
    }
}

/// One line for the terminal: which events went out and what came back.
pub(crate) fn line(delivery: &Delivery) -> String {
    let body: Value = serde_json::from_str(&delivery.body).unwrap_or_default();
    let events = body.get("events").and_then(Value::as_array);
    let kinds: Vec<&str> = events
        .into_iter()
        .flatten()
        .map(|event| event.get("type").and_then(Value::as_str).unwrap_or("?"))
        .collect();
    let status = delivery
        .status
        .map_or("-".into(), |status| status.to_string());
    let failure = delivery.failure.map_or("", Failure::as_str);
    format!(
        "webhook {} to {} [{}] -> {status} in {} ms {failure}",
        delivery.number,
        delivery.to.as_str(),
        kinds.join(" "),
        delivery.milliseconds
    )
}
