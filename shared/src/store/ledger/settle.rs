//! Settling a parked event: a person has seen to it.

use crate::domain::ledger::{self, Change};
use crate::domain::{LedgerEntry, Timestamp};
use crate::store::{LedgerKey, Store, StoreError};

impl Store {
    /// Settles a parked event, for this reason: it leaves the index, and gets an end. False if
    /// it is not parked.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn settle_parked(
        &self,
        key: &LedgerKey,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let settle = |entry: Option<&LedgerEntry>| match entry {
            Some(entry) => ledger::settle(entry, reason, now),
            None => Change::Keep(false),
        };
        let changed = self.change_entry("settle a parked event", key, None, now, settle);
        Ok(changed.await?.1)
    }
}
