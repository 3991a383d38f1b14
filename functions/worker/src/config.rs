//! The function's variables.

use shared::env::{ConfigError, Env};
use shared::line::Channel;
use shared::secret::SecretPlace;

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// `LINE_CHANNEL_ID`, `LINE_BOT_HEADER`, `LINE_API_URL`, `LINE_DATA_API_URL`.
    pub channel: Channel,
    /// `LINE_CHANNEL_SECRET` or `LINE_SECRET_ARN`.
    pub secret: SecretPlace,
    /// `LINE_DEFAULT_ACTIVE`.
    pub default_active: bool,
    /// `MAY_SEND_TO_MANY`.
    pub may_send_to_many: bool,
    /// `TABLE_NAME`.
    pub table: String,
    /// `EVENT_QUEUE_URL`.
    pub queue_url: String,
}

impl Config {
    /// Reads every variable once.
    ///
    /// # Errors
    /// The first that is missing or wrong.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            channel: Channel::read(env)?,
            secret: SecretPlace::from_env(env)?,
            default_active: env.flag("LINE_DEFAULT_ACTIVE", true)?,
            may_send_to_many: env.flag("MAY_SEND_TO_MANY", false)?,
            table: env.required("TABLE_NAME", "give the table's name")?,
            queue_url: env.required("EVENT_QUEUE_URL", "give the event queue's URL")?,
        })
    }
}
