//! The end of profiles that nobody has read again: the reconciler goes round all chats, a piece in
//! each run, and keeps where it is.

use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::domain::ledger::Change;
use crate::domain::{BotId, ChatId, Timestamp};
use crate::store::bots::Place as BotsPlace;
use crate::store::row::Place;
use crate::store::{ChatRow, Item, Store, StoreError, keys, s};

/// Where a round is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfilesRound {
    /// When it has begun.
    pub began_at: Timestamp,
    /// When it has ended; none while it is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The account that was looked at last; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<BotId>,
    /// How the id of its chat begins that was looked at last; none where all of them were. Half of
    /// an id names nobody, and does to go on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<ChatId>,
}

#[derive(Serialize, Deserialize)]
struct KeptRound {
    round: ProfilesRound,
}

impl ProfilesRound {
    /// Notes where it is within an account.
    pub fn stopped_at(&mut self, chat: &ChatId) {
        let id = chat.as_str();
        let half: String = id.chars().take(id.chars().count().div_ceil(2)).collect();
        self.chat = ChatId::new(half).ok();
    }

    /// From where the list of accounts goes on.
    pub fn behind(&self) -> Option<BotsPlace> {
        let bot = self.bot.as_ref()?;
        let mut item = keys::key(&keys::bot(bot), keys::BOT);
        item.insert("listed".into(), s(keys::LISTED));
        Some(BotsPlace(item))
    }
}

impl Store {
    /// Where the round of the profiles is; none before the first.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn profiles_round(&self) -> Result<Option<ProfilesRound>, StoreError> {
        let key = keys::key(keys::RECONCILER, keys::PROFILES);
        let kept: Option<KeptRound> = self.read("read the profiles' round", key).await?;
        Ok(kept.map(|kept| kept.round))
    }

    /// Keeps where it is.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn keep_profiles_round(&self, round: &ProfilesRound) -> Result<(), StoreError> {
        const OPERATION: &str = "keep the profiles' round";
        let row = KeptRound {
            round: round.clone(),
        };
        let item: Item = to_item(row).map_err(StoreError::malformed(OPERATION))?;
        self.put_own(OPERATION, keys::PROFILES, item).await
    }

    /// Ends a chat's profile that was read before a time; false if it has none, or one that was
    /// read since.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn end_profile(
        &self,
        bot: &BotId,
        chat: &ChatId,
        before: Timestamp,
    ) -> Result<bool, StoreError> {
        let place = Place {
            operation: "end a profile",
            key: keys::key(&keys::bot(bot), &keys::chat(chat)),
            now: Timestamp::default(),
        };
        let end = |row: &ChatRow| match row.profile.as_ref().filter(|it| it.at < before) {
            None => Change::Keep(false),
            Some(_) => Change::Write(
                ChatRow {
                    profile: None,
                    ..row.clone()
                },
                true,
            ),
        };
        self.change(&place, None, end).await.map(|(_, ended)| ended)
    }
}
