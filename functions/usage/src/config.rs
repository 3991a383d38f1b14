//! The function's variables.

use shared::env::{ConfigError, Env};

/// The function's configuration.
#[derive(Debug)]
pub struct Config {
    /// `TABLE_NAME`.
    pub table: String,
}

impl Config {
    /// Reads every variable once.
    ///
    /// # Errors
    /// The first that is missing or wrong.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            table: env.required("TABLE_NAME", "give the table's name")?,
        })
    }
}
