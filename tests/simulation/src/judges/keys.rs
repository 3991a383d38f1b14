//! A push that may have been accepted is tried again for as long as LINE surely knows its
//! retry key.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use shared::domain::{ChatEffect, Delivery, Effect, LedgerEntry};

use super::seen::{About, Seen};

/// LINE knows a key for a day, and the code tries until an hour before that by its own clock.
const SURELY_KNOWN: i64 = 22 * 3_600_000;

/// Since when LINE may know the keys of each event's pushes, in milliseconds since 1970: a row
/// has one time for the keys of all its effects, which begins with the plan.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    planned: BTreeMap<String, i64>,
    /// The events of which LINE may have accepted something, or whose row may have a try that
    /// is still open.
    may_be_accepted: BTreeSet<String>,
}

impl Keys {
    /// A call has ended.
    pub(super) fn ends(&mut self, call: &Seen, status: Option<u16>) {
        let may_be = match &call.about {
            About::Effect { .. } => call.is_indefinite(status) || matches!(status, Some(200 | 409)),
            // The end of a try may not be written.
            About::Ledger { .. } => call.harm.is_some() || status.is_none(),
            _ => false,
        };
        let event = call.about.event().filter(|_| may_be);
        self.may_be_accepted.extend(event.map(str::to_owned));
    }

    /// A row was written.
    pub(super) fn written(&mut self, event: &str, row: &Json, now: i64) {
        if row["outcome"] == "planned" {
            self.planned.entry(event.to_owned()).or_insert(now);
        }
    }

    /// A respectful replay begins. The time of the keys starts again if LINE cannot know any
    /// of them; `is_open` says that another process may have left a try open.
    pub(super) fn reopen(&mut self, event: &str, is_open: bool) {
        if !is_open && !self.may_be_accepted.contains(event) {
            self.planned.remove(event);
        }
    }

    /// A forced run begins, with other keys.
    pub(super) fn force(&mut self, event: &str) {
        self.planned.remove(event);
        self.may_be_accepted.remove(event);
    }

    /// The table was restored: a row may have an earlier time again.
    pub(super) fn forget(&mut self) {
        self.planned.values_mut().for_each(|at| *at = 0);
    }

    /// In the end: the pushes that became unknown while LINE knew their keys, in words.
    /// `lost_at` tells when an effect was first written so.
    pub(super) fn given_up(
        &self,
        event: &str,
        row: &LedgerEntry,
        lost_at: impl Fn(usize) -> Option<i64>,
    ) -> Vec<String> {
        let Some(planned) = self.planned.get(event) else {
            return Vec::new();
        };
        let plan = row.plan().unwrap_or_default();
        let effects = plan.effects.iter().zip(row.effects()).enumerate();
        let pushes = effects.filter(|(_, (effect, state))| {
            matches!(effect, Effect::Chat(ChatEffect::Push(_))) && is_out_of_time(state)
        });
        let early = pushes.filter_map(|(ordinal, _)| {
            let after = lost_at(ordinal)? - planned;
            (after < SURELY_KNOWN).then(|| {
                let minutes = after / 60_000;
                format!("{event}/{ordinal} is given up {minutes} minutes after its plan")
            })
        });
        early.collect()
    }
}

/// Whether the row says that there was no time left.
fn is_out_of_time(state: &Delivery) -> bool {
    matches!(state, Delivery::Unknown { reason } if reason.contains("knew the retry key"))
}
