//! What a user has taken back.

use crate::domain::ledger::Change;
use crate::domain::{BotId, ChatId, LedgerEntry, Timestamp};
use crate::store::erase::key_of;
use crate::store::ledger::LedgerRow;
use crate::store::row::Place;
use crate::store::{Item, Store, StoreError, keys, s};

const OPERATION: &str = "take out what a user has taken back";

impl Store {
    /// Takes the words of a message out of the rows of its chat's events: of the message's own,
    /// and of its edits. Gives how many rows that were; 0 where none has them, or none any more.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn unsend(
        &self,
        bot: &BotId,
        chat: &ChatId,
        message_id: &str,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let mut changed = 0;
        for item in self.rows_of_message(bot, chat, message_id).await? {
            let take_out = |entry: &LedgerEntry| entry.clone().without_words();
            changed += usize::from(self.rewrite_event(OPERATION, &item, now, take_out).await?);
        }
        Ok(changed)
    }

    async fn rows_of_message(
        &self,
        bot: &BotId,
        chat: &ChatId,
        message_id: &str,
    ) -> Result<Vec<Item>, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("bot_id = :bot AND begins_with(chat_id, :chat)")
            .filter_expression("message_id = :message")
            .expression_attribute_values(":bot", s(keys::bot(bot)))
            .expression_attribute_values(":chat", s(format!("{}#", keys::chat(chat))))
            .expression_attribute_values(":message", s(message_id));
        let mut items = Vec::new();
        let mut pages = query.into_paginator().items().send();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(StoreError::unavailable(OPERATION))?);
        }
        Ok(items)
    }

    /// Writes an event's row as `change` makes it, if that makes it another; tells whether it is
    /// written. Of one that cannot be read the event's JSON and its plan go.
    pub(super) async fn rewrite_event(
        &self,
        operation: &'static str,
        item: &Item,
        now: Timestamp,
        change: impl Fn(&LedgerEntry) -> LedgerEntry,
    ) -> Result<bool, StoreError> {
        let place = Place {
            operation,
            key: key_of(item),
            now,
        };
        let rewrite = |row: &LedgerRow| {
            let next = match row {
                LedgerRow::Absent => None,
                LedgerRow::Entry(entry) => {
                    let next = change(entry);
                    (next != *entry).then_some(LedgerRow::Entry(next))
                }
                LedgerRow::Unreadable(row) => row.without_words().map(LedgerRow::Unreadable),
            };
            Change::write_if(next, true, false)
        };
        Ok(self.change(&place, None, rewrite).await?.1)
    }
}
