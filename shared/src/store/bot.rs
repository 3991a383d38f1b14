//! The row of an account: attached or not, suspended or not, its scopes, its name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use serde_json::Value;

use crate::domain::ledger::Change;
use crate::domain::{BotId, BotState, Entitlement, Timestamp};
use crate::store::row::{CountedRow, Place};
use crate::store::{Item, Store, StoreError, keys, n, s, version};

/// An account, as kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotRow {
    /// Its registers.
    #[serde(flatten)]
    pub state: BotState,
    /// Its name, for screens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The id that people search for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basic_id: Option<String>,
    /// What it has set of the module, by key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, Value>,
    /// The ids of the rich menus that the module has made for it, by their names at LINE.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub menus: BTreeMap<String, String>,
    /// The ids of the audiences that the module has made for it, by the module's names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub audiences: BTreeMap<String, u64>,
    /// The ids of its coupons, by the module's names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub coupons: BTreeMap<String, String>,
    /// When its daily timers are due, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dailies: BTreeMap<String, ArmedDaily>,
    /// Counts the writes; 0 before the first.
    #[serde(default)]
    pub version: u64,
}

/// A daily timer of an account, as it was set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArmedDaily {
    /// Time and zone by which it was set: `18:00 Asia/Tokyo`.
    pub at: String,
    /// When it is due next.
    pub due: Timestamp,
    /// The newest attach known when it was set.
    pub epoch: Timestamp,
}

/// What became of an account's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// As it was; an empty one if there was none.
    pub before: BotRow,
    /// As it is.
    pub row: BotRow,
}

impl CountedRow for BotRow {
    fn version(&self) -> u64 {
        self.version
    }

    fn next(self) -> Self {
        let version = self.version + 1;
        Self { version, ..self }
    }

    fn attributes(&self) -> Result<Item, serde_dynamo::Error> {
        let mut item: Item = to_item(self)?;
        item.insert("epoch".into(), n(self.state.epoch().0));
        // The key of the index that lists all accounts.
        item.insert("listed".into(), s(keys::LISTED));
        Ok(match self.is_stopped() {
            true => version::stamped_as(version::NEWEST, item),
            false => version::stamped(item),
        })
    }
}

impl BotRow {
    /// Whether something of ours may keep the account from speaking, which the release before
    /// does not know, and would lose when it writes the row.
    fn is_stopped(&self) -> bool {
        let entitlement = self.state.entitlement();
        self.state.pause.is_some() || entitlement != Entitlement::Yes
    }
}

impl Store {
    /// Changes the account's row, or makes it. `change` may run again, on what
    /// someone else has written meanwhile; it writes only what it changes.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read.
    pub async fn update_bot(
        &self,
        bot: &BotId,
        change: impl Fn(&mut BotRow),
    ) -> Result<BotRow, StoreError> {
        Ok(self.change_bot(bot, change).await?.row)
    }

    /// The same; tells also what the row was before.
    ///
    /// # Errors
    /// As [`Store::update_bot`].
    pub async fn change_bot(
        &self,
        bot: &BotId,
        change: impl Fn(&mut BotRow),
    ) -> Result<Changed, StoreError> {
        let place = Place {
            operation: "change a bot",
            key: keys::key(&keys::bot(bot), keys::BOT),
            now: Timestamp::default(),
        };
        let change = |before: &BotRow| {
            let mut row = before.clone();
            change(&mut row);
            match row == *before && before.version > 0 {
                true => Change::Keep(before.clone()),
                false => Change::Write(row, before.clone()),
            }
        };
        let (row, before) = self.change(&place, None, change).await?;
        Ok(Changed { before, row })
    }

    /// The account's row.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn bot(&self, bot: &BotId) -> Result<Option<BotRow>, StoreError> {
        let key = keys::key(&keys::bot(bot), keys::BOT);
        self.read("read a bot", key).await
    }
}
