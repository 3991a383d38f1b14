//! The event ledger: one row for each event, a file for each of what is done to it.

mod attempt;
mod events;
mod find;
mod message;
mod packed;
mod park;
mod parked;
mod row;
mod settle;
mod steps;
mod stream;
mod tries;
mod unreadable;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::ledger::Change;
use crate::domain::{LedgerEntry, Outcome, Timestamp};
use crate::store::row::{Place, VersionedRow};
use crate::store::{Item, LedgerKey, Store, StoreError, s};

pub use attempt::Failing;
pub use events::{KeptEvent, Since};
pub use packed::inflated as inflated_plan;
pub(super) use packed::unpacked;
pub use parked::{ParkedPage, ParkedRow, ParkedThing, ParkedWhy};
pub use row::LedgerRow;
pub use stream::LedgerChange;
pub use tries::Try;

/// An outcome as a row has it.
fn word(outcome: Outcome) -> AttributeValue {
    s(outcome.name())
}

/// Whether a row's outcome is done or parked.
pub(super) fn is_settled(row: &Item) -> bool {
    let outcome = row.get("outcome").and_then(|it| it.as_s().ok());
    let settled = [Outcome::Done.name(), Outcome::Parked.name()];
    outcome.is_some_and(|it| settled.contains(&it.as_str()))
}

impl LedgerKey {
    pub(super) fn place(&self, operation: &'static str, now: Timestamp) -> Place {
        Place {
            operation,
            key: self.key(),
            now,
        }
    }
}

impl Store {
    /// One event's row.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn ledger(&self, key: &LedgerKey) -> Result<Option<LedgerEntry>, StoreError> {
        self.read("read the ledger", key.key()).await
    }

    /// Writes the row, outside of a commit; false if the table's is not the one that was
    /// loaded: `entry.writes` tells which that was.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be written.
    pub async fn replace_ledger(
        &self,
        key: &LedgerKey,
        entry: &LedgerEntry,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let place = key.place("write the ledger", now);
        let row = LedgerRow::Entry(entry.clone());
        self.put_next(&place, &row, &row.clone().next()).await
    }

    /// Changes an event's entry, which may be absent; gives it as it is then. `known` is the
    /// entry as it was read or written last. One that cannot be read is an error.
    async fn change_entry<T>(
        &self,
        operation: &'static str,
        key: &LedgerKey,
        known: Option<LedgerEntry>,
        now: Timestamp,
        change: impl Fn(Option<&LedgerEntry>) -> Change<LedgerEntry, T>,
    ) -> Result<(Option<LedgerEntry>, T), StoreError> {
        let change = |row: &LedgerRow| {
            let changed = match row {
                LedgerRow::Unreadable(row) => return Change::Keep(Err(row.error(operation))),
                LedgerRow::Absent => change(None),
                LedgerRow::Entry(entry) => change(Some(entry)),
            };
            match changed.map(LedgerRow::Entry) {
                Change::Write(row, result) => Change::Write(row, Ok(result)),
                Change::Keep(result) => Change::Keep(Ok(result)),
            }
        };
        let (place, known) = (key.place(operation, now), known.map(LedgerRow::Entry));
        let (row, result) = self.change(&place, known, change).await?;
        Ok((row.into_entry(), result?))
    }
}
