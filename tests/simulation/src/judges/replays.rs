//! What an operator has queued to run again runs again, and what LINE had refused is
//! tried again with it.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use shared::domain::{LedgerEntry, Outcome};

use super::field;

/// The replays whose queueing was confirmed to operators.
#[derive(Debug, Default)]
pub(crate) struct Replays {
    /// Of each event: the number of the run, and whether it was forced.
    queued: BTreeMap<String, Vec<(u32, bool)>>,
}

impl Replays {
    /// An operator gets the answer that the event is to run again.
    pub(crate) fn queued(&mut self, event: &str, number: u32, force: bool) {
        let queued = self.queued.entry(event.to_owned()).or_default();
        queued.push((number, force));
    }

    /// The row was created again, and knows of no replay but one that creates it.
    pub(super) fn created(&mut self, event: &str) {
        self.queued.remove(event);
    }

    /// The table was restored: how often an event has run may be forgotten.
    pub(super) fn forget(&mut self) {
        self.queued.clear();
    }

    /// What did not run again, in words.
    pub(super) fn missing(&self, event: &str, row: &LedgerEntry) -> Option<String> {
        let queued = self.queued.get(event)?;
        let (number, force) = queued.iter().max()?;
        let has_run = match force {
            true => (row.replays.number, row.replays.forced) >= (*number, true),
            // One that was settled meanwhile is left alone.
            false => row.replays.number >= *number || row.outcome() == Outcome::Done,
        };
        (!has_run).then(|| {
            let kind = if *force { "forced" } else { "respectful" };
            let times = row.replays.number;
            format!("the {kind} run {number} of {event} was queued, and has not run: {times}")
        })
    }
}

/// Which run a row is at: its number, and whether that run is forced.
pub(super) fn run(row: Option<&Json>) -> (i64, bool) {
    let is_forced = row.is_some_and(|row| row["replay_forced"] == true);
    (field(row, "replays"), is_forced)
}

/// A row is opened for a replay. What it leaves as it was, in words.
pub(super) fn opened(event: &str, row: &Json) -> Option<String> {
    let effects = row["effects"].as_array().into_iter().flatten();
    let mut refused = effects.filter(|effect| effect["state"] == "refused");
    let left = refused.next()?;
    Some(format!(
        "{event} runs again, and what LINE has refused stays so: {left}"
    ))
}
