//! Of the reconciler's runs, one works at a time: who has not got the lease, or has lost it
//! before its first change, changes nothing and gives nothing back.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::number;
use crate::history::Role;
use crate::rows::s;
use crate::world::World;

const CHECK: &str = "one reconciler at a time";

/// Who has the lease.
#[derive(Debug, Default)]
pub(crate) struct Lease {
    holder: Option<Holder>,
    /// The runs that have made their first change.
    changing: BTreeSet<usize>,
    /// How often each run was given it: once as it begins, and once before its first change.
    takes: BTreeMap<usize, u32>,
}

#[derive(Debug)]
struct Holder {
    who: usize,
    ends_at: i64,
}

impl Lease {
    /// The table was restored: who has the lease is not known.
    pub(super) fn forget(&mut self) {
        self.holder = None;
    }

    fn take(&mut self, who: usize, ends_at: i64, now: i64) -> Option<String> {
        *self.takes.entry(who).or_default() += 1;
        let before = self
            .holder
            .replace(Holder { who, ends_at })
            .filter(|it| it.who != who && it.ends_at > now)?;
        Some(format!("{who} takes the lease that {} has", before.who))
    }

    fn give_back(&mut self, who: usize) -> Option<String> {
        let holder = self.holder.take()?;
        (holder.who != who).then(|| format!("{who} gives back the lease that {} has", holder.who))
    }

    fn change(&mut self, who: usize) -> Option<String> {
        // A table that is restored after that has forgotten who has it.
        let was_sure = self.takes.get(&who) > Some(&1);
        let is_first = self.changing.insert(who) && !was_sure;
        let other = self
            .holder
            .as_ref()
            .filter(|it| it.who != who && is_first)?;
        Some(format!(
            "{who} begins to change rows, and {} has the lease",
            other.who
        ))
    }
}

/// The reconciler's lease, or a row that only a run with the lease writes, was written.
pub(super) fn written(world: &World, who: usize, row: &Json) {
    let now = world.time.millis(0) + 2 * world.schedule.skew();
    let mut history = world.history();
    if history.invocations[who].role != Role::Reconciler {
        return;
    }
    let lease = &mut history.judges.lease;
    let wrong = match (s(row, "bot_id"), s(row, "chat_id")) {
        ("@reconciler", "@lease") => {
            let ends_at = number(row, "ends_at").unwrap_or_default();
            lease.take(who, ends_at, now)
        }
        ("@reconciler", _) => None, // what a run has come to, also that it had no lease
        (_, "@bot") => lease.change(who),
        _ => None,
    };
    if let Some(what) = wrong {
        history.violation(CHECK, what);
    }
}

/// A run has left off because it has not got the lease.
pub(crate) fn left_off(world: &World, who: usize) {
    let mut history = world.history();
    let holder = history.judges.lease.holder.as_ref();
    if holder.is_some_and(|holder| holder.who == who) {
        let what = format!("{who} has the lease, and leaves off for want of it");
        history.violation("who has the lease goes on", what);
    }
}

/// A lease is given back.
pub(super) fn deleted(world: &World, who: usize) {
    let mut history = world.history();
    if let Some(what) = history.judges.lease.give_back(who) {
        history.violation(CHECK, what);
    }
}
