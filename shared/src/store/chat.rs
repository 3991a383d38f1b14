//! The row of a chat: who may speak in it, and the module's own state.

use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::domain::ledger::Change;
use crate::domain::{BotId, ChatId, ChatState, Timestamp};
use crate::store::row::{CountedRow, Place};
use crate::store::{Item, Store, StoreError, keys, version};

/// A chat, as kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatRow {
    #[serde(flatten)]
    pub registers: ChatState,
    /// The module's own state of this chat, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The dialogue that the chat is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dialogue: Option<KeptDialogue>,
    /// The profile of the chat's user, and when it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<KeptProfile>,
    /// Since when the account was not entitled when the chat was told so: it is told once of each
    /// such time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_of_lapse: Option<Timestamp>,
    /// The newest attach known when the state was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_epoch: Option<Timestamp>,
    /// The newest attach known when it was written.
    #[serde(default)]
    pub epoch: Timestamp,
    /// Counts the writes; 0 before the first.
    #[serde(default)]
    pub version: u64,
}

/// A dialogue of the module's, in progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDialogue {
    /// How far it is, as the module's JSON.
    pub progress: String,
    /// The newest attach known when it began.
    pub epoch: Timestamp,
}

/// What becomes of a chat's dialogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogueChange {
    /// It is as far as this, as the module's JSON.
    Goes(String),
    /// It is over.
    Ends,
}

/// A profile, as it was read some time ago.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptProfile {
    /// The profile, as JSON.
    pub profile: String,
    /// When it was read.
    pub at: Timestamp,
    /// The newest attach known then.
    pub epoch: Timestamp,
}

impl KeptProfile {
    /// The user's name in it.
    pub fn display_name(&self) -> Option<String> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Named {
            display_name: String,
        }
        let named: Named = serde_json::from_str(&self.profile).ok()?;
        Some(named.display_name)
    }
}

impl CountedRow for ChatRow {
    fn version(&self) -> u64 {
        self.version
    }

    fn next(self) -> Self {
        let version = self.version + 1;
        Self { version, ..self }
    }

    fn attributes(&self) -> Result<Item, serde_dynamo::Error> {
        let item = to_item(self)?;
        Ok(match self.dialogue {
            Some(_) => version::stamped_as(version::NEWEST, item),
            None => version::stamped(item),
        })
    }
}

impl ChatRow {
    /// The row as of today's attachment: what an older one left is not shown.
    #[must_use]
    pub fn of_present(mut self, detached_at: Option<Timestamp>) -> Self {
        if detached_at.is_some() && self.state_epoch <= detached_at {
            self.state = None;
            self.state_epoch = None;
        }
        let is_of_present = |epoch: Timestamp| Some(epoch) > detached_at;
        self.profile = self.profile.filter(|kept| is_of_present(kept.epoch));
        self.dialogue = self.dialogue.filter(|kept| is_of_present(kept.epoch));
        self
    }

    /// The row with a new state, if there is one. A state stays of the epoch it was
    /// begun in, so that a detach that is learnt late still ends it.
    #[must_use]
    pub fn with_state(mut self, state: Option<String>, epoch: Timestamp) -> Self {
        if state.is_some() {
            self.state = state;
            self.state_epoch.get_or_insert(epoch);
        }
        self.epoch = epoch;
        self
    }

    /// The row with its dialogue as it is now, if that has changed. It stays of the epoch that it
    /// was begun in.
    #[must_use]
    pub fn with_dialogue(mut self, change: Option<DialogueChange>, epoch: Timestamp) -> Self {
        match change {
            None => {}
            Some(DialogueChange::Ends) => self.dialogue = None,
            Some(DialogueChange::Goes(progress)) => {
                let epoch = self.dialogue.map_or(epoch, |kept| kept.epoch);
                self.dialogue = Some(KeptDialogue { progress, epoch });
            }
        }
        self
    }

    /// The row after the chat was told, if it was, that its account is not entitled since then.
    #[must_use]
    pub fn with_notice_of(mut self, lapse: Option<Timestamp>) -> Self {
        self.told_of_lapse = lapse.or(self.told_of_lapse);
        self
    }

    /// The row with a profile that was read at `at`, if one was.
    #[must_use]
    pub fn with_profile(
        mut self,
        profile: Option<String>,
        at: Timestamp,
        epoch: Timestamp,
    ) -> Self {
        if let Some(profile) = profile {
            self.profile = Some(KeptProfile { profile, at, epoch });
        }
        self
    }
}

impl Store {
    /// The chat's row.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn chat(&self, bot: &BotId, chat: &ChatId) -> Result<Option<ChatRow>, StoreError> {
        let key = keys::key(&keys::bot(bot), &keys::chat(chat));
        self.read("read a chat", key).await
    }

    /// Changes the chat's registers, or makes its row; `epoch` is the newest attach
    /// known. `change` may run again, on what someone else has written meanwhile;
    /// it writes only what it changes.
    ///
    /// # Errors
    /// The table is not available, or the row cannot be read.
    pub async fn update_registers(
        &self,
        bot: &BotId,
        chat: &ChatId,
        epoch: Timestamp,
        change: impl Fn(&mut ChatState),
    ) -> Result<(), StoreError> {
        let place = Place {
            operation: "change a chat",
            key: keys::key(&keys::bot(bot), &keys::chat(chat)),
            now: Timestamp::default(),
        };
        let change = |before: &ChatRow| {
            let mut row = before.clone();
            change(&mut row.registers);
            row.epoch = row.epoch.max(epoch);
            match row == *before {
                true => Change::Keep(()),
                false => Change::Write(row, ()),
            }
        };
        self.change(&place, None, change).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::n;

    #[test]
    fn a_state_begun_before_a_detach_ends_with_it_though_it_was_written_after() {
        let begun = ChatRow::default().with_state(Some("1".into()), Timestamp(10));
        let later = begun.with_state(Some("2".into()), Timestamp(30));
        assert_eq!(later.clone().of_present(None).state.as_deref(), Some("2"));
        assert_eq!(later.of_present(Some(Timestamp(20))).state, None);
    }

    #[test]
    fn a_dialogue_begun_before_a_detach_ends_with_it_though_it_went_on_after() {
        let goes = |step: &str| Some(DialogueChange::Goes(step.into()));
        let begun = ChatRow::default().with_dialogue(goes("1"), Timestamp(10));
        let later = begun.with_dialogue(goes("2"), Timestamp(30));
        let shown = later.clone().of_present(None).dialogue;
        assert_eq!(shown.map(|kept| kept.progress), Some("2".into()));
        let ended = later.clone().of_present(Some(Timestamp(20)));
        assert_eq!(ended.dialogue, None);
        let over = later.with_dialogue(Some(DialogueChange::Ends), Timestamp(30));
        assert_eq!(over.with_dialogue(None, Timestamp(30)).dialogue, None);
    }

    /// A release that does not know of dialogues would write the row without.
    #[test]
    fn a_chat_in_a_dialogue_is_left_to_releases_that_know_of_it() {
        let goes = Some(DialogueChange::Goes("1".into()));
        let row = ChatRow::default().with_dialogue(goes, Timestamp(10));
        let version_of = |row: &ChatRow| row.attributes().unwrap()[version::ATTRIBUTE].clone();
        assert_eq!(version_of(&row), n(version::NEWEST));
        assert_eq!(version_of(&ChatRow::default()), n(version::VERSION));
    }
    #[test]
    fn a_profile_is_of_the_attachment_in_which_it_was_read() {
        let read = |epoch| ChatRow::default().with_profile(Some("{}".into()), Timestamp(50), epoch);
        let is_shown = |epoch: i64, detached_at: i64| {
            let row = read(Timestamp(epoch)).of_present(Some(Timestamp(detached_at)));
            row.profile.is_some()
        };
        assert!(is_shown(21, 20));
        assert!(!is_shown(20, 20));
        assert!(!is_shown(10, 20));
        assert!(read(Timestamp(0)).of_present(None).profile.is_some());
    }
}
