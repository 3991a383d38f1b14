//! A push that may have been accepted is tried again for as long as LINE surely knows its
//! retry key.

use std::collections::BTreeMap;

use shared::domain::{Delivery, Effect};
use shared::store::LedgerRow;

use super::seen::{About, Seen};

/// LINE knows a key for a day, and a try is made until shortly before. An event's tries
/// begin at most six hours before LINE is reached the first time.
const SURELY_KNOWN: i64 = 16 * 3_600_000;

/// When LINE may first have accepted something of each event, in milliseconds since 1970: a
/// row has one time for the keys of all its effects.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    first: BTreeMap<String, i64>,
}

impl Keys {
    /// A call has ended.
    pub(super) fn ends(&mut self, call: &Seen, status: Option<u16>, now: i64) {
        let About::Effect { event, .. } = &call.about else {
            return;
        };
        if call.is_indefinite(status) || matches!(status, Some(200 | 409)) {
            self.first.entry(event.clone()).or_insert(now);
        }
    }

    /// A forced run begins, with other keys.
    pub(super) fn force(&mut self, event: &str) {
        self.first.remove(event);
    }

    /// In the end: the pushes that became unknown while LINE knew their keys, in words.
    /// `lost_at` tells when an effect was first written so, and `cut_off_at` when a process
    /// has ended that may have sent all that was planned.
    pub(super) fn given_up(
        &self,
        event: &str,
        row: &LedgerRow,
        cut_off_at: Option<i64>,
        lost_at: impl Fn(usize) -> Option<i64>,
    ) -> Vec<String> {
        let plan = row.plan().unwrap_or_default();
        let effects = plan.effects.iter().zip(&row.effects).enumerate();
        let pushes = effects.filter(|(_, (effect, state))| {
            matches!(effect, Effect::Push { .. }) && is_out_of_time(state)
        });
        let Some(first) = self.first.get(event).copied() else {
            return Vec::new();
        };
        let first = cut_off_at.map_or(first, |at| first.min(at));
        let early = pushes.filter_map(|(ordinal, _)| {
            let after = lost_at(ordinal)? - first;
            (after < SURELY_KNOWN).then(|| {
                let minutes = after / 60_000;
                format!("{event}/{ordinal} is given up {minutes} minutes after its first try")
            })
        });
        early.collect()
    }
}

/// Whether the row says that there was no time left.
fn is_out_of_time(state: &Delivery) -> bool {
    matches!(state, Delivery::Unknown { reason } if reason.contains("knew the retry key"))
}
