//! What the steps of an event's handler come to.

use crate::domain::ledger::{Change, StepEnd, note_step};
use crate::domain::{LedgerEntry, Timestamp};
use crate::store::ledger::row::LedgerRow;
use crate::store::{LedgerKey, Store, StoreError};

impl Store {
    /// Keeps how a try of the step `name` has ended; gives the event's entry as it is then. None
    /// if others have written it since it was `known`: nothing is kept. One of 0 writes is made.
    ///
    /// # Errors
    /// The table is not available: whether it is kept is not known.
    pub async fn note_step(
        &self,
        key: &LedgerKey,
        known: &LedgerEntry,
        name: &str,
        end: &StepEnd,
        now: Timestamp,
    ) -> Result<Option<LedgerEntry>, StoreError> {
        let place = key.place("keep a step", now);
        let note = |row: &LedgerRow| match row {
            LedgerRow::Absent => note_step(None, known, name, end).map(LedgerRow::Entry),
            LedgerRow::Entry(entry) => {
                note_step(Some(entry), known, name, end).map(LedgerRow::Entry)
            }
            LedgerRow::Unreadable(_) => Change::Keep(false),
        };
        let seen = match known.writes {
            0 => LedgerRow::Absent,
            _ => LedgerRow::Entry(known.clone()),
        };
        let (row, is_kept) = self.change(&place, Some(seen), note).await?;
        Ok(row.into_entry().filter(|_| is_kept))
    }
}
