//! What accounts have used: a row for each account that takes counts, and one for each month that
//! is closed, which is never written again.

mod record;

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::domain::ledger::Change;
use crate::domain::usage::{AccountUsage, ClosedMonth, Month, Tally, UsageRecord};
use crate::domain::{BotId, Timestamp};
use crate::store::row::{CountedRow, Place};
use crate::store::{Item, Store, StoreError, keys, s, version};

pub(super) use record::{Raw, image, text};
pub use record::{ReadRecord, StreamRecord};

/// The row that takes counts.
const OPEN: &str = "open";
const COUNT: &str = "count usage";
const READ: &str = "read usage";

/// The row of an account that takes counts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct UsageRow {
    #[serde(flatten)]
    usage: AccountUsage,
    /// Counts the writes; 0 before the first.
    #[serde(default)]
    version: u64,
}

impl CountedRow for UsageRow {
    fn version(&self) -> u64 {
        self.version
    }

    fn next(self) -> Self {
        let version = self.version + 1;
        Self { version, ..self }
    }
}

fn place(bot: &BotId, row: &str) -> Item {
    keys::key(&keys::bot(bot), &format!("{}{row}", keys::USAGE))
}

impl Store {
    /// Counts records of one shard of the table's stream, all of this account, in order, in one
    /// write. What was counted before is left out, so that it may be asked for again.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read. The records may be counted.
    pub async fn count_usage(
        &self,
        bot: &BotId,
        shard: &str,
        records: &[UsageRecord],
        now: Timestamp,
    ) -> Result<Tally, StoreError> {
        let place = Place {
            operation: COUNT,
            key: place(bot, OPEN),
            now,
        };
        let change = |row: &UsageRow| {
            let mut row = row.clone();
            let tally = row.usage.count(shard, records, now);
            match tally.counted {
                0 => Change::Keep(tally),
                _ => Change::Write(row, tally),
            }
        };
        let (row, tally) = self.change(&place, None, change).await?;
        self.put_closed_away(bot, row).await?;
        Ok(tally)
    }

    /// Moves the months that take no counts any more into rows of their own: both or neither.
    async fn put_closed_away(&self, bot: &BotId, row: UsageRow) -> Result<(), StoreError> {
        let closed = row.usage.closed();
        if closed.is_empty() {
            return Ok(());
        }
        let open = UsageRow {
            usage: row.usage.without_closed(),
            version: row.version,
        };
        // The condition of the row that takes counts is that it is as it was read or written here.
        let open = self.put(place(bot, OPEN), open, Timestamp::default());
        let mut items = vec![open.map_err(|error| malformed(&error))?];
        for (month, closed) in closed {
            items.push(self.put_month(bot, month, &closed)?);
        }
        let write = self
            .client
            .transact_write_items()
            .set_transact_items(Some(items));
        let written = write.send().await;
        written.map(drop).map_err(StoreError::unavailable(COUNT))
    }

    /// A closed month never changes: its row must not be there yet.
    fn put_month(
        &self,
        bot: &BotId,
        month: Month,
        closed: &ClosedMonth,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut item: Item = to_item(closed).map_err(StoreError::malformed(COUNT))?;
        item.extend(place(bot, &month.to_string()));
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(version::stamped(item)))
            .condition_expression("attribute_not_exists(chat_id)")
            .build()
            .map_err(|error| malformed(&error))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// What an account has used in this month, as it is at `now`; nothing where nothing is known of
    /// the month.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read.
    pub async fn usage(
        &self,
        bot: &BotId,
        month: Month,
        now: Timestamp,
    ) -> Result<ClosedMonth, StoreError> {
        // In this order: a month that is put away in between is found in its own row.
        let open = self.open_usage(bot).await?;
        let closed: Option<ClosedMonth> = self.read(READ, place(bot, &month.to_string())).await?;
        Ok(closed.unwrap_or_else(|| open.month(month, now)))
    }

    /// What of an account's usage may still change, with its contracts.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn open_usage(&self, bot: &BotId) -> Result<AccountUsage, StoreError> {
        let row: Option<UsageRow> = self.read(READ, place(bot, OPEN)).await?;
        Ok(row.unwrap_or_default().usage)
    }

    /// The months of which an account has usage, in order.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read.
    pub async fn usage_months(&self, bot: &BotId) -> Result<Vec<Month>, StoreError> {
        let open = self.open_usage(bot).await?;
        let mut months: Vec<_> = open.months.into_keys().collect();
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("bot_id = :bot AND begins_with(chat_id, :usage)")
            .expression_attribute_values(":bot", s(keys::bot(bot)))
            .expression_attribute_values(":usage", s(keys::USAGE))
            .projection_expression("chat_id")
            .consistent_read(true);
        let mut pages = query.into_paginator().items().send();
        while let Some(row) = pages.next().await {
            let row = row.map_err(StoreError::unavailable(READ))?;
            let name = keys::sort_of(&row).strip_prefix(keys::USAGE);
            months.extend(name.and_then(|name| name.parse::<Month>().ok()));
        }
        months.sort_unstable();
        months.dedup();
        Ok(months)
    }
}

fn malformed(error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Malformed {
        operation: COUNT,
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::usage::{Contract, Counts, Position, Suspension};

    #[test]
    fn a_row_is_read_as_it_was_written() {
        let month: Month = "2026-11".parse().unwrap();
        let counts = Counts {
            events: 7,
            pushes: 3,
            units: [("news".to_owned(), 2)].into(),
            ..Counts::default()
        };
        let contract = Contract {
            since: Timestamp(1),
            ended: None,
            cancelled: false,
            suspensions: vec![Suspension {
                from: Timestamp(2),
                until: None,
            }],
        };
        let position = Position {
            last: "42".into(),
            at: Timestamp(3),
        };
        let usage = AccountUsage {
            months: [(month, counts.clone())].into(),
            first_open: Some(month),
            contracts: vec![contract],
            shards: [("a-shard".to_owned(), position)].into(),
        };
        let row = UsageRow { usage, version: 1 };
        let read: UsageRow = version::read(row.attributes().unwrap()).unwrap();
        assert_eq!(read, row);
        let closed = ClosedMonth {
            counts,
            attached_days: 3,
            suspended_days: 1,
        };
        let item: Item = to_item(&closed).unwrap();
        assert_eq!(item["events"].as_n().unwrap(), "7");
        assert_eq!(version::read::<ClosedMonth>(item).unwrap(), closed);
    }
}
