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
    /// `LINE_SCOPES`: what accounts are asked for.
    pub scopes: Vec<String>,
    /// `LINE_DEFAULT_ACTIVE`.
    pub default_active: bool,
    /// `TABLE_NAME`.
    pub table: String,
    /// `EVENT_QUEUE_URL`.
    pub queue_url: String,
    /// `PUBLIC_URL`.
    pub public_url: Option<String>,
}

impl Config {
    /// Reads every variable once.
    ///
    /// # Errors
    /// The first that is missing or wrong.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        let scopes = env.required("LINE_SCOPES", "give the scopes that accounts are asked for")?;
        Ok(Self {
            channel: Channel::read(env)?,
            secret: SecretPlace::from_env(env)?,
            scopes: scopes.split_whitespace().map(str::to_owned).collect(),
            default_active: env.flag("LINE_DEFAULT_ACTIVE", true)?,
            table: env.required("TABLE_NAME", "give the table's name")?,
            queue_url: env.required("EVENT_QUEUE_URL", "give the event queue's URL")?,
            public_url: env.optional_url("PUBLIC_URL")?,
        })
    }
}
