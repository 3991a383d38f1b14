//! Messages of the queue that no worker can read.

use aws_sdk_dynamodb::types::ReturnValue;
use serde::Deserialize;

use crate::domain::ledger::ParkKind;
use crate::domain::{Outcome, Timestamp, keepable, ledger_end};
use crate::store::ledger::row::IN_INDEX;
use crate::store::ledger::word;
use crate::store::{Item, Store, StoreError, keys, n, s, version};

impl Store {
    /// The body of a parked message of the queue.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn parked_message(&self, message_id: &str) -> Result<Option<String>, StoreError> {
        #[derive(Deserialize)]
        struct Parked {
            raw: Option<String>,
        }
        let key = keys::key(keys::MESSAGES, message_id);
        let parked: Option<Parked> = self.read("read a parked message", key).await?;
        Ok(parked.and_then(|parked| parked.raw))
    }

    /// Records that a message of the queue could not be read at `now`; tells when that
    /// was met first.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn note_unread(
        &self,
        message_id: &str,
        now: Timestamp,
    ) -> Result<Timestamp, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::key(keys::MESSAGES, message_id)))
            .update_expression(
                "SET failing_since = if_not_exists(failing_since, :now), \
                 expires_at = if_not_exists(expires_at, :end), v = :v",
            )
            .expression_attribute_values(":now", n(now.0))
            .expression_attribute_values(":end", n(ledger_end(now)))
            .expression_attribute_values(":v", n(version::VERSION))
            .return_values(ReturnValue::AllNew);
        let written = update
            .send()
            .await
            .map_err(StoreError::unavailable("note an unread message"))?;
        let since = written.attributes.and_then(|row| {
            let since = row.get("failing_since")?.as_n().ok()?;
            Some(Timestamp(since.parse().ok()?))
        });
        Ok(since.unwrap_or(now))
    }

    /// Keeps a message of the queue that no worker can read.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn park_message(
        &self,
        message_id: &str,
        body: &str,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let fields = Item::from([
            ("outcome".into(), word(Outcome::Parked)),
            ("park_kind".into(), s(ParkKind::Unreadable.name())),
            ("reason".into(), s(reason)),
            ("raw".into(), s(keepable(body))),
            ("parked".into(), s(IN_INDEX)),
            ("parked_at".into(), n(now.0)),
        ]);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(keys::with_key(
                version::stamped(fields),
                keys::MESSAGES,
                message_id,
            )));
        put.send()
            .await
            .map(drop)
            .map_err(StoreError::unavailable("park a message"))
    }
}
