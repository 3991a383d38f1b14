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
    /// Of each chat: by due time and name of the row, since when it is in the table.
    waiting: BTreeMap<Place, BTreeMap<(i64, String), Duration>>,
    /// When each run of the timer function began.
    runs: BTreeMap<usize, Duration>,
    was_restored: bool,
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
        let name = (due, s(row, "chat_id").to_owned());
        // One that is set again replaces the one before.
        let waiting = self.waiting.entry(place).or_default();
        waiting.retain(|other, _| other.1 != name.1);
        waiting.insert(name, at);
    }

    fn gone(&mut self, key: &str) {
        for waiting in self.waiting.values_mut() {
            waiting.retain(|(_, other), _| other != key);
        }
    }

    /// One that was due before this, and was in the table when the run began.
    fn overtaken(&self, place: &Place, due: i64, since: Duration) -> Option<&(i64, String)> {
        let waiting = self.waiting.get(place)?;
        let before = waiting
            .iter()
            .find(|(name, at)| name.0 < due && **at < since)?;
        Some(before.0)
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
pub(super) fn deleted(world: &World, key: &str) {
    world.history().judges.timers.gone(key);
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
        let overtaken = timers.overtaken(&place, due, since).cloned();
        if let Some(name) = timers.waiting.get_mut(&place) {
            // It is in the queue: that its row stays for a while harms nobody.
            name.retain(|(other, key), _| *other != due || !is_of(key, id));
        }
        let is_known = !timers.was_restored && !lags;
        if let Some((earlier, key)) = overtaken.filter(|_| is_known) {
            let what = format!("{id}, due at {due}, overtakes {key}, due at {earlier}");
            history.violation("order of timers", what);
        }
    }
}

/// Whether an event's id is that of the timer with this key.
fn is_of(key: &str, id: &str) -> bool {
    let name = key.strip_prefix("@timer#").unwrap_or(key).replace('#', "-");
    id.strip_prefix("timer-")
        .is_some_and(|id| id.starts_with(&name))
}
