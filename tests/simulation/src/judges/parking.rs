//! Parked in time, with all that a person needs: its reason, the event itself, how often
//! it was tried. What fails transiently is parked after six hours of its own failures, not
//! before and not much later; what fails in the module, at the fifth time.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::judges::lifecycle::is_own_report;
use crate::judges::seen::{About, Seen};
use crate::schedule::Server;

/// How long transient failures are retried, in milliseconds.
const PATIENCE: i64 = 6 * 3_600_000;
/// An attempt comes five minutes after the one before at the latest, and takes its time.
const MUCH_LATER: i64 = 15 * 60_000;
/// An event of this age may have been handled and forgotten.
const TOO_OLD: i64 = 29 * 24 * 3_600_000;
/// The fifth failure in the module parks.
const MOST_ATTEMPTS: i64 = 5;

/// When attempts at each event were made.
#[derive(Debug, Default)]
pub(crate) struct Parking {
    /// The first attempt at each event, in milliseconds since 1970.
    first: BTreeMap<String, i64>,
    /// The first that ended without the event settled, and could be written down.
    failed: BTreeMap<String, i64>,
    /// The events that an invocation has begun an attempt at.
    attempted: BTreeMap<usize, Vec<String>>,
    /// Invocations whose calls to the table did not all go well.
    disturbed: BTreeMap<usize, ()>,
    was_restored: bool,
}

impl Parking {
    pub(super) fn leaves(&mut self, call: &Seen, now: i64) {
        if let About::Load { event } = &call.about {
            self.first.entry(event.clone()).or_insert(now);
            let attempted = self.attempted.entry(call.who).or_default();
            attempted.push(event.clone());
        }
    }

    /// Whether an invocation that is under way has begun with the event.
    pub(super) fn has_tried(&self, who: usize, event: &str) -> bool {
        let attempted = self.attempted.get(&who);
        attempted.is_some_and(|events| events.iter().any(|id| id == event))
    }

    /// An invocation is given these events. A detach has no row of its own to be loaded
    /// before it fails.
    pub(super) fn given(&mut self, events: &[String], now: i64) {
        for event in events.iter().filter(|event| event.starts_with("detach-")) {
            self.first.entry(event.clone()).or_insert(now);
        }
    }

    /// It has ended.
    pub(super) fn ends(&mut self, call: &Seen, status: Option<u16>) {
        let is_fine = call.harm.is_none() && status.is_some();
        if call.server == Server::Table && !is_fine {
            self.disturbed.insert(call.who, ());
        }
    }

    /// The event was opened again: what was before does not count.
    pub(super) fn reopen(&mut self, event: &str, now: i64) {
        self.first.insert(event.to_owned(), now);
        self.failed.remove(event);
    }

    /// The event is settled: if it comes again once its row is gone, it starts over. A job
    /// that tells the module of several accounts may be settled for one of them only.
    pub(super) fn settled(&mut self, event: &str) {
        if !is_own_report(event) {
            self.first.remove(event);
        }
        self.failed.remove(event);
    }

    /// The table was restored: since when an event fails may be forgotten.
    pub(super) fn forget(&mut self) {
        self.failed.clear();
        self.was_restored = true;
    }

    /// An invocation has come to its own end without having settled these events. Those
    /// that should have been parked by it.
    pub(super) fn ended(&mut self, who: usize, unsettled: &[String], now: i64) -> Vec<String> {
        let attempted = self.attempted.remove(&who).unwrap_or_default();
        if self.disturbed.contains_key(&who) {
            return Vec::new();
        }
        let failed = unsettled.iter().filter(|event| attempted.contains(event));
        let mut late = Vec::new();
        for event in failed {
            let since = *self.failed.entry(event.clone()).or_insert(now);
            if now - since > PATIENCE + MUCH_LATER {
                let hours = (now - since) / 3_600_000;
                late.push(format!("{event} fails for {hours} hours and is not parked"));
            }
        }
        late
    }

    /// A row becomes parked. What stands against it; `skew` is how far clocks are off, and
    /// `lost` how many attempts may look as if they had vanished.
    pub(super) fn parks(&self, event: &str, row: &Json, now: i64, skew: i64) -> Option<String> {
        let lacks = ["reason", "raw"]
            .into_iter()
            .find(|name| row[*name].as_str().unwrap_or_default().is_empty());
        if let Some(name) = lacks {
            return Some(format!("{event} is parked without its {name}"));
        }
        let attempts = row["attempts"].as_i64();
        let first = self.first.get(event).copied().unwrap_or(now);
        let too_old = now - row["at"].as_i64().unwrap_or(now) >= TOO_OLD - skew;
        let overdue = now - first >= PATIENCE - 2 * skew;
        let by_module = attempts == Some(MOST_ATTEMPTS);
        // What was settled since then fails again, for as long as its row says.
        let since = row["failing_since"].as_i64().unwrap_or(now);
        let by_restored_row = self.was_restored && now - since >= PATIENCE - 2 * skew;
        let is_due = is_refused(row) || too_old || overdue || by_module || by_restored_row;
        if attempts.is_none() || !is_due {
            let minutes = (now - first) / 60_000;
            let reason = &row["reason"];
            return Some(format!(
                "{event} is parked {minutes} minutes after its first attempt, \
                 with {attempts:?} failures: {reason}"
            ));
        }
        None
    }
}

/// Whether LINE has refused a send of its, and all are settled.
pub(super) fn is_refused(row: &Json) -> bool {
    let effects = row["effects"].as_array().into_iter().flatten();
    let states: Vec<_> = effects
        .map(|effect| effect["state"].as_str().unwrap_or_default())
        .collect();
    let refused = |state: &&str| matches!(*state, "refused" | "expired");
    let waits = |state: &&str| matches!(*state, "pending" | "open" | "pushing");
    states.iter().any(refused) && !states.iter().any(waits)
}
