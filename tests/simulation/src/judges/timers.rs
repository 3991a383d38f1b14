//! A timer becomes an event when it is due and not before, and after those of its chat that
//! were due before it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;

use super::number;
use crate::history::Place;
use crate::message::Says;
use crate::rows::s;
use crate::world::World;

/// The timers that wait.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    /// Of each chat, by the key of its row.
    waiting: BTreeMap<Place, BTreeMap<String, Waiting>>,
    /// When each run of the timer function began.
    runs: BTreeMap<usize, Duration>,
    was_restored: bool,
}

#[derive(Debug, Clone)]
struct Waiting {
    due: i64,
    /// The event that it will be.
    id: String,
    /// Since when it is in the table.
    since: Duration,
}

/// When the timer of this event was due, in milliseconds since 1970: its id begins with it.
pub(crate) fn due(event: &str) -> Option<i64> {
    event
        .strip_prefix("timer-")?
        .split('-')
        .next()?
        .parse()
        .ok()
}

impl Timers {
    /// The table was restored: what waits is not known.
    pub(super) fn forget(&mut self) {
        self.waiting.clear();
        self.was_restored = true;
    }

    fn set(&mut self, row: &Json, at: Duration) {
        let Some(due) = number(row, "due_at") else {
            return;
        };
        let place = (s(row, "bot").to_owned(), s(row, "chat").to_owned());
        let timer = Waiting {
            due,
            id: s(row, "id").to_owned(),
            since: at,
        };
        // One that is set again replaces the one before.
        let waiting = self.waiting.entry(place).or_default();
        waiting.insert(s(row, "chat_id").to_owned(), timer);
    }

    /// The row of this key is gone from the account's partition.
    pub(crate) fn gone(&mut self, bot: &str, key: &str) {
        let of_bot = self.waiting.iter_mut().filter(|(place, _)| place.0 == bot);
        for (_, waiting) in of_bot {
            waiting.remove(key);
        }
    }

    /// One that was due before this, and was in the table when the run began.
    fn overtaken(&self, place: &Place, due: i64, since: Duration) -> Option<Waiting> {
        let mut waiting = self.waiting.get(place)?.values();
        waiting
            .find(|timer| timer.due < due && timer.since < since)
            .cloned()
    }
}

/// A row was written.
pub(super) fn written(world: &World, row: &Json) {
    if s(row, "chat_id").starts_with("@timer#") {
        let at = world.time.elapsed();
        world.history().judges.timers.set(row, at);
    }
}

/// A timer's row was deleted.
pub(super) fn deleted(world: &World, bot: &str, key: &str) {
    world.history().judges.timers.gone(bot, key);
}

/// A run of the timer function begins.
pub(crate) fn begins(world: &World, who: usize) {
    let at = world.time.elapsed();
    world.history().judges.timers.runs.insert(who, at);
}

/// The queue has taken a message of a run of the timer function.
pub(crate) fn queued(world: &World, who: usize, job: &str) {
    let skew = world.schedule.skew();
    let now = world.time.millis(0);
    let lags = world.schedule.index_lag > 0;
    let mut history = world.history();
    let Some(since) = history.judges.timers.runs.get(&who).copied() else {
        return;
    };
    let place = Says::read(job).place;
    let job: Json = serde_json::from_str(job).unwrap_or_default();
    for event in job["events"].as_array().into_iter().flatten() {
        let id = event["id"].as_str().unwrap_or_default();
        let due = event["raw"]["timestamp"].as_i64().unwrap_or_default();
        if due > now + skew {
            let what = format!("{id} rings {} ms early", due - now);
            history.violation("no timer early", what);
        }
        let timers = &mut history.judges.timers;
        let overtaken = timers.overtaken(&place, due, since);
        if let Some(waiting) = timers.waiting.get_mut(&place) {
            // It is in the queue: that it stays in the index for a while harms nobody.
            waiting.retain(|_, timer| timer.id != id);
        }
        let is_known = !timers.was_restored && !lags;
        if let Some(Waiting {
            due: earlier,
            id: key,
            ..
        }) = overtaken.filter(|_| is_known)
        {
            let what = format!("{id}, due at {due}, overtakes {key}, due at {earlier}");
            history.violation("order of timers", what);
        }
    }
}
