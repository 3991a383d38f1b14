//! The event ledger: one row for each event, a file for each of what is done to it.

mod attempt;
mod message;
mod park;
mod row;
mod tries;

use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::{LedgerEntry, Outcome, Timestamp};
use crate::store::{Item, LedgerKey, Store, StoreError, if_held, n, s};

pub use attempt::Failing;
pub use tries::Try;

/// What a row has from its first write on; and its counter, which every write moves.
const KEPT_FROM_THE_FIRST: &str = "writes = if_not_exists(writes, :zero) + :one, \
    kind = if_not_exists(kind, :kind), #at = if_not_exists(#at, :at), \
    received_at = if_not_exists(received_at, :received), \
    attempts = if_not_exists(attempts, :zero)";

/// The values of [`KEPT_FROM_THE_FIRST`].
fn first_values(entry: &LedgerEntry) -> Item {
    Item::from([
        (":kind".into(), s(&entry.kind)),
        (":at".into(), n(entry.at.0)),
        (":received".into(), n(entry.received_at.0)),
        (":zero".into(), n(0)),
        (":one".into(), n(1)),
    ])
}

/// An outcome as a row has it.
fn word(outcome: Outcome) -> AttributeValue {
    s(outcome.name())
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
        const OPERATION: &str = "write the ledger";
        let put = self.client.put_item().table_name(&self.table);
        let item = entry
            .next_item(key)
            .map_err(StoreError::malformed(OPERATION))?;
        let (condition, values) = entry.as_loaded(now);
        let put = put
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(Some(values));
        Ok(if_held(OPERATION, put.send().await)?.is_some())
    }

    fn update_ledger(&self, key: &LedgerKey) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key.key()))
    }
}
