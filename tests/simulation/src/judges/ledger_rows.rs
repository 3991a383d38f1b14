//! The ledger's rows as requests write them.

use std::sync::Arc;

use serde_json::Value as Json;
use table_model::Item;

use super::parked_index::{self, Written};
use super::{attempts, counter, lapsed, links, plan_order, seen, suspects};
use crate::call::{CHANGE, Request};
use crate::history::History;
use crate::rows::{plain_item, s};
use crate::world::World;

/// The ledger rows that a request may write, as they are before it.
#[derive(Default)]
pub(crate) struct Before {
    word: String,
    rows: Vec<(String, String, Option<Arc<Item>>)>,
}

impl Before {
    /// They are looked at.
    pub(crate) fn of(world: &World, word: &str, body: &Request) -> Self {
        let writes = matches!(
            word,
            "PutItem" | CHANGE | "TransactWriteItems" | "DeleteItem"
        );
        if !writes {
            return Self::default();
        }
        let request = body.json();
        let is_judged = |key: &&Json| {
            seen::event_of(key).is_some() || s(key, "chat_id") == "@bot" || links::is_attach(key)
        };
        let keys = seen::keys_written(request).filter(is_judged);
        let rows = keys.map(|key| {
            let (bot, sort) = (s(key, "bot_id").to_owned(), s(key, "chat_id").to_owned());
            let row = world.table().item(&bot, &sort).cloned();
            (bot, sort, row)
        });
        Self {
            word: word.to_owned(),
            rows: rows.collect(),
        }
    }

    /// The request is done.
    pub(crate) fn after(self, world: &World, who: usize) {
        for (bot, sort, before) in &self.rows {
            let after = world.table().item(bot, sort).cloned();
            let rows = || [before, &after].map(|row| row.as_deref().map(plain_item));
            if bot == "@attach" {
                let after = after.as_deref().map(plain_item);
                links::written(world, who, sort, after.as_ref());
            } else if sort == "@bot" {
                let [before, after] = rows();
                denies(world, who, before.as_ref(), after.as_ref());
            } else if *before != after {
                let [before, after] = rows();
                let event = sort.rsplit('#').next().unwrap_or_default();
                let (before, after) = (before.as_ref(), after.as_ref());
                written(world, who, event, &self.word, before, after);
            }
        }
    }
}

/// An account's row may have been written.
fn denies(world: &World, who: usize, before: Option<&Json>, after: Option<&Json>) {
    let mut history = world.history();
    let wrong = history.judges.decorations.denied(who, before, after);
    if let Some(what) = wrong {
        history.violation("only a refused message denies messages", what);
    }
}

/// A ledger row was written.
fn written(
    world: &World,
    who: usize,
    event: &str,
    word: &str,
    before: Option<&Json>,
    after: Option<&Json>,
) {
    let (now, at) = (world.time.millis(0), world.time.elapsed());
    let mut history = world.history();
    let receives = history.receives.get(event).copied().unwrap_or_default();
    let History {
        judges,
        invocations,
        ..
    } = &mut *history;
    let written = Written {
        event,
        word,
        // By the clock of whoever has written it, which may be ahead.
        before: before.filter(|row| !lapsed::has_lapsed(row, now + world.schedule.skew())),
        after,
        is_replay: judges.troubles.is_replayed_by(who, event),
    };
    judges.restored.written(event, at);
    let mut wrong = Vec::new();
    wrong.extend(judges.opened(&written, now, at));
    if let Some(what) = parked_index::stands_against(&written) {
        wrong.push(("parked stays in the index", what));
    }
    wrong.extend(counter::stands_against(&written));
    let push = plan_order::begins_push(&written);
    wrong.extend(push.map(|what| ("a push stands in for one try's reply", what)));
    let ended = judges.attempts.written(who, &written);
    wrong.extend(ended.map(|what| ("an attempt is ended by who made it", what)));
    wrong.extend(attempts::written(&judges.troubles, &written, receives));
    wrong.extend(suspects::written(&invocations[who], &written));
    // A restored table may have the beginning of an attempt, and not its end.
    if !judges.has_forgotten(event) {
        let vanished = attempts::vanished(&judges.troubles, who, &written);
        wrong.extend(vanished.map(|what| ("an attempt that ended has not vanished", what)));
    }
    wrong.extend(judges.settles(&written, (now, at), world.schedule.skew()));
    for (check, what) in wrong {
        history.violation(check, what);
    }
}
