//! The function's variables.

use shared::env::{ConfigError, Env};

/// Everything the function is told from outside.
#[derive(Debug)]
pub struct Config {
    /// `TABLE_NAME`.
    pub table: String,
    /// `EVENT_QUEUE_URL`.
    pub queue_url: String,
    /// `AWS_ENDPOINT_URL_DYNAMODB`, for emulators.
    pub dynamodb_endpoint: Option<String>,
    /// `AWS_ENDPOINT_URL_SQS`, for emulators.
    pub sqs_endpoint: Option<String>,
}

impl Config {
    /// Reads every variable once.
    ///
    /// # Errors
    /// The first that is missing or wrong.
    pub fn read(env: &Env) -> Result<Self, ConfigError> {
        Ok(Self {
            table: env.required("TABLE_NAME", "give the table's name")?,
            queue_url: env.required("EVENT_QUEUE_URL", "give the event queue's URL")?,
            dynamodb_endpoint: env.optional_url("AWS_ENDPOINT_URL_DYNAMODB")?,
            sqs_endpoint: env.optional_url("AWS_ENDPOINT_URL_SQS")?,
        })
    }
}
