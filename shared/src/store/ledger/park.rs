//! Setting an event aside, for a person to look at.

use crate::domain::ledger::{self, Change, Parking};
use crate::store::ledger::row::LedgerRow;
use crate::store::{LedgerKey, Store, StoreError};

impl Store {
    /// Sets aside an event that no attempt will settle, whatever its row has so
    /// far: a plan and its open tries stay as they are. `seen` is the row which
    /// showed the event as not settled; false if others have written it since.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be written.
    pub async fn park(
        &self,
        key: &LedgerKey,
        seen: LedgerRow,
        parking: &Parking,
    ) -> Result<bool, StoreError> {
        let place = key.place("park an event", parking.parked.since);
        let known = seen.clone();
        let park = |row: &LedgerRow| match (row, &known) {
            (LedgerRow::Entry(entry), LedgerRow::Entry(known)) => {
                ledger::park(Some(entry), known.writes, parking).map(LedgerRow::Entry)
            }
            (LedgerRow::Unreadable(row), LedgerRow::Unreadable(known)) => {
                row.park(known, &parking.parked).map(LedgerRow::Unreadable)
            }
            _ => Change::Keep(false),
        };
        Ok(self.change(&place, Some(seen), park).await?.1)
    }
}
