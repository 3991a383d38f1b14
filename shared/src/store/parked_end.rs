//! The end of parked events whose time is over, by the index that lists them: the oldest first. It
//! may be some moments behind.

use crate::domain::Timestamp;
use crate::domain::ledger::Change;
use crate::store::ledger::LedgerRow;
use crate::store::parked_keys::LATEST;
use crate::store::row::Place;
use crate::store::{Item, Store, StoreError, keys, number_of};

/// Maximum number of rows read at once.
const PAGE: i32 = 200;

/// A parked event, or a message of the queue that nobody can read.
#[derive(Debug, Clone)]
pub struct EndingParked {
    bot_id: String,
    sort: String,
    since: Timestamp,
}

impl EndingParked {
    fn of(item: &Item) -> Option<Self> {
        let text = |name: &str| item.get(name)?.as_s().ok().cloned();
        Some(Self {
            bot_id: text("bot_id")?,
            sort: text("chat_id")?,
            since: Timestamp(number_of(item, "parked_at")?),
        })
    }

    /// The account, and the event's or message's id: for logs, which name no chat.
    pub fn names(&self) -> (&str, &str) {
        let event = self.sort.rsplit('#').next();
        (&self.bot_id, event.unwrap_or_default())
    }
}

impl Store {
    /// Some of the events that were parked before a time.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn parked_before(&self, before: Timestamp) -> Result<Vec<EndingParked>, StoreError> {
        self.parked_up_to(before, PAGE).await
    }

    /// Since when the oldest parked event is parked; none if there is none.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn oldest_parked(&self) -> Result<Option<Timestamp>, StoreError> {
        let oldest = self.parked_up_to(LATEST, 1).await?;
        Ok(oldest.first().map(|row| row.since))
    }

    async fn parked_up_to(
        &self,
        before: Timestamp,
        most: i32,
    ) -> Result<Vec<EndingParked>, StoreError> {
        let page = self.parked_items(Timestamp(0)..=before, None, Some(most));
        let items = page.await?.items;
        Ok(items.iter().filter_map(EndingParked::of).collect())
    }

    /// Settles a parked event whose time is over, without the event itself; false if it is not
    /// parked any more, or was parked again.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn expire_parked(
        &self,
        parked: &EndingParked,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        if parked.bot_id == keys::MESSAGES {
            let reason = "it was parked, and nobody has looked at it in time";
            let (message, since) = (&parked.sort, parked.since);
            return self.end_message(message, since, reason, now).await;
        }
        let place = Place {
            operation: "end a parked event",
            key: keys::key(&parked.bot_id, &parked.sort),
            now,
        };
        let expire = |row: &LedgerRow| {
            let next = match row {
                LedgerRow::Absent => None,
                LedgerRow::Entry(entry) => entry.expired(parked.since, now).map(LedgerRow::Entry),
                LedgerRow::Unreadable(row) => (row.parked_at() == Some(parked.since))
                    .then(|| LedgerRow::Unreadable(row.expired(now))),
            };
            Change::write_if(next, true, false)
        };
        Ok(self.change(&place, None, expire).await?.1)
    }
}
