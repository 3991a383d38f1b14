//! The module channel, as configured.

use http::HeaderName;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HOST};

use crate::env::{ConfigError, Env};

/// Headers that a call has anyway.
const OURS: [HeaderName; 4] = [AUTHORIZATION, CONTENT_TYPE, CONTENT_LENGTH, HOST];

/// The module channel, as configured.
#[derive(Debug, Clone)]
pub struct Channel {
    pub id: String,
    /// The header that selects the account; LINE tells its name to participants only.
    pub bot_header: HeaderName,
    /// `https://api.line.me`, or an emulator.
    pub api_url: String,
    /// `https://api-data.line.me`, or an emulator.
    pub data_api_url: String,
}

impl Channel {
    /// From `LINE_CHANNEL_ID`, `LINE_BOT_HEADER`, `LINE_API_URL` and
    /// `LINE_DATA_API_URL`. A `LINE_CHANNEL_ACCESS_TOKEN` is refused.
    ///
    /// # Errors
    /// The first that is missing or wrong.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        const HEADER: &str = "LINE_BOT_HEADER";
        env.unused(
            "LINE_CHANNEL_ACCESS_TOKEN",
            "LINE takes no long-lived token from a module channel, and short ones are issued \
             when needed, by the channel's secret",
        )?;
        let id = env.required(
            "LINE_CHANNEL_ID",
            "give the module channel's ID, from its Basic settings",
        )?;
        let header = env.required(
            HEADER,
            "give the name of the header that selects the bot; LINE tells it to participants only",
        )?;
        let expected = "it must be the name of an HTTP header that has no other meaning";
        let bot_header: Option<HeaderName> =
            header.parse().ok().filter(|name| !OURS.contains(name));
        let bot_header = bot_header.ok_or(ConfigError::Invalid {
            name: HEADER,
            expected,
        })?;
        Ok(Self {
            id,
            bot_header,
            api_url: env.url("LINE_API_URL", "https://api.line.me")?,
            data_api_url: env.url("LINE_DATA_API_URL", "https://api-data.line.me")?,
        })
    }
}
