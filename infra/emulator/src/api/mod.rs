//! LINE's API: every request that is not for a page, the link screen or the control interface.
//!
//! Each is read, hit by a fault or answered, written down, and only then answered on the wire.

mod bot;
mod checks;
mod context;
mod control;
mod detach;
mod list;
mod messages;
mod profile;
mod record;
mod route;
mod send;

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, DATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;

pub(crate) use self::context::{Answer, Context, Incoming, Refusal};
use crate::clock::{Millis, http_date};
use crate::emulator::Emulator;
use crate::ids;
use crate::settings::AttachedEvent;
use crate::webhook::request::DeliverOptions;
use crate::webhook::{self, Built};
use crate::world::fault::{self, FaultKind};

/// The most that a request may hold: 2 MB.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#status-codes>
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// Answers a call to LINE's API.
pub(crate) async fn handle(State(emulator): State<Emulator>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // More than the limit is read, so that the caller gets to read the refusal.
    let body = axum::body::to_bytes(body, 16 * BODY_LIMIT).await;
    let body = body.ok().filter(|body| body.len() <= BODY_LIMIT);
    let incoming = Incoming {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        fits: body.is_some(),
        body: body.unwrap_or_default(),
    };
    let request_id = ids::request_id();
    let done = answer(&emulator, &incoming, &request_id);
    emulator.changed();
    if let Some(bot) = &done.answer.attached {
        announce(&emulator, bot).await;
    }
    if let Some(built) = done.told {
        let delay_ms = emulator.platform().settings.control_event_delay_ms;
        send_later(&emulator, built, delay_ms, 1);
    }
    hold(&emulator, done.fault).await;
    respond(&done.answer, &request_id, done.at)
}

/// What a call came to.
struct Done {
    answer: Answer,
    told: Option<Built>,
    fault: Option<FaultKind>,
    at: Millis,
}

/// What the call comes to. The world has it when this returns.
fn answer(emulator: &Emulator, incoming: &Incoming, request_id: &str) -> Done {
    let mut platform = emulator.platform();
    let now = platform.now();
    let platform = &mut *platform;
    let fault = fault::take(&mut platform.world.faults, &incoming.method, &incoming.path);
    let mut cx = Context::new(platform, incoming, request_id, now);
    cx.fault = fault;
    let mut answer = match fault.and_then(FaultKind::refusal) {
        Some((status, body)) => {
            cx.look();
            Answer::from(Refusal::new(status, body))
        }
        None => route::answer(&mut cx).unwrap_or_else(Answer::from),
    };
    (answer.bot, answer.chat) = (cx.bot.take(), cx.chat.take());
    answer.unknown = cx.unknown;
    let told = cx.told.take();
    record::write(&mut platform.world, incoming, &answer, fault, now);
    let told = told.map(|told| {
        let chat = told.chat.as_deref();
        webhook::build(platform, &told.bot, chat, vec![told.event], now)
    });
    Done {
        answer,
        told,
        fault,
        at: now,
    }
}

/// Sends a webhook some real milliseconds from now, without waiting for it.
fn send_later(emulator: &Emulator, built: Built, delay_ms: u64, copies: u32) {
    let options = DeliverOptions {
        copies,
        delay_ms,
        ..DeliverOptions::default()
    };
    let emulator = emulator.clone();
    tokio::spawn(async move { emulator.deliver(built, options).await });
}

async fn hold(emulator: &Emulator, fault: Option<FaultKind>) {
    let milliseconds = match fault {
        Some(FaultKind::TimeoutAfterAccept) => emulator.platform().settings.hold_ms,
        Some(FaultKind::Delay(milliseconds)) => milliseconds,
        _ => return,
    };
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

/// Sends the attached event, when the settings want it.
async fn announce(emulator: &Emulator, bot: &str) {
    let Some((built, settings)) = attached_event(emulator, bot) else {
        return;
    };
    let copies = match settings.attached_event {
        AttachedEvent::Lost => return,
        AttachedEvent::Twice => 2,
        AttachedEvent::After | AttachedEvent::Before => 1,
    };
    if settings.attached_event == AttachedEvent::Before {
        let at_once = DeliverOptions::default();
        // What comes of it is in the list of deliveries.
        let _ = emulator.deliver(built, at_once).await;
        return;
    }
    send_later(emulator, built, settings.attached_event_delay_ms, copies);
}

fn attached_event(emulator: &Emulator, bot: &str) -> Option<(Built, crate::settings::Settings)> {
    let mut platform = emulator.platform();
    let now = platform.now();
    let event = webhook::module::attached(bot, &platform.world.account(bot)?.scopes);
    let built = webhook::prepare(&mut platform, bot, None, vec![event], now)?;
    Some((built, platform.settings.clone()))
}

fn respond(answer: &Answer, request_id: &str, now: Millis) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Body::from(answer.body.to_string())).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let mut add = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    add(DATE, &http_date(now));
    add(HeaderName::from_static("x-line-request-id"), request_id);
    if let Some(accepted) = &answer.accepted_request_id {
        add(
            HeaderName::from_static("x-line-accepted-request-id"),
            accepted,
        );
    }
    response
}

/// An answer whose body is only a message.
fn message(text: &str) -> serde_json::Value {
    json!({ "message": text })
}
