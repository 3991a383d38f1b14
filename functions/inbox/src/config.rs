//! The function's variables.

use shared::env::{ConfigError, Env};
use shared::secret::{InboxKeys, SecretPlace};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// `INBOX_KEY` or `LINE_SECRET_ARN`.
    pub keys: SecretPlace<InboxKeys>,
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
            keys: SecretPlace::of_inbox(env)?,
            queue_url: env.required("EVENT_QUEUE_URL", "give the event queue's URL")?,
        })
    }
}
