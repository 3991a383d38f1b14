//! A push that may have been accepted is tried again for as long as LINE surely knows its
//! retry key.

use std::collections::BTreeMap;

use shared::domain::{Delivery, Effect};
use shared::store::LedgerRow;

/// LINE knows a key for a day, and a try is made until shortly before. An event's tries
/// begin at most six hours before LINE is reached the first time.
const SURELY_KNOWN: i64 = 16 * 3_600_000;

/// When LINE may first have accepted each effect, under its last retry key, in milliseconds
/// since 1970.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    first: BTreeMap<(String, usize), (String, i64)>,
}

impl Keys {
    /// LINE has answered a call with a retry key, and has not refused it.
    pub(super) fn answered(&mut self, event: &str, ordinal: usize, key: &str, now: i64) {
        let effect = (event.to_owned(), ordinal);
        let first = self.first.entry(effect).or_insert((key.to_owned(), now));
        if first.0 != key {
            *first = (key.to_owned(), now);
        }
    }

    /// In the end: the pushes that became unknown while LINE knew their keys, in words.
    /// `lost_at` tells when an effect was first written so.
    pub(super) fn given_up(
        &self,
        event: &str,
        row: &LedgerRow,
        lost_at: impl Fn(usize) -> Option<i64>,
    ) -> Vec<String> {
        let plan = row.plan().unwrap_or_default();
        let effects = plan.effects.iter().zip(&row.effects).enumerate();
        let pushes = effects.filter(|(_, (effect, state))| {
            matches!(effect, Effect::Push { .. }) && is_out_of_time(state)
        });
        let Some(first) = self.first_of(event) else {
            return Vec::new();
        };
        let early = pushes.filter_map(|(ordinal, _)| {
            let after = lost_at(ordinal)? - first;
            (after < SURELY_KNOWN).then(|| {
                let minutes = after / 60_000;
                format!("{event}/{ordinal} is given up {minutes} minutes after its first try")
            })
        });
        early.collect()
    }

    /// A row has one time for the keys of all its effects.
    fn first_of(&self, event: &str) -> Option<i64> {
        let from = (event.to_owned(), 0);
        let of_event = self.first.range(from..).take_while(|(it, _)| it.0 == event);
        of_event.map(|(_, (_, first))| *first).min()
    }
}

/// Whether the row says that there was no time left.
fn is_out_of_time(state: &Delivery) -> bool {
    matches!(state, Delivery::Unknown { reason } if reason.contains("knew the retry key"))
}
