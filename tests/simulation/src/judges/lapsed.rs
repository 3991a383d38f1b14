//! A row whose time has passed counts for nothing: DynamoDB may delete it at any moment.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use shared::domain::LedgerEntry;

/// When the queue last took each event, in milliseconds since 1970.
#[derive(Debug, Default)]
pub(crate) struct Lapsed {
    queued: BTreeMap<String, i64>,
}

impl Lapsed {
    /// The queue has taken events.
    pub(super) fn queued(&mut self, events: &[String], now: i64) {
        let times = events.iter().map(|event| (event.clone(), now));
        self.queued.extend(times);
    }

    /// In the end: what stands against a row whose time had passed when its event last came.
    pub(super) fn judge(&self, event: &str, row: &LedgerEntry) -> Option<String> {
        let came = self.queued.get(event)? / 1000;
        let end = row.ends_at().filter(|end| *end < came)?;
        let late = came - end;
        Some(format!(
            "{event} came {late} s after its row's time, and the row is as it was"
        ))
    }
}

/// Whether a ledger row has its event parked because an earlier row of its may be gone.
pub(super) fn is_parked_as_too_old(row: &Json) -> bool {
    row["outcome"] == "parked" && row["reason"] == "the event is too old"
}

/// Whether a ledger row's time has passed.
pub(crate) fn has_lapsed(row: &Json, now: i64) -> bool {
    let end = row["expires_at"].as_i64();
    end.is_some_and(|end| end <= now / 1000)
}
