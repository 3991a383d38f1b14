//! The module's own rows, in the account's partition. Their writes join the
//! commit, each with its condition.

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use serde::Deserialize;

use crate::domain::{BotId, Timestamp};
use crate::store::{Item, Store, StoreError, keys, n, s, version};

/// One row of the module's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleRow {
    /// The module's own key for it.
    pub key: String,
    /// What it holds, as JSON.
    pub value: String,
    /// Which write made it.
    pub version: String,
    /// The newest attach known when it was created.
    pub epoch: Timestamp,
    /// From when on it counts as absent. The table may keep it for two days longer.
    pub expires_at: Option<Timestamp>,
}

/// A write that the module plans. It holds only if the row is as the module saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// A row that must not be there yet.
    Create {
        key: String,
        /// What it will hold, as JSON.
        value: String,
        /// From when on it counts as absent; in whole seconds.
        expires_at: Option<Timestamp>,
    },
    /// Another value for a row that must be as it was read.
    Replace {
        key: String,
        /// What it will hold, as JSON.
        value: String,
        /// From when on it counts as absent; in whole seconds.
        expires_at: Option<Timestamp>,
        /// The write that made it.
        version: String,
        /// The epoch that it was created in, and stays of.
        epoch: Timestamp,
    },
    /// The end of a row that must be as it was read.
    Delete {
        key: String,
        /// The write that made it.
        version: String,
        /// The epoch that it was created in.
        epoch: Timestamp,
    },
}

/// A page of the module's rows.
#[derive(Debug)]
pub struct ModuleRowsPage {
    pub rows: Vec<ModuleRow>,
    /// The last key that was looked at, if there are more.
    pub next: Option<String>,
}

/// What a written row says of its own writing.
pub(super) struct Writing<'a> {
    pub(super) bot: &'a BotId,
    /// Which write makes it: no other row ever has the same.
    pub(super) version: &'a str,
    pub(super) epoch: Timestamp,
    pub(super) detached_at: Option<Timestamp>,
    pub(super) now: Timestamp,
}

impl RowChange {
    /// The key it changes.
    pub fn key(&self) -> &str {
        match self {
            Self::Create { key, .. } | Self::Replace { key, .. } | Self::Delete { key, .. } => key,
        }
    }

    pub(super) fn write(
        &self,
        table: &str,
        writing: &Writing<'_>,
    ) -> Result<TransactWriteItem, aws_sdk_dynamodb::error::BuildError> {
        match self {
            Self::Create {
                key,
                value,
                expires_at,
            } => {
                let item = item(writing, writing.epoch, key, (value, *expires_at));
                let put = Put::builder().table_name(table).set_item(Some(item));
                // What an ended attachment left behind is as good as absent, and so is what has
                // expired.
                let absent = "attribute_not_exists(chat_id) OR expires_at <= :now";
                let put = match writing.detached_at {
                    None => put.condition_expression(absent),
                    Some(at) => put
                        .condition_expression(format!("{absent} OR epoch <= :detached"))
                        .expression_attribute_values(":detached", n(at.0)),
                };
                let put = put.expression_attribute_values(":now", n(writing.now.seconds()));
                Ok(TransactWriteItem::builder().put(put.build()?).build())
            }
            Self::Replace {
                key,
                value,
                expires_at,
                version,
                epoch,
            } => {
                let put = Put::builder()
                    .table_name(table)
                    .set_item(Some(item(writing, *epoch, key, (value, *expires_at))))
                    .condition_expression("version = :seen")
                    .expression_attribute_values(":seen", s(version));
                Ok(TransactWriteItem::builder().put(put.build()?).build())
            }
            Self::Delete { key, version, .. } => {
                let delete = Delete::builder()
                    .table_name(table)
                    .set_key(Some(row_key(writing.bot, key)))
                    .condition_expression("version = :seen")
                    .expression_attribute_values(":seen", s(version));
                Ok(TransactWriteItem::builder().delete(delete.build()?).build())
            }
        }
    }
}

const OPERATION: &str = "read a module's rows";

fn row_key(bot: &BotId, key: &str) -> Item {
    keys::key(&keys::bot(bot), &format!("{}{key}", keys::MODULE))
}

fn item(
    writing: &Writing<'_>,
    epoch: Timestamp,
    key: &str,
    (value, expires_at): (&str, Option<Timestamp>),
) -> Item {
    let mut item = row_key(writing.bot, key);
    item.insert("value".into(), s(value));
    item.insert("version".into(), s(writing.version));
    item.insert("epoch".into(), n(epoch.0));
    if let Some(expires_at) = expires_at {
        item.insert("expires_at".into(), n(expires_at.seconds()));
    }
    version::stamped(item)
}

#[derive(Deserialize)]
struct Kept {
    chat_id: String,
    value: String,
    version: String,
    #[serde(default)]
    epoch: Timestamp,
    /// In seconds, as DynamoDB has it.
    #[serde(default)]
    expires_at: Option<i64>,
}

fn kept(item: Item) -> Result<Kept, StoreError> {
    version::read(item).map_err(StoreError::unread(OPERATION))
}

impl Kept {
    /// The row, unless an ended attachment left it behind.
    fn into_row(self, detached_at: Option<Timestamp>) -> Option<ModuleRow> {
        let present = detached_at.is_none_or(|detached_at| self.epoch > detached_at);
        let key = self.chat_id.strip_prefix(keys::MODULE)?.to_owned();
        present.then_some(ModuleRow {
            key,
            value: self.value,
            version: self.version,
            epoch: self.epoch,
            expires_at: self.expires_at.map(|at| Timestamp(at * 1000)),
        })
    }
}

impl Store {
    /// One row of the module's.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn module_row(
        &self,
        bot: &BotId,
        key: &str,
        detached_at: Option<Timestamp>,
    ) -> Result<Option<ModuleRow>, StoreError> {
        let kept: Option<Kept> = self.read("read a module's row", row_key(bot, key)).await?;
        Ok(kept.and_then(|kept| kept.into_row(detached_at)))
    }

    /// The module's rows whose keys begin with `prefix`, in the order of their keys.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read.
    pub async fn module_rows(
        &self,
        bot: &BotId,
        prefix: &str,
        detached_at: Option<Timestamp>,
    ) -> Result<Vec<ModuleRow>, StoreError> {
        let query = self.module_rows_query(bot, prefix);
        let mut rows = Vec::new();
        let mut pages = query.into_paginator().items().send();
        while let Some(item) = pages.next().await {
            let item = item.map_err(StoreError::unavailable(OPERATION))?;
            rows.extend(kept(item)?.into_row(detached_at));
        }
        Ok(rows)
    }

    /// At most `most` of these rows, after the key `after`, which begins with `prefix` as well.
    ///
    /// # Errors
    /// As [`Store::module_rows`].
    pub async fn module_rows_page(
        &self,
        bot: &BotId,
        (prefix, after): (&str, Option<&str>),
        most: i32,
        detached_at: Option<Timestamp>,
    ) -> Result<ModuleRowsPage, StoreError> {
        let query = self
            .module_rows_query(bot, prefix)
            .limit(most)
            .set_exclusive_start_key(after.map(|key| row_key(bot, key)));
        let page = query.send().await;
        let page = page.map_err(StoreError::unavailable(OPERATION))?;
        let last = page.last_evaluated_key.as_ref().map(keys::sort_of);
        let next = last
            .and_then(|sort| sort.strip_prefix(keys::MODULE))
            .map(str::to_owned);
        let mut rows = Vec::new();
        for item in page.items.unwrap_or_default() {
            rows.extend(kept(item)?.into_row(detached_at));
        }
        Ok(ModuleRowsPage { rows, next })
    }

    fn module_rows_query(&self, bot: &BotId, prefix: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .key_condition_expression("bot_id = :bot AND begins_with(chat_id, :prefix)")
            .expression_attribute_values(":bot", s(keys::bot(bot)))
            .expression_attribute_values(":prefix", s(format!("{}{prefix}", keys::MODULE)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_of_the_attachment_in_which_it_was_written() {
        let is_shown = |epoch: i64, detached_at: Option<i64>| {
            let kept = Kept {
                chat_id: format!("{}a", keys::MODULE),
                value: "1".into(),
                version: "e".into(),
                epoch: Timestamp(epoch),
                expires_at: None,
            };
            kept.into_row(detached_at.map(Timestamp)).is_some()
        };
        assert!(is_shown(0, None));
        assert!(is_shown(21, Some(20)));
        assert!(!is_shown(20, Some(20)));
    }
}
