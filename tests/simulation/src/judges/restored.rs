//! A table that was restored to an hour ago. What was written since is forgotten, so that
//! less can be promised of the events it was written for: none that the queue still has is
//! lost, and only what was forgotten is done twice. All that is exempt is named here:
//!
//! - an event is *forgotten* if its ledger row was written in the time that is lost, or if a
//!   worker had it in hand when the table was restored. What was sent for it, its state and
//!   its trace are not judged;
//! - a forgotten event must be settled in the end only if its message was in the queue then,
//!   and in no worker's hands;
//! - who had begun before writes rows of accounts and chats by versions that are gone: such
//!   a write is not judged, nor what it takes out of the account's row that it finds;
//! - chats' lists, rows' versions, timers, the module's rows, what an account's row has taken
//!   in, what the reconciler has marked and what counts as reported to the module go back with
//!   the table.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::accounts::Accounts;
use super::epochs::Epochs;
use super::lifecycle::Reports;
use super::reconciler::Kept;
use super::rows_made::RowsMade;
use crate::history::{History, Place};
use crate::named_timers::NamedTimers;
use crate::world::World;

/// What a restored table has forgotten.
#[derive(Debug, Default)]
pub(crate) struct Restored {
    /// When each event's row was last written.
    written: BTreeMap<String, Duration>,
    /// The events that wait in the queue.
    queued: BTreeSet<String>,
    /// Those that have waited there. What comes again may be dropped as a duplicate.
    deleted: BTreeSet<String>,
    forgotten: BTreeSet<String>,
    /// Those of the forgotten that must be settled all the same.
    promised: BTreeSet<String>,
    restored_at: Option<Duration>,
    /// How many invocations had begun then: what they have read is not in the table.
    begun_before: usize,
}

impl Restored {
    /// An event's row was written.
    pub(super) fn written(&mut self, event: &str, at: Duration) {
        self.written.insert(event.to_owned(), at);
    }

    /// The queue has taken an event.
    pub(super) fn queued(&mut self, event: &str) {
        if !self.deleted.contains(event) {
            self.queued.insert(event.to_owned());
        }
    }

    /// Its message was deleted.
    pub(super) fn deleted(&mut self, event: &str) {
        self.queued.remove(event);
        self.deleted.insert(event.to_owned());
    }

    fn restore(&mut self, since: Duration, in_hand: &BTreeSet<String>, now: Duration) {
        let written = self
            .written
            .iter()
            .filter(|(_, at)| **at >= since)
            .map(|(event, _)| event.clone());
        let forgotten: BTreeSet<_> = written.chain(in_hand.iter().cloned()).collect();
        // What was settled after an earlier restore may be forgotten by this one.
        self.promised.retain(|event| !forgotten.contains(event));
        let promised = self.queued.difference(in_hand);
        self.promised.extend(promised.cloned());
        self.forgotten.extend(forgotten);
        self.restored_at = Some(now);
    }

    /// Whether the table was restored: its rows' versions begin again, so that a write which
    /// was under way may find the version that it expects in another row.
    pub(super) fn is_restored(&self) -> bool {
        self.restored_at.is_some()
    }

    /// Whether an invocation had begun when the table was restored. It may be under way, or
    /// a write of its that nobody waits for any more.
    pub(crate) fn has_begun_before(&self, who: usize) -> bool {
        who < self.begun_before
    }

    /// Whether it was restored after this moment.
    pub(crate) fn is_restored_since(&self, at: Duration) -> bool {
        self.restored_at.is_some_and(|restored| restored >= at)
    }

    pub(super) fn has_forgotten(&self, event: &str) -> bool {
        self.forgotten.contains(event)
    }

    pub(super) fn is_still_promised(&self, event: &str) -> bool {
        self.promised.contains(event)
    }
}

/// What the simulation knew when the backup was made, of what goes back with the table.
pub(crate) struct Backup {
    at: Duration,
    folded: BTreeSet<String>,
    lists: BTreeMap<Place, Vec<String>>,
    named_timers: NamedTimers,
    versions: BTreeMap<(String, String), u64>,
    accounts: Accounts,
    epochs: Epochs,
    lifecycle: Reports,
    rows_made: RowsMade,
    reconciler: Kept,
}

impl Backup {
    /// As it is now.
    pub(crate) fn of(world: &World) -> Self {
        let history = world.history();
        Self {
            at: world.time.elapsed(),
            folded: history.folded.clone(),
            lists: history.lists.clone(),
            named_timers: history.named_timers.clone(),
            versions: history.versions.clone(),
            accounts: history.judges.accounts.clone(),
            epochs: history.judges.epochs.clone(),
            lifecycle: history.judges.lifecycle.clone(),
            rows_made: history.judges.rows_made.clone(),
            reconciler: history.judges.reconciler.kept(),
        }
    }

    /// The table is as it was then.
    pub(crate) fn restore(self, world: &World) {
        let mut history = world.history();
        let in_hand = in_hand(&history);
        let begun_before = history.invocations.len();
        let restored = &mut history.judges.restored;
        restored.begun_before = begun_before;
        restored.restore(self.at, &in_hand, world.time.elapsed());
        history.judges.forget();
        history.judges.accounts.go_back(self.accounts);
        history.judges.epochs.go_back(self.epochs);
        history.judges.lifecycle = self.lifecycle;
        history.judges.rows_made.go_back(self.rows_made);
        history.judges.reconciler.go_back(self.reconciler);
        history.folded = self.folded;
        // What the lost table has done by this token, the restored one does again.
        history.transactions.clear();
        history.lists = self.lists;
        history.versions = self.versions;
        // A timer that has rung may ring again, and one set since may never have been.
        history.named_timers = self.named_timers;
    }
}

fn in_hand(history: &History) -> BTreeSet<String> {
    let running = history.invocations.iter().filter(|it| !it.has_ended);
    running.flat_map(|it| it.left_in_hand().cloned()).collect()
}
