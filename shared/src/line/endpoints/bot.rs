//! The account itself.

use serde::Deserialize;

use crate::line::{BotClient, LineError};

/// What an account shows of itself
/// (<https://developers.line.biz/en/reference/messaging-api/#get-bot-info>).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BotInfo {
    /// The id that people search for, with its `@`.
    #[serde(default)]
    pub basic_id: Option<String>,
    /// The account's name.
    #[serde(default)]
    pub display_name: Option<String>,
    /// Its picture, an https URL.
    #[serde(default)]
    pub picture_url: Option<String>,
}

impl BotClient {
    /// The account's name and picture.
    ///
    /// # Errors
    /// LINE's refusal, or that it could not be asked.
    pub async fn info(&self) -> Result<BotInfo, LineError> {
        self.get("get the bot's info", "/v2/bot/info").await
    }
}
