//! What became of one event: a small page, and the same as JSON.

use askama::Template;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{page, problem, scripted, segment};
use crate::clock::{Millis, moment};
use crate::emulator::Emulator;
use crate::trace::{FindTrace, Trace, TraceKey, meaning};

#[derive(Template)]
#[template(path = "trace.html")]
struct TracePage<'a> {
    event: &'a str,
    link: String,
    back: String,
    trace: Option<View>,
    /// Whether it can be run again from here.
    again: bool,
}

/// A trace, ready for the template.
struct View {
    verdict: String,
    sentence: String,
    happened: String,
    received: String,
    trace: Trace,
}

/// The address of an event's trace.
pub(super) fn link(bot: &str, chat: Option<&str>, event: &str) -> String {
    format!("{}/events/{}", owner(bot, chat), segment(event))
}

fn owner(bot: &str, chat: Option<&str>) -> String {
    match chat {
        Some(chat) => format!("/chats/{}/{}", segment(bot), segment(chat)),
        None => format!("/bots/{}", segment(bot)),
    }
}

/// The trace of an event of a chat. An event of the account itself is found here too, for it is
/// in the timelines of all its chats.
pub(super) async fn of_chat(
    State(emulator): State<Emulator>,
    Path((bot, chat, event)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    tell(&emulator, &headers, &bot, Some(&chat), &event).await
}

/// The trace of an event of an account itself.
pub(super) async fn of_account(
    State(emulator): State<Emulator>,
    Path((bot, event)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    tell(&emulator, &headers, &bot, None, &event).await
}

async fn tell(
    emulator: &Emulator,
    headers: &HeaderMap,
    bot: &str,
    chat: Option<&str>,
    event: &str,
) -> Response {
    let Some(find) = emulator.traces() else {
        return nothing(headers, "the emulator does not know where traces are");
    };
    let trace = find_in(&find, bot, chat, event).await;
    match trace {
        Some(trace) if scripted(headers) => fresh(Json(trace)),
        None if scripted(headers) => nothing(headers, "there is no trace of this event yet"),
        trace => show(emulator, bot, chat, event, trace),
    }
}

/// Looks in the chat, then in the account.
async fn find_in(find: &FindTrace, bot: &str, chat: Option<&str>, event: &str) -> Option<Trace> {
    let key = |chat: Option<&str>| TraceKey {
        bot: bot.to_owned(),
        chat: chat.map(str::to_owned),
        event: event.to_owned(),
    };
    if chat.is_some()
        && let Some(trace) = find(key(chat)).await
    {
        return Some(trace);
    }
    find(key(None)).await
}

fn show(
    emulator: &Emulator,
    bot: &str,
    chat: Option<&str>,
    event: &str,
    trace: Option<Trace>,
) -> Response {
    let platform = emulator.platform();
    let account = platform.world.account(bot);
    let hours = account.map_or(9, |account| account.region.hours());
    let shown = TracePage {
        event,
        link: link(bot, chat, event),
        back: chat.map_or_else(|| "/".into(), |_| owner(bot, chat)),
        trace: trace.map(|trace| view(trace, platform.now(), hours)),
        again: chat.is_some() && emulator.replays().is_some(),
    };
    // The page is there without a trace too: that there is none yet is nothing wrong.
    page(StatusCode::OK, &shown)
}

fn view(trace: Trace, now: Millis, hours: i8) -> View {
    let meaning = || meaning(&trace.verdict).to_owned();
    View {
        verdict: trace.verdict.replace('_', " "),
        sentence: trace.reason.clone().unwrap_or_else(meaning),
        happened: moment(trace.at, now, hours),
        received: moment(trace.received_at, now, hours),
        trace,
    }
}

fn nothing(headers: &HeaderMap, sentence: &str) -> Response {
    if !scripted(headers) {
        return problem(StatusCode::NOT_FOUND, sentence);
    }
    let message = Json(json!({ "message": sentence }));
    fresh((StatusCode::NOT_FOUND, message))
}

/// An answer that no browser keeps: at the same address there is a page.
fn fresh(answer: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}
