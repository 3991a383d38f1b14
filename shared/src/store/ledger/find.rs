//! Finding an event of which only the id is known.

use crate::domain::{BotId, EventId};
use crate::store::{LedgerKey, Store, StoreError, keys, s};

impl Store {
    /// The key of an account's event, whichever chat it is of. This reads the account's whole
    /// partition: it is for a person who waits.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn find_event(
        &self,
        bot: &BotId,
        event: &EventId,
    ) -> Result<Option<LedgerKey>, StoreError> {
        const OPERATION: &str = "look for an event";
        let mut from = None;
        loop {
            let query = self
                .client
                .query()
                .table_name(&self.table)
                .key_condition_expression("bot_id = :bot")
                .expression_attribute_values(":bot", s(keys::bot(bot)))
                .projection_expression("bot_id, chat_id")
                .set_exclusive_start_key(from);
            let page = query.send().await;
            let page = page.map_err(StoreError::unavailable(OPERATION))?;
            let rows = page.items.unwrap_or_default();
            let mut keys = rows.iter().filter_map(LedgerKey::of_plain_row);
            if let Some(key) = keys.find(|key| key.event == *event) {
                return Ok(Some(key));
            }
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(None);
            }
        }
    }
}
