//! Runs the checker.

use std::time::{Duration, Instant};

use stateright::{Checker, HasDiscoveries, Model};

use crate::condition::Condition;
use crate::model::{LedgerModel, Limits};

/// What a check has found.
#[derive(Debug)]
pub struct Checked {
    /// States, each counted once.
    pub states: usize,
    /// The most steps from the beginning.
    pub depth: usize,
    /// How long it took.
    pub time: Duration,
    /// What does not hold, and the shortest way there; empty if all does.
    pub broken: Vec<(&'static str, Vec<String>)>,
    /// What cannot be reached and must be.
    pub unreachable: Vec<&'static str>,
}

/// Checks every order of what can happen within these limits, with one condition taken out or
/// with all; ends at the first thing that does not hold.
pub fn check(limits: Limits, without: Option<Condition>) -> Checked {
    let began = Instant::now();
    let model = LedgerModel { limits, without };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let checker = model
        .checker()
        .threads(threads)
        .finish_when(HasDiscoveries::AnyFailures)
        .spawn_bfs()
        .join();
    let found = checker.discoveries();
    let properties = checker.model().properties();
    let is_sometimes = |name: &str| name.starts_with("it is ");
    let counterexamples = found.iter().filter(|(name, _)| !is_sometimes(name));
    let broken = counterexamples.map(|(name, path)| {
        let actions = path.clone().into_actions();
        let words = actions.iter().map(|action| format!("{action:?}"));
        (*name, words.collect())
    });
    let names = properties.iter().map(|property| property.name);
    let unreachable = names.filter(|name| is_sometimes(name) && !found.contains_key(name));
    Checked {
        states: checker.unique_state_count(),
        depth: checker.max_depth(),
        time: began.elapsed(),
        broken: broken.collect(),
        unreachable: unreachable.collect(),
    }
}
