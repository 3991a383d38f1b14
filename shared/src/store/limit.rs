//! Calls counted for all functions together: a row for each account and endpoint.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::domain::window::Window;
use crate::domain::{BotId, Timestamp};
use crate::store::{Item, Store, StoreError, keys};

/// Maximum number of times that a call is counted again because others were counted meanwhile.
const MOST_ROUNDS: u32 = 16;

#[derive(Default, Serialize, Deserialize)]
struct LimitRow {
    calls: Window,
    version: u64,
    /// In epoch seconds; what it holds has lapsed long before.
    expires_at: i64,
}

impl LimitRow {
    /// Counts a call, as [`Window::take`] does.
    fn take(&mut self, now: Timestamp, calls: u32, per: Duration) -> Result<(), Timestamp> {
        self.calls.take(now, calls, per)?;
        self.version += 1;
        self.expires_at = now.plus(per * 2).seconds();
        Ok(())
    }
}

impl Store {
    /// Counts a call of `endpoint`, if it is one of at most `calls` within `per`;
    /// else gives when it is worth asking again.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read. The call may have
    /// been counted.
    pub async fn count_call(
        &self,
        bot: &BotId,
        endpoint: &str,
        calls: u32,
        per: Duration,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        const OPERATION: &str = "count a call";
        let (bot, sort) = (keys::bot(bot), format!("{}{endpoint}", keys::LIMIT));
        for _ in 0..MOST_ROUNDS {
            let mut row: LimitRow = self
                .read(OPERATION, keys::key(&bot, &sort))
                .await?
                .unwrap_or_default();
            let seen = row.version;
            if let Err(free_at) = row.take(now, calls, per) {
                return Ok(Some(free_at));
            }
            let item = to_item(&row).map(|item: Item| keys::with_key(item, &bot, &sort));
            if self.put_version(OPERATION, item, seen).await? {
                return Ok(None);
            }
        }
        let reason = "the row keeps changing".into();
        Err(StoreError::Unavailable {
            operation: OPERATION,
            reason,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_stays_for_as_long_as_its_calls_count() {
        let (hour, now) = (Duration::from_secs(3600), Timestamp(7_000_000));
        let mut row = LimitRow::default();
        row.take(now, 1, hour).unwrap();
        let free_at = row.take(now, 1, hour).unwrap_err();
        assert!(row.expires_at > free_at.seconds());
        assert_eq!(row.version, 1);
    }
}
