//! Running an event again, from the page of its trace.

use askama::Template;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::{page, problem, trace};
use crate::emulator::Emulator;
use crate::trace::{RunAgain, TraceKey};
use crate::world::World;

#[derive(Deserialize)]
pub(super) struct Asked {
    mode: RunAgain,
    #[serde(default)]
    sure: Option<String>,
}

#[derive(Template)]
#[template(path = "replay.html")]
struct ReplayPage {
    event: String,
    back: String,
    title: &'static str,
    said: String,
}

/// Runs an event of a chat again.
pub(super) async fn of_chat(
    State(emulator): State<Emulator>,
    Path((bot, chat, event)): Path<(String, String, String)>,
    Form(asked): Form<Asked>,
) -> Response {
    let Some(run) = emulator.replays() else {
        let sentence = "the emulator does not know how events are run again";
        return problem(StatusCode::NOT_FOUND, sentence);
    };
    if asked.mode == RunAgain::Force && asked.sure.is_none() {
        let sentence = "tick the box first: what was sent is sent again";
        return problem(StatusCode::BAD_REQUEST, sentence);
    }
    let raw = raw_event(&emulator.platform().world, &event);
    let back = trace::link(&bot, Some(&chat), &event);
    let key = TraceKey {
        bot,
        chat: Some(chat),
        event: event.clone(),
    };
    match run(key, asked.mode, raw).await {
        Ok(said) => page(
            StatusCode::OK,
            &ReplayPage {
                event,
                back,
                title: title(asked.mode),
                said,
            },
        ),
        Err(sentence) => problem(StatusCode::BAD_REQUEST, &sentence),
    }
}

fn title(mode: RunAgain) -> &'static str {
    match mode {
        RunAgain::Respect => "It goes on",
        RunAgain::Force => "All of it is done again",
        RunAgain::Shadow => "What the module would do",
    }
}

/// The event's JSON, as the newest webhook with it had it.
fn raw_event(world: &World, event: &str) -> Option<String> {
    let with_it = |ids: &[String]| ids.iter().position(|id| id == event);
    let mut deliveries = world.deliveries.iter().rev();
    deliveries.find_map(|delivery| {
        let place = with_it(&delivery.event_ids)?;
        let body: Value = serde_json::from_str(&delivery.body).ok()?;
        body["events"].get(place).map(Value::to_string)
    })
}
