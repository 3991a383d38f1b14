//! Tries to send a plan: each begins and ends in the event's row.

use crate::domain::ledger::{self, Ended};
use crate::domain::{Delivery, LedgerEntry, Timestamp};
use crate::store::{LedgerKey, Store, StoreError};

/// One try to send, by one worker.
#[derive(Debug, Clone)]
pub struct Try {
    /// Its name: random, so that it differs from another worker's.
    pub name: String,
    /// The event's entry as this worker has written it last: all that it tells of others'
    /// tries is known here.
    pub entry: LedgerEntry,
}

impl Store {
    /// Begins another try of a plan that was found in `entry`; none if it has been settled or
    /// parked since. The try's own entry has the plan that is to be sent: a forced replay may
    /// have decided the event again.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read or written.
    pub async fn begin_try(
        &self,
        key: &LedgerKey,
        entry: LedgerEntry,
        name: String,
        now: Timestamp,
    ) -> Result<Option<Try>, StoreError> {
        let begin = |entry: Option<&LedgerEntry>| ledger::begin_try(entry, &name);
        let begun = self.change_entry("begin a try", key, Some(entry), now, begin);
        let (entry, has_begun) = begun.await?;
        let entry = entry.filter(|_| has_begun);
        Ok(entry.map(|entry| Try { name, entry }))
    }

    /// Writes that a push is about to stand in for a reply that was definitely
    /// refused; false unless this is the only try that may have sent it.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read or written.
    pub async fn begin_push(
        &self,
        key: &LedgerKey,
        this: &mut Try,
        ordinal: usize,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let name = this.name.as_str();
        // Others may have written the row and tried nothing: parked it, for one.
        let begin = |entry: Option<&LedgerEntry>| ledger::begin_push(entry, name, ordinal);
        const OPERATION: &str = "begin a push in place of a reply";
        let known = Some(this.entry.clone());
        let (entry, may_push) = self.change_entry(OPERATION, key, known, now, begin).await?;
        let written = entry.filter(|_| may_push);
        if let Some(written) = written.filter(|written| written.follows(&this.entry)) {
            this.entry = written;
        }
        Ok(may_push)
    }

    /// Ends a try with what became of each send; gives what is known of each then, by all
    /// tries. No row is made. `raw` is kept if the event is parked by it.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn end_try(
        &self,
        key: &LedgerKey,
        this: Try,
        effects: Vec<Delivery>,
        raw: &str,
        now: Timestamp,
    ) -> Result<Vec<Delivery>, StoreError> {
        let Try { name, entry } = this;
        let known = entry.writes;
        let end = |row: Option<&LedgerEntry>| {
            let ended = Ended {
                name: &name,
                known,
                effects: &effects,
                raw,
            };
            ledger::end_try(row, &ended, now)
        };
        let (entry, ()) = self
            .change_entry("end a try", key, Some(entry), now, end)
            .await?;
        // Without a row it was erased.
        Ok(entry.map_or(effects, |entry| entry.effects().to_vec()))
    }
}
