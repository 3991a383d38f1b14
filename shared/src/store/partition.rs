//! All rows of an account, page after page, as they are.

use crate::domain::BotId;
use crate::store::ledger::unpacked;
use crate::store::{Item, Store, StoreError, keys, s};

/// Some rows of an account.
pub(super) struct Page {
    pub(super) items: Vec<Item>,
    /// The sort key after which the next page begins; none on the last.
    pub(super) next: Option<String>,
}

impl Store {
    /// Up to `most` rows of an account, those after the sort key `from`.
    pub(super) async fn partition(
        &self,
        operation: &'static str,
        bot: &BotId,
        from: Option<&str>,
        most: i32,
    ) -> Result<Page, StoreError> {
        let bot = keys::bot(bot);
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("bot_id = :bot")
            .expression_attribute_values(":bot", s(&bot))
            .limit(most)
            .set_exclusive_start_key(from.map(|sort| keys::key(&bot, sort)));
        let page = query.send().await;
        let page = page.map_err(StoreError::unavailable(operation))?;
        let next = page.last_evaluated_key;
        let items = page.items.unwrap_or_default().into_iter();
        Ok(Page {
            items: items.map(unpacked).collect(),
            next: next.map(|key| keys::sort_of(&key).to_owned()),
        })
    }
}
