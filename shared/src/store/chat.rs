//! The row of a chat: who may speak in it, and the module's own state.

use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;

use crate::domain::{BotId, ChatId, ChatState, Timestamp};
use crate::store::{Item, keys};

/// A chat, as kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatRow {
    /// Its registers.
    #[serde(flatten)]
    pub registers: ChatState,
    /// The module's own state of this chat, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The newest attach known when it was written.
    #[serde(default)]
    pub life: Timestamp,
    /// Counts the writes; 0 before the first.
    #[serde(default)]
    pub version: u64,
}

impl ChatRow {
    /// The row as the table has it, one version on.
    pub(super) fn next_item(
        &self,
        bot: &BotId,
        chat: &ChatId,
    ) -> Result<Item, serde_dynamo::Error> {
        let next = Self {
            version: self.version + 1,
            ..self.clone()
        };
        Ok(keys::with_key(
            to_item(&next)?,
            &keys::bot(bot),
            &keys::chat(chat),
        ))
    }

    /// The row as of today's attachment: what an older one left is not shown.
    pub(super) fn of_present(mut self, detached_at: Option<Timestamp>) -> Self {
        if detached_at.is_some_and(|detached_at| self.life <= detached_at) {
            self.state = None;
        }
        self
    }
}
