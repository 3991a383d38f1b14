//! Who is not served by our own word: an operator's pauses, of an account in its row and of the
//! whole channel in a row of its own, and what the company's billing says of an account.

use serde::{Deserialize, Serialize};

use crate::domain::ledger::Change;
use crate::domain::{BotId, Entitlement, Pause, Timestamp};
use crate::store::row::{CountedRow, Place};
use crate::store::{BotRow, Item, Store, StoreError, keys};

/// The channel's pause, as kept. A write of it that arrives late undoes nothing of what came
/// after it, as with an account's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct ChannelRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pause: Option<Pause>,
    /// Counts the writes; 0 before the first.
    #[serde(default)]
    version: u64,
}

impl CountedRow for ChannelRow {
    fn version(&self) -> u64 {
        self.version
    }

    fn next(self) -> Self {
        let version = self.version + 1;
        Self { version, ..self }
    }
}

impl Store {
    /// Pauses an account, or the whole channel where none is named; without a pause, ends the one
    /// that it has. False where nothing is known of such an account: no row is made for it.
    ///
    /// Workers know of an account's pause from its next event on, and of the channel's within 20
    /// seconds. What they are at then is still sent.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn set_pause(
        &self,
        of: Option<&BotId>,
        pause: Option<Pause>,
    ) -> Result<bool, StoreError> {
        let Some(bot) = of else {
            return self.set_channel_pause(pause).await.map(|()| true);
        };
        let set = |row: &mut BotRow| row.state.pause.clone_from(&pause);
        self.change_known_bot(bot, set).await
    }

    /// The pause of an account itself, or of the whole channel where none is named.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn pause(&self, of: Option<&BotId>) -> Result<Option<Pause>, StoreError> {
        if let Some(bot) = of {
            return Ok(self.bot(bot).await?.and_then(|row| row.state.pause));
        }
        let row: Option<ChannelRow> = self.read("read the channel's pause", channel()).await?;
        Ok(row.and_then(|row| row.pause))
    }

    /// Enters what is said at `at` of whether an account may be served, unless something newer
    /// was said. False where nothing is known of such an account: no row is made for it.
    ///
    /// # Errors
    /// The table is not available, or the account's row cannot be read.
    pub async fn set_entitlement(
        &self,
        bot: &BotId,
        said: Entitlement,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let set = |row: &mut BotRow| row.state.entitle(said, at);
        self.change_known_bot(bot, set).await
    }

    async fn change_known_bot(
        &self,
        bot: &BotId,
        change: impl Fn(&mut BotRow),
    ) -> Result<bool, StoreError> {
        if self.bot(bot).await?.is_none() {
            return Ok(false);
        }
        self.update_bot(bot, change).await.map(|_| true)
    }

    async fn set_channel_pause(&self, pause: Option<Pause>) -> Result<(), StoreError> {
        let place = Place {
            operation: "pause the channel",
            key: channel(),
            now: Timestamp::default(),
        };
        let set = |before: &ChannelRow| {
            let pause = pause.clone();
            match pause == before.pause {
                true => Change::Keep(()),
                false => Change::Write(
                    ChannelRow {
                        pause,
                        ..before.clone()
                    },
                    (),
                ),
            }
        };
        self.change(&place, None, set).await.map(drop)
    }
}

fn channel() -> Item {
    keys::key(keys::CHANNEL, keys::PAUSE)
}
