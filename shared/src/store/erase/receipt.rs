//! What an erasure has done so far. It names nobody but the account, and stays.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::ledger::Change;
use crate::domain::{BotId, Timestamp};
use crate::store::kind::RowKind;
use crate::store::row::{CountedRow, Place};
use crate::store::{Store, StoreError, keys};

/// Numbers of rows, by their kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counts(pub BTreeMap<String, u64>);

impl Counts {
    /// One more of this kind.
    pub fn count(&mut self, kind: RowKind) {
        *self.0.entry(kind.name().to_owned()).or_default() += 1;
    }

    /// Those of others too.
    pub fn add(&mut self, others: &Self) {
        for (kind, number) in &others.0 {
            *self.0.entry(kind.clone()).or_default() += number;
        }
    }

    /// Of all kinds.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }
}

impl Extend<RowKind> for Counts {
    fn extend<I: IntoIterator<Item = RowKind>>(&mut self, kinds: I) {
        kinds.into_iter().for_each(|kind| self.count(kind));
    }
}

/// An erasure, as far as it has come. What a worker did in the moment in which its process ended
/// is not counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// Since when all of it is done; none before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Whether it is of one chat, or of the account whole.
    pub is_of_chat: bool,
    /// Rows that are gone.
    #[serde(default)]
    pub removed: Counts,
    /// Rows of others that named the chat's user, and do so no more.
    #[serde(default)]
    pub changed: Counts,
    /// Rows that still name the user, which no erasure may write.
    #[serde(default)]
    pub left: Counts,
    /// Where the next worker goes on, while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Counts the writes; 0 before the first.
    #[serde(default)]
    pub version: u64,
}

impl Receipt {
    /// What cannot be erased here, for whoever has asked for it.
    pub const NOT_ERASED: &'static str = "Events of the chat that the queue held behind this \
        request were handled after it, as those of a new chat; LINE keeps its own records; logs \
        and backups have no words and end by their own time.";
}

impl CountedRow for Receipt {
    fn version(&self) -> u64 {
        self.version
    }

    fn next(self) -> Self {
        let version = self.version + 1;
        Self { version, ..self }
    }
}

impl Store {
    /// What an erasure of this id has done so far; none if there is none.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn receipt(&self, bot: &BotId, id: &str) -> Result<Option<Receipt>, StoreError> {
        self.read("read a receipt", receipt_key(bot, id)).await
    }

    /// Changes an erasure's receipt, or makes it. `change` may run again.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn update_receipt(
        &self,
        bot: &BotId,
        id: &str,
        change: impl Fn(&mut Receipt),
    ) -> Result<Receipt, StoreError> {
        let place = Place {
            operation: "write a receipt",
            key: receipt_key(bot, id),
            now: Timestamp::default(),
        };
        let change = |before: &Receipt| {
            let mut receipt = before.clone();
            change(&mut receipt);
            match receipt == *before && before.version > 0 {
                true => Change::Keep(()),
                false => Change::Write(receipt, ()),
            }
        };
        Ok(self.change(&place, None, change).await?.0)
    }
}

fn receipt_key(bot: &BotId, id: &str) -> crate::store::Item {
    keys::key(&keys::bot(bot), &format!("{}{id}", keys::RECEIPT))
}
