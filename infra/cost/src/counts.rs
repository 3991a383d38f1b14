//! What was counted, kept in a file: the page is made of it, and a run is compared with it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::meter::Tally;
use crate::stack::Tallies;

/// Of bytes, what may differ between two runs: ids and times in lines have more or fewer digits.
const TOLERANCE: f64 = 0.15;
/// Not compared: how many requests acknowledge the chats of a batch, and what is logged of the batch, is a matter of
/// timing.
const TIMING: [&str; 3] = [
    "burst: WorkerFunction: DeleteMessageBatch",
    "burst: WorkerFunction: queue requests",
    "burst: WorkerFunction: logged bytes",
];

/// What a run has counted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Events of each kind.
    pub(crate) kinds: Vec<Kind>,
    /// The function that counts what accounts use, in one account's minute.
    pub(crate) minute: Tallies,
    /// A run of each scheduled function that has nothing to do.
    pub(crate) idle: Tallies,
}

/// What was used for `events` events of a kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kind {
    pub(crate) name: String,
    pub(crate) events: u32,
    /// Chats in a batch of the worker: they are side by side.
    pub(crate) side_by_side: u32,
    /// What the table has more than before.
    pub(crate) kept_bytes: u64,
    pub(crate) functions: Tallies,
}

impl Counts {
    /// What differs in `now`, a line for each.
    pub(crate) fn drift(&self, now: &Self) -> Vec<String> {
        let (before, now) = (self.figures(), now.figures());
        let names: std::collections::BTreeSet<_> = before.keys().chain(now.keys()).collect();
        let differs = |name: &&String| {
            let (before, now) = (before.get(*name), now.get(*name));
            let (was, is) = (before.copied().unwrap_or(0.0), now.copied().unwrap_or(0.0));
            let allowed = match name.as_str() {
                name if TIMING.contains(&name) => return None,
                name if name.ends_with("bytes") => TOLERANCE * was,
                _ => 0.0,
            };
            ((was - is).abs() > allowed).then(|| format!("{name}: {was} before, {is} now"))
        };
        names.iter().filter_map(differs).collect()
    }

    /// Each figure by its name.
    fn figures(&self) -> BTreeMap<String, f64> {
        let mut figures = BTreeMap::new();
        for kind in &self.kinds {
            add(&mut figures, &kind.name, &kind.functions);
            figures.insert(format!("{}: kept bytes", kind.name), kind.kept_bytes as f64);
        }
        add(&mut figures, "an account's minute", &self.minute);
        add(&mut figures, "nothing to do", &self.idle);
        figures
    }
}

fn add(figures: &mut BTreeMap<String, f64>, of: &str, tallies: &Tallies) {
    for (function, tally) in tallies {
        let mut insert = |what: &str, number: f64| {
            figures.insert(format!("{of}: {function}: {what}"), number);
        };
        let Tally {
            invocations,
            calls,
            read_units,
            write_units,
            queue_requests,
            logged_bytes,
            sent_bytes,
        } = tally;
        insert("invocations", *invocations as f64);
        insert("read units", *read_units);
        insert("write units", *write_units);
        insert("queue requests", *queue_requests as f64);
        insert("logged bytes", *logged_bytes as f64);
        insert("sent bytes", *sent_bytes as f64);
        for (call, number) in calls {
            insert(call, *number as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(write_units: f64, logged_bytes: usize) -> Counts {
        let tally = Tally {
            write_units,
            logged_bytes,
            ..Tally::default()
        };
        let functions = [("WorkerFunction".to_owned(), tally)].into();
        let kind = Kind {
            name: "text".into(),
            events: 1,
            side_by_side: 1,
            kept_bytes: 0,
            functions,
        };
        Counts {
            kinds: vec![kind],
            minute: Tallies::new(),
            idle: Tallies::new(),
        }
    }

    #[test]
    fn bytes_may_differ_a_little_and_units_not_at_all() {
        let before = counts(5.0, 1000);
        assert!(before.drift(&counts(5.0, 1140)).is_empty());
        assert_eq!(before.drift(&counts(5.0, 1160)).len(), 1);
        assert_eq!(
            before.drift(&counts(6.0, 1000)),
            ["text: WorkerFunction: write units: 5 before, 6 now"]
        );
    }

    #[test]
    fn a_kind_that_is_gone_is_told() {
        let mut now = counts(5.0, 1000);
        now.kinds.clear();
        assert!(!counts(5.0, 1000).drift(&now).is_empty());
    }
}
