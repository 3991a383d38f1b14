//! LINE's API: every request that is not for a page, the link screen or the control interface.
//!
//! Each is read, hit by a fault or answered, written down, and only then answered on the wire.

mod audience;
mod audience_list;
mod bot;
mod checks;
mod content;
mod context;
mod control;
mod counts;
mod coupon;
mod detach;
mod endpoint;
mod findings;
mod insight;
mod limit;
mod list;
mod marks;
mod membership;
mod menu;
mod menu_alias;
mod menu_batch;
mod menu_insight;
mod menu_link;
mod messages;
mod narrowcast;
mod paging;
mod people;
mod picture;
mod pnp;
mod quota;
mod recipient;
mod record;
mod route;
mod send;
mod table;
mod units;
mod upload;
mod webhook_settings;

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, DATE};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::json;

pub(crate) use self::context::{Answer, Context, Incoming, Refusal};
pub use self::endpoint::{Caller, Facts, Host, Limit};
pub(crate) use self::findings::{Findings, place};
use crate::clock::{Millis, http_date};
use crate::emulator::Emulator;
use crate::ids;
use crate::settings::AttachedEvent;
use crate::webhook::request::DeliverOptions;
use crate::webhook::{self, Built, Webhooks};
use crate::world::chat::Holder;
use crate::world::fault::{self, FaultKind};

/// The most that a request may hold: 2 MB.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#status-codes>
const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// What is known of all endpoints.
pub(crate) fn endpoints() -> Vec<Facts> {
    table::TABLE.iter().map(|endpoint| endpoint.facts).collect()
}

/// Answers a call to LINE's API.
pub(crate) async fn handle(State(emulator): State<Emulator>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // More than the limit is read, so that the caller gets to read the refusal.
    let body = axum::body::to_bytes(body, 16 * BODY_LIMIT).await.ok();
    let (host, path) = host_and_path(parts.uri.path());
    let incoming = Incoming {
        method: parts.method.to_string(),
        host,
        path: path.to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: parts.headers,
        fits: body.is_some(),
        body: body.unwrap_or_default(),
    };
    let request_id = ids::request_id();
    let mut done = answer(&emulator, &incoming, &request_id);
    emulator.changed();
    if let Some(url) = done.answer.tests.take() {
        done.answer.body = webhook_settings::test(
            &emulator,
            done.answer.bot.as_deref().unwrap_or_default(),
            &url,
            done.at,
        )
        .await;
        let world = &mut emulator.platform().world;
        record::write(world, &incoming, &done.answer, done.fault, done.at);
    }
    if let Some(bot) = &done.answer.attached {
        announce(&emulator, bot).await;
    }
    for webhooks in done.webhooks {
        let delay_ms = emulator.platform().settings.control_event_delay_ms;
        emulator.send_to_others(webhooks.others);
        if let Some(built) = webhooks.ours {
            send_later(&emulator, built, delay_ms, 1).await;
        }
    }
    hold(&emulator, done.fault).await;
    respond(&done.answer, &request_id, done.at)
}

/// Takes the name of one of LINE's hosts off the path. A client that is given a base address with
/// such a name shows by it which host it means; else any host is as good as another.
fn host_and_path(path: &str) -> (Option<Host>, &str) {
    let hosts = [Host::Api, Host::Data, Host::Manager];
    let named = hosts.into_iter().find_map(|host| {
        let rest = path.strip_prefix('/')?.strip_prefix(host.name())?;
        rest.starts_with('/').then_some((host, rest))
    });
    named.map_or((None, path), |(host, rest)| (Some(host), rest))
}

/// What a call came to.
struct Done {
    answer: Answer,
    webhooks: Vec<Webhooks>,
    fault: Option<FaultKind>,
    at: Millis,
}

/// What the call comes to. The world has it when this returns.
fn answer(emulator: &Emulator, incoming: &Incoming, request_id: &str) -> Done {
    let mut platform = emulator.platform();
    let now = platform.now();
    let platform = &mut *platform;
    platform.world.settle(now);
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
    let (events, webhook_url) = (std::mem::take(&mut cx.events), cx.webhook_url.take());
    // One whose answer takes a webhook is written down when that is known.
    if answer.tests.is_none() {
        record::write(&mut platform.world, incoming, &answer, fault, now);
    }
    if webhook_url.is_some() {
        platform.settings.webhook_url = webhook_url;
    }
    let webhooks = events.into_iter().map(|it| {
        let chat = it.chat.as_deref();
        webhook::build(platform, &it.bot, chat, vec![it.event], &it.to, now)
    });
    Done {
        answer,
        webhooks: webhooks.collect(),
        fault,
        at: now,
    }
}

/// Sends a webhook some real milliseconds from now, without waiting for it; with no delay, before
/// the call is answered.
async fn send_later(emulator: &Emulator, built: Built, delay_ms: u64, copies: u32) {
    let options = DeliverOptions {
        copies,
        delay_ms,
        ..DeliverOptions::default()
    };
    let emulator = emulator.clone();
    let sent = async move { emulator.deliver(built, options).await };
    if delay_ms > 0 {
        tokio::spawn(sent);
    } else {
        // What comes of it is in the list of deliveries.
        let _ = sent.await;
    }
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
    send_later(emulator, built, settings.attached_event_delay_ms, copies).await;
}

fn attached_event(emulator: &Emulator, bot: &str) -> Option<(Built, crate::settings::Settings)> {
    let mut platform = emulator.platform();
    let now = platform.now();
    let event = webhook::module::attached(bot, &platform.world.account(bot)?.scopes);
    let webhooks = webhook::prepare_for(&mut platform, Holder::Module, bot, None, event, now);
    Some((webhooks.ours?, platform.settings.clone()))
}

fn respond(answer: &Answer, request_id: &str, now: Millis) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (kind, body) = match &answer.bytes {
        Some((kind, bytes)) => (kind.as_str(), Body::from(bytes.clone())),
        None => ("application/json", Body::from(answer.body.to_string())),
    };
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    let mut add = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    add(CONTENT_TYPE, kind);
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
