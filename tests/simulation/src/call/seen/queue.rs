//! What the queue has taken and given back.

use serde_json::Value as Json;

use crate::call::request;
use crate::history::Place;
use crate::judges;
use crate::world::World;

/// The queue has answered: which events it has taken, and in which order, or what was
/// given back.
pub(in crate::call) fn queue(world: &World, who: usize, action: &str, body: &[u8], answer: &str) {
    match action {
        "SendMessageBatch" => queued(world, who, body, answer),
        "ChangeMessageVisibilityBatch" => given_back(world, who, body),
        _ => {}
    }
}

fn given_back(world: &World, who: usize, body: &[u8]) {
    let request = request::read(body);
    let entries = request["Entries"].as_array().into_iter().flatten();
    let waits = entries.filter_map(|entry| {
        let receipt = entry["ReceiptHandle"].as_str()?.to_owned();
        Some((receipt, entry["VisibilityTimeout"].as_u64()?))
    });
    world.history().invocations[who].given_back.extend(waits);
}

fn queued(world: &World, who: usize, body: &[u8], answer: &str) {
    let request = request::read(body);
    let answer: Json = serde_json::from_str(answer).unwrap_or_default();
    let now = world.time.millis(0);
    let taken = answer["Successful"].as_array().cloned().unwrap_or_default();
    for entry in request["Entries"].as_array().into_iter().flatten() {
        if !taken.iter().any(|taken| taken["Id"] == entry["Id"]) {
            continue;
        }
        let job = entry["MessageBody"].as_str().unwrap_or_default();
        let (place, ids) = events(job);
        let mut history = world.history();
        if place.1.is_empty() {
            history.invocations[who].owes.remove(&place.0);
        }
        if let Some(force) = replay_of(job) {
            history.replayed.extend(ids.clone());
            let forced = ids.iter().filter(|_| force);
            history.forced.extend(forced.cloned());
        }
        history.judges.queued(&ids, now);
        history.queued(place, ids.into_iter());
        drop(history);
        judges::timers::queued(world, who, job);
    }
}

/// The place and the events of a message.
pub(crate) fn events(job: &str) -> (Place, Vec<String>) {
    let job: Json = serde_json::from_str(job).unwrap_or_default();
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let ids = job["events"].as_array().into_iter().flatten();
    let ids = ids.map(|event| text(&event["id"])).collect();
    ((text(&job["bot"]), text(&job["chat"])), ids)
}

/// Whether a message is a replay.
pub(crate) fn is_replay(job: &str) -> bool {
    replay_of(job).is_some()
}

/// Whether a message's replay is forced, if it is one.
fn replay_of(job: &str) -> Option<bool> {
    let job: Json = serde_json::from_str(job).unwrap_or_default();
    job["replay"]["force"].as_bool()
}
