//! The events that are parked, page after page, by the index that lists them. It may be some
//! moments behind the rows themselves, and has only their keys.

use std::ops::RangeInclusive;

use crate::domain::Timestamp;
use crate::store::{Item, LedgerKey, Place, Store, StoreError, keys, n, number_of, s};

const OPERATION: &str = "list what is parked";
/// No row is parked later.
pub(in crate::store) const LATEST: Timestamp = Timestamp(i64::MAX);

/// One page of the index.
pub(in crate::store) struct ParkedItems {
    pub(in crate::store) items: Vec<Item>,
    pub(in crate::store) next: Option<Place>,
}

/// One page of what is parked, the longest parked first.
#[derive(Debug)]
pub struct ParkedKeysPage {
    pub rows: Vec<ParkedKey>,
    /// Where the next page begins; none on the last.
    pub next: Option<Place>,
}

/// What is parked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParkedKey {
    /// Since when.
    pub since: Timestamp,
    pub what: ParkedKeyOf,
}

/// What kind of row it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParkedKeyOf {
    /// An event, by its key.
    Event(LedgerKey),
    /// A message of the queue that nobody can read, by its id.
    Message(String),
    /// An event one of whose ids is kept as a hash: partition key and sort key.
    Hashed(String, String),
}

impl Store {
    /// A page of what has been parked since `since`; `from` is the page before's `next`.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn parked_keys(
        &self,
        since: Timestamp,
        from: Option<&Place>,
    ) -> Result<ParkedKeysPage, StoreError> {
        let page = self.parked_items(since..=LATEST, from, None).await?;
        Ok(ParkedKeysPage {
            rows: page.items.iter().map(read).collect(),
            next: page.next,
        })
    }

    /// A page of the index: rows that were parked in this time, the longest parked first.
    pub(in crate::store) async fn parked_items(
        &self,
        parked_at: RangeInclusive<Timestamp>,
        from: Option<&Place>,
        most: Option<i32>,
    ) -> Result<ParkedItems, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::PARKED)
            .key_condition_expression("parked = :parked AND parked_at BETWEEN :from AND :to")
            .expression_attribute_values(":parked", s(keys::PARKED))
            .expression_attribute_values(":from", n(parked_at.start().0))
            .expression_attribute_values(":to", n(parked_at.end().0))
            .set_limit(most)
            .set_exclusive_start_key(from.map(|place| place.0.clone()));
        let page = query.send().await;
        let page = page.map_err(StoreError::unavailable(OPERATION))?;
        Ok(ParkedItems {
            items: page.items.unwrap_or_default(),
            next: page.last_evaluated_key.map(Place),
        })
    }
}

fn read(item: &Item) -> ParkedKey {
    let (partition, sort) = (keys::partition_of(item), keys::sort_of(item));
    let what = match LedgerKey::of_plain_row(item) {
        Some(key) => ParkedKeyOf::Event(key),
        None if partition == keys::MESSAGES => ParkedKeyOf::Message(sort.to_owned()),
        None => ParkedKeyOf::Hashed(partition.to_owned(), sort.to_owned()),
    };
    let since = number_of(item, "parked_at").unwrap_or_default();
    ParkedKey {
        since: Timestamp(since),
        what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_parked_is_told_by_its_keys() {
        let what = |partition: &str, sort: &str| {
            let mut item = keys::key(partition, sort);
            item.insert("parked_at".into(), n(7));
            let row = read(&item);
            assert_eq!(row.since, Timestamp(7));
            row.what
        };
        let ParkedKeyOf::Event(key) = what("U1", "L2#01A") else {
            panic!("an event");
        };
        assert_eq!((key.bot.as_str(), key.event.as_str()), ("U1", "01A"));
        assert_eq!(key.chat.unwrap().as_str(), "L2");
        assert!(matches!(what("U1", "@bot#01A"), ParkedKeyOf::Event(key) if key.chat.is_none()));
        assert_eq!(what("@message", "m-1"), ParkedKeyOf::Message("m-1".into()));
        let hashed = what("U1", "sha256:00#01A");
        assert_eq!(
            hashed,
            ParkedKeyOf::Hashed("U1".into(), "sha256:00#01A".into())
        );
    }
}
