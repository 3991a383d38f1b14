//! What is about to be kept silent.

use serde_json::Value as Json;

use crate::call::Request;
use crate::history::Place;
use crate::judges::number;
use crate::rows::s;
use crate::world::World;

/// What a process is about to write: nothing is silenced that the judge lets speak.
pub(in crate::call) fn writes(world: &World, who: usize, now: i64, target: &str, body: &Request) {
    let silences = match target.rsplit('.').next() {
        Some("TransactWriteItems") => {
            check_wait(world, who, now, body);
            silence_of_commit(body)
        }
        Some("PutItem") => silences_of_try(world, body),
        _ => return,
    };
    for silent in silences {
        check_silence(world, who, now, &silent);
    }
}

/// An event that is kept silent.
struct Silent {
    place: Place,
    event: String,
    silence: String,
    /// When it was received, in milliseconds.
    received_at: i64,
}

fn silence_of_commit(body: &Request) -> Vec<Silent> {
    let request = body.json();
    let puts = request["TransactItems"].as_array().into_iter().flatten();
    let items = puts.map(|action| &action["Put"]["Item"]);
    let silent = items.filter(|item| !item["silence"].is_null());
    silent
        .map(|item| of_row(item, s(item, "silence")))
        .collect()
}

/// How long a message waits for the news of its attach, in milliseconds.
const ATTACH_MAY_COME: i64 = 300_000;

/// A message that is newer than its account's detach may belong to an attachment whose
/// event has not arrived yet.
fn check_wait(world: &World, who: usize, now: i64, body: &Request) {
    let request = body.json();
    let puts = request["TransactItems"].as_array().into_iter().flatten();
    let mut items = puts.map(|action| &action["Put"]["Item"]);
    let Some(item) = items.find(|item| s(item, "silence") == "not_attached") else {
        return;
    };
    let Silent { place, event, .. } = of_row(item, "");
    let (line, mut history) = (world.line(), world.history());
    let Some(message) = line.events.get(&event).filter(|it| it.chat.is_some()) else {
        return;
    };
    let received = item["received_at"]["N"]
        .as_str()
        .and_then(|at| at.parse().ok());
    let is_late = received.is_none_or(|at: i64| now - at >= ATTACH_MAY_COME - 1_000);
    let known = history.may_know(who, &place, &line);
    let is_newer = known
        .iter()
        .all(|known| known.is_detached() && known.detached_at() < Some(message.at));
    if is_newer && !is_late && !history.replayed.contains(&event) {
        let what = format!("{event} of {place:?} is not run, and its attach may come");
        history.violation("a message waits for its attach", what);
    }
}

fn of_row(row: &Json, silence: &str) -> Silent {
    let (chat, event) = s(row, "chat_id").rsplit_once('#').unwrap_or_default();
    Silent {
        place: (s(row, "bot_id").to_owned(), chat.to_owned()),
        event: event.to_owned(),
        silence: silence.to_owned(),
        received_at: number(row, "received_at").unwrap_or(i64::MAX),
    }
}

fn silences_of_try(world: &World, body: &Request) -> Vec<Silent> {
    let request = body.json();
    let row = &request["Item"];
    let effects = row["effects"]["L"]
        .as_array()
        .into_iter()
        .flatten()
        .enumerate();
    let dropped = effects.filter(|(_, effect)| s(&effect["M"], "state") == "dropped");
    let rows = dropped.map(|(ordinal, effect)| (ordinal, of_row(row, s(&effect["M"], "silence"))));
    let new = rows.filter(|(ordinal, silent)| {
        let dropped = (silent.event.clone(), *ordinal);
        world.history().dropped.insert(dropped)
    });
    new.map(|(_, row)| row).collect()
}

fn check_silence(world: &World, who: usize, now: i64, silent: &Silent) {
    let (place, event, silence) = (&silent.place, &silent.event, silent.silence.as_str());
    let line = world.line();
    let mut history = world.history();
    let acted = history.invocations[who]
        .loaded
        .get(place)
        .is_some_and(|loaded| loaded.acted);
    if acted || place.1 == "@bot" || silence == "overtaken" {
        return;
    }
    if matches!(silence, "paused" | "not_entitled") {
        let (withheld, waited) = (&history.judges.withheld, now - silent.received_at);
        if !withheld.has_reason((who, place), silence, waited) {
            let what = format!("{event} of {place:?} is kept silent: {silence}");
            history.violation("silence has its reason", what);
        }
        return;
    }
    let default_active = world.schedule.default_active;
    let known = history.may_know(who, place, &line);
    if silence == "scope_missing" {
        let (epochs, skew_ms) = (&history.judges.epochs, world.schedule.skew_ms);
        let mut known = known.iter();
        let has_reason = known.any(|known| {
            let lacks = |scope: &&str| known.lacks(scope);
            let line_now = line.now();
            ["message:send", "message:receive"].iter().any(lacks)
                || epochs.is_denied(&place.0, known, line_now, skew_ms)
        });
        if !has_reason {
            let what = format!("{event} of {place:?} is kept silent for a scope");
            history.violation("of an ended attachment", what);
        }
        return;
    }
    let speaks = |known: &crate::judge::Known<'_>| known.may_speak(now, default_active).is_ok();
    if known.iter().all(speaks) {
        let what = format!("{event} of {place:?} is kept silent: {silence}");
        history.violation("silence has its reason", what);
    }
}
