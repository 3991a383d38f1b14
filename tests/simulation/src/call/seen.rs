//! What the simulation sees of the calls, and holds against what must be.

use std::sync::Arc;

use serde_json::Value as Json;

use crate::history::{History, Place};
use crate::judge::Own;
use crate::line::{Answer, Asked, Kind, Told};
use crate::rows::{s, snapshot};
use crate::schedule::{What, Wish};
use crate::world::World;

/// Nothing is sent where the judge forbids it, by what the sender knows.
pub(super) fn judge(world: &World, who: usize, now: i64, asked: &Asked) {
    let line = world.line();
    let Some(chat) = line.chat_of(asked) else {
        return;
    };
    let place = (asked.bot.clone(), chat);
    let mut history = world.history();
    if history.invocations[who].in_hand.is_empty() {
        return; // the management screen's own
    }
    let known = history.known(who, &place, &line);
    let verdict = match asked.kind {
        Kind::Reply(_) | Kind::Push(_) => known.may_speak(now, world.schedule.default_active),
        _ => {
            let times = known.of_chat.iter().filter(|event| {
                let wish = wish(world, &event.id);
                wish.is_some_and(controls)
            });
            let times: Vec<_> = times.map(|event| event.at).collect();
            let verdicts = times.iter().map(|at| known.may_control(*at));
            verdicts
                .min_by_key(Result::is_err)
                .unwrap_or(Err("nobody has planned it"))
        }
    };
    if let Err(silence) = verdict {
        let what = format!(
            "{} {:?} into {place:?}: {silence}",
            asked.word(),
            asked.texts()
        );
        history.violation("who may speak", what);
    }
}

fn wish<'a>(world: &'a World, id: &str) -> Option<&'a Wish> {
    let mut events = world
        .schedule
        .webhooks
        .iter()
        .flat_map(|webhook| &webhook.events);
    events.find(|event| event.id == id).map(|event| &event.wish)
}

fn controls(wish: &Wish) -> bool {
    matches!(
        wish,
        Wish::Acquire(_) | Wish::AcquireAndPush(_) | Wish::Release | Wish::PushReleasePush
    )
}

/// LINE has answered a call.
pub(super) fn answered(world: &Arc<World>, who: usize, asked: &Asked, answer: &Answer) {
    let definite = (400..500).contains(&answer.status) && !matches!(answer.status, 409 | 423 | 429);
    if definite {
        let mut history = world.history();
        for text in asked.texts() {
            let event = text.split('/').next().unwrap_or_default().to_owned();
            history.refused.insert(event);
        }
    }
    if asked.kind == Kind::List {
        let second = world.line().now().div_euclid(1000) * 1000;
        world.history().lists_given.insert(second);
    }
    let (Kind::Acquire(chat) | Kind::Release(chat)) = &asked.kind else {
        return;
    };
    if definite {
        let mut history = world.history();
        let in_hand = history.invocations[who].in_hand.clone();
        let planned = in_hand
            .into_iter()
            .filter(|id| wish(world, id).is_some_and(controls));
        history.refused.extend(planned);
    }
    let place = (asked.bot.clone(), chat.clone());
    if answer.status == 404 {
        // LINE itself has said that nobody is there.
        let mut history = world.history();
        if let Some(loaded) = history.invocations[who].loaded.get_mut(&place) {
            loaded.acted = true;
        }
    }
    if answer.status != 200 {
        return;
    }
    let what = match asked.kind {
        Kind::Acquire(_) => What::Activated(None),
        _ => What::Deactivated,
    };
    own(world, who, &place);
    crate::actors::tell_of_control(world, &place, what);
}

/// The invocation has changed who holds the chat, and knows it if it sees the answer.
fn own(world: &World, who: usize, place: &Place) {
    let line = world.line();
    let held = line.held.last().cloned();
    let invocation = &mut world.history().invocations[who];
    let by = invocation.at.get(place).cloned();
    if let (Some(held), Some(loaded)) = (held, invocation.loaded.get_mut(place)) {
        let at = if held.ours.is_some() {
            held.date
        } else {
            held.date + 999
        };
        loaded.acted = true;
        loaded.own.push(Own {
            at,
            by: by.unwrap_or_default(),
            ours: held.ours,
        });
    }
}

/// The queue has answered: which events it has taken, and in which order, or what was
/// given back.
pub(super) fn queue(world: &World, who: usize, action: &str, body: &[u8], answer: &str) {
    match action {
        "SendMessageBatch" => queued(world, body, answer),
        "ChangeMessageVisibilityBatch" => given_back(world, who, body),
        _ => {}
    }
}

fn given_back(world: &World, who: usize, body: &[u8]) {
    let request: Json = serde_json::from_slice(body).unwrap_or_default();
    let entries = request["Entries"].as_array().into_iter().flatten();
    let waits = entries.filter_map(|entry| {
        let receipt = entry["ReceiptHandle"].as_str()?.to_owned();
        Some((receipt, entry["VisibilityTimeout"].as_u64()?))
    });
    world.history().invocations[who].given_back.extend(waits);
}

fn queued(world: &World, body: &[u8], answer: &str) {
    let request: Json = serde_json::from_slice(body).unwrap_or_default();
    let answer: Json = serde_json::from_str(answer).unwrap_or_default();
    let taken = answer["Successful"].as_array().cloned().unwrap_or_default();
    for entry in request["Entries"].as_array().into_iter().flatten() {
        if !taken.iter().any(|taken| taken["Id"] == entry["Id"]) {
            continue;
        }
        let job = entry["MessageBody"].as_str().unwrap_or_default();
        let (place, ids) = events(job);
        let mut history = world.history();
        if is_replay(job) {
            history.replayed.extend(ids.clone());
        }
        history.queued(place, ids.into_iter());
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

fn is_replay(job: &str) -> bool {
    let job: Json = serde_json::from_str(job).unwrap_or_default();
    !job["replay"].is_null()
}

/// The table has done something.
pub(super) fn table(world: &World, who: usize, target: &str, body: &[u8]) {
    match target.rsplit('.').next() {
        Some("BatchGetItem") => loaded(world, who, body),
        Some("TransactWriteItems") if is_first(world, body) => {
            committed(world, who, body);
            written(world, who, body);
        }
        Some("PutItem") => written(world, who, body),
        _ => {}
    }
}

/// One that was done before, by its token, does nothing.
fn is_first(world: &World, body: &[u8]) -> bool {
    let request: Json = serde_json::from_slice(body).unwrap_or_default();
    let token = request["ClientRequestToken"].as_str().unwrap_or_default();
    world.history().transactions.insert(token.to_owned())
}

/// Rows of chats and accounts were written: their registers have what the writer has
/// in hand, and what the row had before.
fn written(world: &World, who: usize, body: &[u8]) {
    let request: Json = serde_json::from_slice(body).unwrap_or_default();
    let puts = request["TransactItems"].as_array().into_iter().flatten();
    let items = puts.map(|action| &action["Put"]["Item"]);
    let (line, mut history) = (world.line(), world.history());
    let in_hand = history.invocations[who].in_hand.clone();
    let told: Vec<_> = in_hand.iter().filter_map(|id| line.told.get(id)).collect();
    for item in items.chain([&request["Item"]]) {
        let sort = told_sort(s(item, "chat_id"));
        let of_row = told.iter().filter(|told| {
            told.bot == s(item, "bot_id") && told.chat.as_deref() == sort && takes_in(item, told)
        });
        history.folded.extend(of_row.map(|told| told.id.clone()));
        follows(&mut history, item);
    }
}

/// A row is written by who has read the newest one: else what another has written is lost.
fn follows(history: &mut History, row: &Json) {
    let key = (s(row, "bot_id").to_owned(), s(row, "chat_id").to_owned());
    let version = row["version"]["N"].as_str().and_then(|n| n.parse().ok());
    let Some(version) = version.filter(|_| key.1 == "@bot" || !key.1.starts_with('@')) else {
        return;
    };
    let before = history
        .versions
        .insert(key.clone(), version)
        .unwrap_or_default();
    if version != before + 1 {
        let what = format!("version {version} of {key:?} is written over version {before}");
        history.violation("no write lost", what);
    }
}

/// Which chat a row is of; none if it is the account's.
fn told_sort(sort: &str) -> Option<&str> {
    Some(sort).filter(|sort| *sort != "@bot")
}

/// Whether a row takes in what is in hand. That an account's row is made for a chat's
/// event is not enough.
fn takes_in(row: &Json, told: &Told) -> bool {
    let register = match told.what {
        What::Suspended => "suspended_at",
        What::Resumed => "resumed_at",
        What::Attached(_) => "attached_at",
        What::Detached => "detached_at",
        _ => return true,
    };
    let at: Option<i64> = row[register]["N"].as_str().and_then(|at| at.parse().ok());
    at >= Some(told.at)
}

/// Chat, account and event row were read: who reads knows what was recorded by then.
fn loaded(world: &World, who: usize, body: &[u8]) {
    let request: Json = serde_json::from_slice(body).unwrap_or_default();
    let tables = request["RequestItems"].as_object();
    let keys = tables
        .and_then(|tables| tables.values().next())
        .map(|table| &table["Keys"]);
    let keys = keys.and_then(Json::as_array).into_iter().flatten();
    let keys: Vec<_> = keys
        .map(|key| (s(key, "bot_id"), s(key, "chat_id")))
        .collect();
    let Some((bot, _)) = keys.first() else { return };
    let chat = keys
        .iter()
        .map(|(_, sort)| *sort)
        .find(|sort| !sort.contains('#') && !sort.starts_with('@'));
    let place = ((*bot).to_owned(), chat.unwrap_or_default().to_owned());
    let event = keys.iter().find_map(|(_, sort)| sort.split_once('#'));
    let state = snapshot(world, &place);
    let invocation = &mut world.history().invocations[who];
    if let Some((_, event)) = event {
        invocation.at.insert(place.clone(), event.to_owned());
    }
    invocation.loaded.insert(place, state);
}

/// A transaction was done: which events it has taken into which list.
fn committed(world: &World, who: usize, body: &[u8]) {
    let request: Json = serde_json::from_slice(body).unwrap_or_default();
    let puts = request["TransactItems"].as_array().into_iter().flatten();
    let puts: Vec<_> = puts.map(|action| &action["Put"]["Item"]).collect();
    set_timers(world, &puts);
    let is_ledger = |item: &&&Json| !s(item, "outcome").is_empty();
    let Some(ledger) = puts.iter().find(is_ledger) else {
        return;
    };
    let event = s(ledger, "chat_id").rsplit('#').next().unwrap_or_default();
    let chat = puts.iter().find(|item| {
        let sort = s(item, "chat_id");
        !sort.starts_with('@') && !sort.contains('#')
    });
    let Some(row) = chat else { return };
    let place = (s(row, "bot_id").to_owned(), s(row, "chat_id").to_owned());
    let list = serde_json::from_str(s(row, "state")).unwrap_or_default();
    world.note(|| format!("invocation {who} commits {event} of {place:?}"));
    let line = world.line();
    world.history().list(&place, event, list, &line);
}

/// Timers were committed: each is to be an event once, by the name of its row.
fn set_timers(world: &World, puts: &[&Json]) {
    for item in puts {
        let Some(key) = s(item, "chat_id").strip_prefix("@timer#") else {
            continue;
        };
        let id = format!("timer-{}", key.replace('#', "-"));
        let place = (s(item, "bot").to_owned(), s(item, "chat").to_owned());
        world.note(|| format!("a timer is set: {id}"));
        world.history().timers.insert(id, place);
    }
}

/// What a process is about to write: nothing is silenced that the judge lets speak.
pub(super) fn writes(world: &World, who: usize, now: i64, target: &str, body: &[u8]) {
    let silences = match target.rsplit('.').next() {
        Some("TransactWriteItems") => silence_of_commit(body),
        Some("UpdateItem") => silences_of_try(world, body),
        _ => return,
    };
    for (place, event, silence) in silences {
        check_silence(world, who, now, &place, &event, &silence);
    }
}

fn silence_of_commit(body: &[u8]) -> Vec<(Place, String, String)> {
    let request: Json = serde_json::from_slice(body).unwrap_or_default();
    let puts = request["TransactItems"].as_array().into_iter().flatten();
    let items = puts.map(|action| &action["Put"]["Item"]);
    let silent = items.filter(|item| !item["silence"].is_null());
    silent
        .map(|item| of_row(item, s(item, "silence")))
        .collect()
}

fn of_row(key: &Json, silence: &str) -> (Place, String, String) {
    let (chat, event) = s(key, "chat_id").rsplit_once('#').unwrap_or_default();
    let place = (s(key, "bot_id").to_owned(), chat.to_owned());
    (place, event.to_owned(), silence.to_owned())
}

fn silences_of_try(world: &World, body: &[u8]) -> Vec<(Place, String, String)> {
    let request: Json = serde_json::from_slice(body).unwrap_or_default();
    let effects = request["ExpressionAttributeValues"][":effects"]["L"].as_array();
    let effects = effects.into_iter().flatten().enumerate();
    let dropped = effects.filter(|(_, effect)| s(&effect["M"], "state") == "dropped");
    let rows = dropped
        .map(|(ordinal, effect)| (ordinal, of_row(&request["Key"], s(&effect["M"], "silence"))));
    let new = rows.filter(|(ordinal, (_, event, _))| {
        world.history().dropped.insert((event.clone(), *ordinal))
    });
    new.map(|(_, row)| row).collect()
}

fn check_silence(world: &World, who: usize, now: i64, place: &Place, event: &str, silence: &str) {
    let line = world.line();
    let mut history = world.history();
    let acted = history.invocations[who]
        .loaded
        .get(place)
        .is_some_and(|loaded| loaded.acted);
    // A scope may have been refused; who holds the chat may be another matter.
    if acted || place.1 == "@bot" || matches!(silence, "scope_missing" | "overtaken") {
        return;
    }
    let default_active = world.schedule.default_active;
    let known = history.may_know(who, place, &line);
    let speaks = |known: &crate::judge::Known<'_>| known.may_speak(now, default_active).is_ok();
    if known.iter().all(speaks) {
        let what = format!("{event} of {place:?} is kept silent: {silence}");
        history.violation("silence has its reason", what);
    }
}
