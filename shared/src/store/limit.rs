//! Calls counted for all functions together: a row for each account and endpoint.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::ledger::Change;
use crate::domain::window::Window;
use crate::domain::{BotId, Timestamp};
use crate::store::row::{CountedRow, Place};
use crate::store::{Store, StoreError, keys};

#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
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
        self.expires_at = now.plus(per * 2).seconds();
        Ok(())
    }
}

impl CountedRow for LimitRow {
    fn version(&self) -> u64 {
        self.version
    }

    fn next(self) -> Self {
        let version = self.version + 1;
        Self { version, ..self }
    }

    /// Two calls that are counted in the same moment write the same row.
    fn is_written(&self, _: &Self) -> bool {
        false
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
        let sort = format!("{}{endpoint}", keys::LIMIT);
        let place = Place {
            operation: "count a call",
            key: keys::key(&keys::bot(bot), &sort),
            now,
        };
        let count = |seen: &LimitRow| {
            let mut row = seen.clone();
            match row.take(now, calls, per) {
                Ok(()) => Change::Write(row, None),
                Err(free_at) => Change::Keep(Some(free_at)),
            }
        };
        let (_, free_at) = self.change(&place, None, count).await?;
        Ok(free_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::row::VersionedRow;

    #[test]
    fn each_write_moves_the_counter_and_none_is_taken_for_another() {
        let row = CountedRow::next(CountedRow::next(LimitRow::default()));
        assert_eq!(row.version, 2);
        assert!(!VersionedRow::is_written(&row, &row));
    }

    #[test]
    fn a_row_stays_for_as_long_as_its_calls_count() {
        let (hour, now) = (Duration::from_secs(3600), Timestamp(7_000_000));
        let mut row = LimitRow::default();
        row.take(now, 1, hour).unwrap();
        let free_at = row.take(now, 1, hour).unwrap_err();
        assert!(row.expires_at > free_at.seconds());
    }
}
