//! A step's result is in its event's row before the handler goes on, and whoever reads it there
//! calls nobody. Each attempt of a run has the same key.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::field;
use crate::history::History;
use crate::rows::{row, s};
use crate::world::World;

/// The module's step.
pub(crate) const STEP: &str = "service";

/// All steps.
#[derive(Debug, Default)]
pub(crate) struct Steps {
    /// What an invocation has read of an event last.
    read: BTreeMap<(usize, String), Read>,
    /// The result with which its handler has gone on since then.
    results: BTreeMap<(usize, String), String>,
    /// The key that the service was given in each run of an event.
    keys: BTreeMap<(String, i64), String>,
    called: u64,
}

/// What an event's row says of its step.
#[derive(Debug, Default)]
struct Read {
    run: i64,
    result: Option<String>,
}

impl Steps {
    /// How often the service was called.
    pub(crate) fn count(&self) -> u64 {
        self.called
    }
}

/// An invocation reads an event's row.
pub(crate) fn read(world: &World, who: usize, (bot, sort): (&str, &str)) {
    let Some((_, event)) = sort.split_once('#') else {
        return;
    };
    if !world.schedule.steps.contains_key(event) {
        return;
    }
    let row = row(world, bot, sort);
    let row = row.as_ref();
    let result = row.and_then(|row| row["steps"][STEP]["result"].as_str());
    let read = Read {
        run: field(row, "run"),
        result: result.map(str::to_owned),
    };
    let steps = &mut world.history().judges.steps;
    let by = (who, event.to_owned());
    steps.results.remove(&by);
    steps.read.insert(by, read);
}

/// Its handler calls the service.
pub(crate) fn called(world: &World, who: usize, event: &str, key: &str) {
    let mut history = world.history();
    let steps = &mut history.judges.steps;
    steps.called += 1;
    let read = steps.read.get(&(who, event.to_owned()));
    let result = read.and_then(|read| read.result.clone());
    let run = read.map_or(0, |read| read.run);
    let first = steps.keys.entry((event.to_owned(), run));
    let first = first.or_insert_with(|| key.to_owned()).clone();
    if let Some(result) = result {
        let what = format!("{event} is called for again, and its row has {result}");
        history.violation("a kept step is not made again", what);
    }
    if first != key {
        let what = format!("the step of {event} has the keys {first} and {key} in run {run}");
        history.violation("a step has one key", what);
    }
}

/// Its handler goes on with a result.
pub(crate) fn goes_on(world: &World, who: usize, event: &str, result: &str) {
    let steps = &mut world.history().judges.steps;
    let by = (who, event.to_owned());
    steps.results.insert(by, result.to_owned());
}

/// It commits: what the handler has gone on with is in the event's row.
pub(crate) fn committed(history: &mut History, who: usize, event: &str, ledger: &Json) {
    let results = &history.judges.steps.results;
    let result = results.get(&(who, event.to_owned()));
    let kept = ledger["steps"]["M"][STEP]["M"]["result"]["S"].as_str();
    if result.is_some() && result.map(String::as_str) != kept {
        let outcome = s(ledger, "outcome");
        let what = format!("{event} goes on with {result:?} and is {outcome} with {kept:?}");
        history.violation("a step's result is kept", what);
    }
}
