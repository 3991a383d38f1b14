//! The function's variables.

use std::time::Duration;

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
    /// `TABLE_NAME`.
    pub table: String,
    /// `EVENT_QUEUE_URL`.
    pub queue_url: String,
    /// `ERASE_AFTER_DAYS`: how long after its detach an account's data ends.
    pub erase_after: Duration,
    /// `PARKED_DAYS`: how long a parked event waits for a person.
    pub parked_for: Duration,
    /// `PROFILE_DAYS`: how long a profile is kept that nobody has read again.
    pub profiles_for: Duration,
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
            table: env.required("TABLE_NAME", "give the table's name")?,
            queue_url: env.required("EVENT_QUEUE_URL", "give the event queue's URL")?,
            erase_after: env.days("ERASE_AFTER_DAYS", 30)?,
            parked_for: env.days("PARKED_DAYS", 90)?,
            profiles_for: env.days("PROFILE_DAYS", 90)?,
        })
    }
}
