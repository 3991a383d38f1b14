//! One row by its key: read as it is now, changed, and written if nobody has written it since.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::domain::Timestamp;
use crate::domain::ledger::Change;
use crate::store::version::{self, Unread};
use crate::store::{Item, Store, StoreError, if_held, n};

/// Maximum number of times that a row is changed again, as others have written it meanwhile.
const MOST_ROUNDS: u32 = 16;

/// A row that counts its writes.
pub(super) trait VersionedRow: Sized {
    /// The row in the table; one of version 0 where there is none.
    fn read(item: Option<Item>, now: Timestamp) -> Result<Self, Unread>;

    /// The row one write on.
    fn next(self) -> Self;

    /// As the table has it, with or without its key.
    fn to_item(&self) -> Result<Item, serde_dynamo::Error>;

    /// The condition that nobody has written the row since it was read, and its values.
    fn unchanged(&self, now: Timestamp) -> (&'static str, Item);

    /// Whether `found` is this row, as it was about to be written. Then it was written, and
    /// only the answer to the first of the SDK's tries was lost.
    fn is_written(&self, found: &Self) -> bool;
}

/// A row that counts its writes in `version`, 0 before the first, and has no end.
pub(super) trait CountedRow: Default + PartialEq + Serialize + DeserializeOwned {
    fn version(&self) -> u64;

    /// The row one write on.
    fn next(self) -> Self;

    /// As the table has it, without its key.
    fn attributes(&self) -> Result<Item, serde_dynamo::Error> {
        to_item(self).map(version::stamped)
    }

    /// See [`VersionedRow::is_written`].
    fn is_written(&self, found: &Self) -> bool {
        self == found
    }
}

impl<R: CountedRow> VersionedRow for R {
    fn read(item: Option<Item>, _: Timestamp) -> Result<Self, Unread> {
        item.map_or_else(|| Ok(Self::default()), version::read)
    }

    fn next(self) -> Self {
        CountedRow::next(self)
    }

    fn to_item(&self) -> Result<Item, serde_dynamo::Error> {
        self.attributes()
    }

    fn unchanged(&self, _: Timestamp) -> (&'static str, Item) {
        match self.version() {
            0 => ("attribute_not_exists(chat_id)", Item::new()),
            version => (
                "version = :version",
                Item::from([(":version".into(), n(version))]),
            ),
        }
    }

    fn is_written(&self, found: &Self) -> bool {
        CountedRow::is_written(self, found)
    }
}

/// Which row, for what, and when: a row past its time counts as absent.
pub(super) struct Place {
    pub(super) operation: &'static str,
    pub(super) key: Item,
    pub(super) now: Timestamp,
}

impl Store {
    /// Changes a row, as often as others write it in between; gives the row as it is then.
    /// `known` is the row as it was read or written last: it need not be read first.
    pub(super) async fn change<R: VersionedRow, T>(
        &self,
        place: &Place,
        mut known: Option<R>,
        change: impl Fn(&R) -> Change<R, T>,
    ) -> Result<(R, T), StoreError> {
        let mut refused: Option<(R, T)> = None;
        for _ in 0..MOST_ROUNDS {
            let row = match known.take() {
                Some(row) => row,
                None => self.read_versioned(place).await?,
            };
            if let Some(written) = refused.take().filter(|(next, _)| next.is_written(&row)) {
                return Ok(written);
            }
            let (next, result) = match change(&row) {
                Change::Write(next, result) => (next.next(), result),
                Change::Keep(result) => return Ok((row, result)),
            };
            if self.put_next(place, &row, &next).await? {
                return Ok((next, result));
            }
            refused = Some((next, result));
        }
        Err(StoreError::Unavailable {
            operation: place.operation,
            reason: "the row keeps changing".into(),
        })
    }

    /// Writes a row in place of the one that was read; false if others have written it since.
    pub(super) async fn put_next<R: VersionedRow>(
        &self,
        place: &Place,
        seen: &R,
        next: &R,
    ) -> Result<bool, StoreError> {
        let mut item = next
            .to_item()
            .map_err(StoreError::malformed(place.operation))?;
        item.extend(place.key.clone());
        let (condition, values) = seen.unchanged(place.now);
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression(condition)
            .set_expression_attribute_values(given(values));
        Ok(if_held(place.operation, put.send().await)?.is_some())
    }

    async fn read_versioned<R: VersionedRow>(&self, place: &Place) -> Result<R, StoreError> {
        let item = self.read_item(place.operation, place.key.clone()).await?;
        R::read(item, place.now).map_err(StoreError::unread(place.operation))
    }

    /// The row, if there is one.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        key: Item,
    ) -> Result<Option<T>, StoreError> {
        let item = self.read_item(operation, key).await?;
        item.map(|item| version::read(item).map_err(StoreError::unread(operation)))
            .transpose()
    }

    async fn read_item(
        &self,
        operation: &'static str,
        key: Item,
    ) -> Result<Option<Item>, StoreError> {
        let get = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key))
            .consistent_read(true);
        let answer = get.send().await;
        Ok(answer.map_err(StoreError::unavailable(operation))?.item)
    }
}

/// Values for a condition; DynamoDB refuses an empty map of them.
pub(super) fn given(values: Item) -> Option<Item> {
    Some(values).filter(|values| !values.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::store::{BotRow, ChatRow};

    use super::*;

    fn moves<R: CountedRow>() {
        let row = R::default();
        let once = VersionedRow::next(row);
        assert_eq!(once.version(), 1);
        assert!(VersionedRow::is_written(&once, &once));
        assert!(!VersionedRow::is_written(&once, &R::default()));
        assert_eq!(VersionedRow::next(once).version(), 2);
    }

    #[test]
    fn each_write_moves_the_counter_by_which_it_is_known() {
        moves::<BotRow>();
        moves::<ChatRow>();
    }
}
