//! Setting an event aside, for a person to look at.

use crate::domain::{LedgerEntry, Outcome, Parked};
use crate::store::ledger::{KEPT_FROM_THE_FIRST, first_values, word};
use crate::store::{LedgerKey, Store, StoreError, if_held, n, s};

impl Store {
    /// Sets aside an event that no attempt will settle, whatever its row has so
    /// far: a plan and its open tries stay as they are. `writes` is that of the row which
    /// showed the event as not settled; false if others have written it since.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be written.
    pub async fn park(
        &self,
        key: &LedgerKey,
        entry: &LedgerEntry,
        parked: &Parked,
        writes: u32,
    ) -> Result<bool, StoreError> {
        let update = self
            .update_ledger(key)
            .update_expression(format!(
                "SET outcome = :outcome, reason = :reason, #raw = :raw, parked = :outcome, \
                 parked_at = :now, begun = :zero, epoch = if_not_exists(epoch, :epoch), \
                 {KEPT_FROM_THE_FIRST} REMOVE expires_at"
            ))
            // A try that has ended since may have settled it.
            .condition_expression("writes = :seen")
            .expression_attribute_names("#raw", "raw")
            .expression_attribute_names("#at", "at")
            .set_expression_attribute_values(Some(first_values(entry)))
            .expression_attribute_values(":seen", n(writes))
            .expression_attribute_values(":epoch", n(entry.epoch.0))
            .expression_attribute_values(":outcome", word(Outcome::Parked))
            .expression_attribute_values(":reason", s(&parked.reason))
            .expression_attribute_values(":raw", s(&parked.raw))
            .expression_attribute_values(":now", n(parked.since.0));
        Ok(if_held("park an event", update.send().await)?.is_some())
    }
}
