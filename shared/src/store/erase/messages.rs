//! Messages of the queue that nobody could read: they may be anybody's.

use crate::domain::{BotId, Outcome, Timestamp, ledger_end};
use crate::store::erase::text;
use crate::store::{Item, Store, StoreError, if_held, keys, n, number_of, s, version};

const OPERATION: &str = "end a parked message";

impl Store {
    /// Ends the parked messages of the queue that name this account and `id`; gives how many.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn end_messages_of(
        &self,
        bot: &BotId,
        id: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("bot_id = :messages")
            .expression_attribute_values(":messages", s(keys::MESSAGES));
        let mut ended = 0;
        let mut pages = query.into_paginator().items().send();
        while let Some(item) = pages.next().await {
            let item = item.map_err(StoreError::unavailable(OPERATION))?;
            let raw = text(&item, "raw").unwrap_or_default();
            let Some(since) = number_of(&item, "parked_at") else {
                continue;
            };
            if raw.contains(bot.as_str()) && raw.contains(id) {
                let reason = "it was erased: a user it named asked for it";
                let key = keys::sort_of(&item);
                ended += u64::from(self.end_message(key, Timestamp(since), reason, now).await?);
            }
        }
        Ok(ended)
    }

    /// Settles a parked message of the queue, without its body; false if it is not parked since
    /// `since`.
    ///
    /// # Errors
    /// The table is not available.
    pub(in crate::store) async fn end_message(
        &self,
        message_id: &str,
        since: Timestamp,
        reason: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let fields = Item::from([
            ("outcome".into(), s(Outcome::Done.name())),
            ("reason".into(), s(reason)),
            ("expires_at".into(), n(ledger_end(now))),
        ]);
        let item = keys::with_key(version::stamped(fields), keys::MESSAGES, message_id);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("parked_at = :since")
            .expression_attribute_values(":since", n(since.0));
        Ok(if_held(OPERATION, put.send().await)?.is_some())
    }
}
