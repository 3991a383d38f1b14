//! Attempts at an event that came to nothing, and transient failures.

use aws_sdk_dynamodb::types::ReturnValue;

use crate::domain::{LedgerEntry, Outcome, Timestamp, ledger_end};
use crate::store::ledger::{KEPT_FROM_THE_FIRST, first_values, word};
use crate::store::{Item, LedgerKey, Store, StoreError, if_held, n, s};

/// Neither done nor parked.
const NOT_SETTLED: &str = "attribute_not_exists(outcome) OR outcome IN (:planned, :failed)";

/// An event that meets transient failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing {
    /// Since when, by the clock of the worker that met the first.
    pub since: Timestamp,
    /// The row's `writes` now.
    pub writes: u32,
}

impl Failing {
    fn read(row: &Item) -> Option<Self> {
        let number = |name: &str| row.get(name)?.as_n().ok();
        Some(Self {
            since: Timestamp(number("failing_since")?.parse().ok()?),
            writes: number("writes")?.parse().ok()?,
        })
    }
}

impl Store {
    /// Ends the attempt of this name, if it was counted and came to nothing: it has not
    /// vanished.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn end_attempt(&self, key: &LedgerKey, name: &str) -> Result<(), StoreError> {
        let update = self
            .update_ledger(key)
            .update_expression("SET begun = :zero, writes = writes + :one")
            // Only the attempt that the row names, and once: another worker may have begun the next.
            .condition_expression("begun = :one AND begun_by = :name")
            .expression_attribute_values(":name", s(name))
            .expression_attribute_values(":zero", n(0))
            .expression_attribute_values(":one", n(1));
        if_held("end an attempt", update.send().await).map(drop)
    }

    /// Records that an event which is not settled has met a transient failure at
    /// `now`. Needs no row, and none that can be read: `entry` is what one is made of.
    /// None if the event is settled or parked; a row whose time has passed says neither.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn note_failure(
        &self,
        key: &LedgerKey,
        entry: &LedgerEntry,
        now: Timestamp,
    ) -> Result<Option<Failing>, StoreError> {
        let update = self
            .update_ledger(key)
            .update_expression(format!(
                "SET failing_since = if_not_exists(failing_since, :now), \
                 outcome = if_not_exists(outcome, :failed), \
                 expires_at = if_not_exists(expires_at, :end), {}",
                KEPT_FROM_THE_FIRST
            ))
            // What is settled meets no failure any more; a row past its time does not say it is.
            .condition_expression(format!("{NOT_SETTLED} OR expires_at <= :seconds"))
            .expression_attribute_names("#at", "at")
            .set_expression_attribute_values(Some(first_values(entry)))
            .expression_attribute_values(":planned", word(Outcome::Planned))
            .expression_attribute_values(":failed", word(Outcome::Failed))
            .expression_attribute_values(":now", n(now.0))
            .expression_attribute_values(":seconds", n(now.seconds()))
            .expression_attribute_values(":end", n(ledger_end(now)))
            .return_values(ReturnValue::AllNew);
        let written = if_held("note a failure", update.send().await)?;
        Ok(written.and_then(|written| Failing::read(&written.attributes?)))
    }
}
