//! The timers of a chat, or of the account itself, that wait or are under way. They stand under
//! hashes of their names: all of the account's are read for it.

use serde::Deserialize;

use crate::domain::{BotId, ChatId, EventId, Timestamp};
use crate::store::{Item, Store, StoreError, keys, s, version};

const OPERATION: &str = "list the timers";

/// A timer that is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WaitingTimer {
    /// The name that the module gave it.
    pub name: String,
    /// The chat; none of the account's own.
    #[serde(default)]
    pub chat: Option<ChatId>,
    /// When it is due.
    pub due_at: Timestamp,
    /// When it was queued, if it is under way.
    #[serde(default)]
    pub queued_at: Option<Timestamp>,
    /// The event whose handler set it.
    pub event: EventId,
    /// The newest attach known when it was set: one of an ended attachment does not ring.
    pub epoch: Timestamp,
}

impl Store {
    /// The timers of a chat, or of the account itself, in the order in which they are due. A row
    /// that cannot be read is left out.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn timers(
        &self,
        bot: &BotId,
        chat: Option<&ChatId>,
    ) -> Result<Vec<WaitingTimer>, StoreError> {
        let (mut from, mut timers) = (None, Vec::new());
        loop {
            let query = self.timers_of(bot, chat).set_exclusive_start_key(from);
            let page = query
                .send()
                .await
                .map_err(StoreError::unavailable(OPERATION))?;
            let items = page.items.unwrap_or_default().into_iter();
            timers.extend(items.filter_map(read));
            from = page.last_evaluated_key;
            if from.is_none() {
                timers.sort_by(|one, two| (one.due_at, &one.name).cmp(&(two.due_at, &two.name)));
                return Ok(timers);
            }
        }
    }

    fn timers_of(
        &self,
        bot: &BotId,
        chat: Option<&ChatId>,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("bot_id = :bot AND begins_with(chat_id, :timer)")
            .expression_attribute_values(":bot", s(keys::bot(bot)))
            .expression_attribute_values(":timer", s(keys::TIMER));
        match chat {
            Some(chat) => query
                .filter_expression("chat = :chat")
                .expression_attribute_values(":chat", s(chat.as_str())),
            None => query.filter_expression("attribute_not_exists(chat)"),
        }
    }
}

fn read(item: Item) -> Option<WaitingTimer> {
    version::read(item).ok()
}
