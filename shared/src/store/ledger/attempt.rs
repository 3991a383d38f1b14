//! Attempts at an event that came to nothing, and transient failures.

use crate::domain::ledger;
use crate::domain::{LedgerEntry, Timestamp};
use crate::store::ledger::row::LedgerRow;
use crate::store::{LedgerKey, Store, StoreError};

/// An event that meets transient failures.
#[derive(Debug, Clone)]
pub struct Failing {
    /// Since when, by the clock of the worker that met the first.
    pub since: Timestamp,
    /// The row now.
    pub row: LedgerRow,
}

impl Store {
    /// Ends the attempt of this name, if it was counted and came to nothing: it has not
    /// vanished.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn end_attempt(
        &self,
        key: &LedgerKey,
        name: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let end = |entry: Option<&LedgerEntry>| ledger::end_attempt(entry, name);
        let ended = self.change_entry("end an attempt", key, None, now, end);
        ended.await.map(drop)
    }

    /// Records that an event which is not settled has met a transient failure at
    /// `now`. Needs no row, and none that can be read: `new` is what one is made of.
    /// None if the event is settled or parked; a row whose time has passed says neither.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn note_failure(
        &self,
        key: &LedgerKey,
        new: &LedgerEntry,
        now: Timestamp,
    ) -> Result<Option<Failing>, StoreError> {
        let place = key.place("note a failure", now);
        let note = |row: &LedgerRow| match row {
            LedgerRow::Absent => ledger::note_failure(None, new, now).map(LedgerRow::Entry),
            LedgerRow::Entry(entry) => {
                ledger::note_failure(Some(entry), new, now).map(LedgerRow::Entry)
            }
            LedgerRow::Unreadable(row) => row.note_failure(now).map(LedgerRow::Unreadable),
        };
        let (row, since) = self.change(&place, None, note).await?;
        Ok(since.map(|since| Failing { since, row }))
    }
}
