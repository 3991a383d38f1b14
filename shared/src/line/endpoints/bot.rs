//! The account itself.

use serde::Deserialize;

use crate::line::endpoint::endpoint;
use crate::line::{BotClient, LineError};

/// Asks what an account shows of itself.
#[derive(Debug, Clone, Copy)]
pub struct GetInfo;

endpoint!(GetInfo: BOT_INFO, ForBot -> BotInfo);

/// What an account shows of itself
/// (<https://developers.line.biz/en/reference/messaging-api/#get-bot-info>).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BotInfo {
    /// The id that people search for, with its `@`.
    #[serde(default)]
    pub basic_id: Option<String>,
    /// The one that the account has chosen, if it has.
    #[serde(default)]
    pub premium_id: Option<String>,
    /// The account's name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Its picture, an https URL.
    #[serde(default)]
    pub picture_url: Option<String>,
    /// `chat` or `bot`.
    #[serde(default)]
    pub chat_mode: Option<String>,
    /// `auto` or `manual`.
    #[serde(default)]
    pub mark_as_read_mode: Option<String>,
}

impl BotClient {
    /// The account's name and picture.
    ///
    /// # Errors
    /// LINE's refusal, or that it could not be asked.
    pub async fn info(&self) -> Result<BotInfo, LineError> {
        self.call(&GetInfo).await
    }
}
