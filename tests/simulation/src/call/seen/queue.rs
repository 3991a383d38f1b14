//! What the queue has taken and given back.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::call::Request;
use crate::history::Place;
use crate::judges;
use crate::message::Says;
use crate::schedule::{Happening, Webhook};
use crate::world::World;

/// A call leaves its process: what it asks to be given back, the process does not go on with.
pub(in crate::call) fn lets_go(world: &World, who: usize, target: &str, body: &Request) {
    if !target.ends_with(".ChangeMessageVisibilityBatch") {
        return;
    }
    let request = body.json();
    let entries = request["Entries"].as_array().into_iter().flatten();
    let receipts = entries.filter_map(|entry| entry["ReceiptHandle"].as_str());
    let receipts = receipts.map(str::to_owned);
    world.history().invocations[who].let_go.extend(receipts);
}

/// The queue has answered: which events it has taken, and in which order, or what was
/// given back.
pub(in crate::call) fn queue(
    world: &World,
    who: usize,
    action: &str,
    body: &Request,
    answer: &str,
) {
    match action {
        "SendMessageBatch" => queued(world, who, body, answer),
        "ChangeMessageVisibilityBatch" => given_back(world, who, body),
        "DeleteMessageBatch" => acknowledged(world, who, body),
        _ => {}
    }
}

fn given_back(world: &World, who: usize, body: &Request) {
    let request = body.json();
    let entries = request["Entries"].as_array().into_iter().flatten();
    let waits = entries.filter_map(|entry| {
        let receipt = entry["ReceiptHandle"].as_str()?.to_owned();
        Some((receipt, entry["VisibilityTimeout"].as_u64()?))
    });
    let waits: Vec<_> = waits.collect();
    let mut history = world.history();
    for (receipt, seconds) in &waits {
        if let Some(what) = judges::untried::stands_against(&history, who, receipt, *seconds) {
            history.violation("what was not tried comes back soon", what);
        }
    }
    history.invocations[who].given_back.extend(waits);
}

/// Settled messages are taken out while their batch goes on.
fn acknowledged(world: &World, who: usize, body: &Request) {
    let entries = body.json()["Entries"].as_array().into_iter().flatten();
    let receipts = entries.filter_map(|entry| entry["ReceiptHandle"].as_str());
    let messages = world.history().invocations[who].acknowledge(receipts);
    judges::acknowledged::judge(world, who, &messages);
    let events: Vec<_> = messages.into_iter().flat_map(|it| it.events).collect();
    let at = world.time.elapsed();
    world.history().judges.acknowledged(who, &events, at);
}

fn queued(world: &World, who: usize, body: &Request, answer: &str) {
    let request = body.json();
    let answer: Json = serde_json::from_str(answer).unwrap_or_default();
    let now = world.time.millis(0);
    let taken = answer["Successful"].as_array().cloned().unwrap_or_default();
    for entry in request["Entries"].as_array().into_iter().flatten() {
        if !taken.iter().any(|taken| taken["Id"] == entry["Id"]) {
            continue;
        }
        let job = entry["MessageBody"].as_str().unwrap_or_default();
        let Says {
            place,
            events: ids,
            replay,
        } = Says::read(job);
        let mut history = world.history();
        if place.1.is_empty() {
            // It tells what the row says by then, whoever has entered it.
            for invocation in &mut history.invocations {
                invocation.owes.remove(&place.0);
            }
        }
        if let Some(force) = replay {
            history.replayed.extend(ids.clone());
            let forced = ids.iter().filter(|_| force);
            history.forced.extend(forced.cloned());
        }
        history.judges.queued(&ids, now);
        let overtaken = overtaken(&world.schedule.webhooks, &history.order, &place, &ids);
        if let Some(what) = overtaken.filter(|_| replay.is_none()) {
            history.violation("order in the queue", what);
        }
        history.queued(place, ids.into_iter());
        drop(history);
        judges::timers::queued(world, who, job);
        judges::signals::queued(world, job);
        judges::commands::queued(world, job);
    }
}

/// An event that is queued for the first time before one of its chat that stands before it
/// in its webhook, in words.
fn overtaken(
    webhooks: &[Webhook],
    order: &BTreeMap<Place, Vec<String>>,
    place: &Place,
    ids: &[String],
) -> Option<String> {
    let queued = order.get(place).map(Vec::as_slice).unwrap_or_default();
    ids.iter().enumerate().find_map(|(at, id)| {
        let is_queued = |other: &String| queued.contains(other) || ids[..at].contains(other);
        let webhook = webhooks
            .iter()
            .find(|it| it.events.iter().any(|it| it.id == *id))?;
        if queued.contains(id) {
            return None;
        }
        let own = webhook.events.iter().find(|it| it.id == *id)?;
        let mut before = webhook.events.iter().take_while(|it| it.id != *id);
        let first = before.find(|it| is_of_one_chat(it, own) && !is_queued(&it.id))?;
        Some(format!("{id} is queued before {}", first.id))
    })
}

fn is_of_one_chat(one: &Happening, other: &Happening) -> bool {
    match (one.what.is_of_bot(), other.what.is_of_bot()) {
        (true, true) => true,
        (false, false) => one.chat == other.chat,
        _ => false,
    }
}
