//! Why there is no stack.

use std::io;

use template_file::TemplateError;

use crate::bundle::BundleError;
use crate::dynamodb::DynamoDbError;
use crate::lambda::LambdaError;

/// Why there is no stack.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    /// A port is not free.
    #[error("port {port} is taken: choose another with {flag}, or 0 for a free one")]
    Port {
        port: u16,
        /// The flag that chooses it.
        flag: &'static str,
    },
    /// A listener or folder could not be made.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// template.yaml is not what the stack needs.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// DynamoDB does not start.
    #[error(transparent)]
    DynamoDb(#[from] DynamoDbError),
    /// A queue cannot be made.
    #[error("the queue {name} of the template cannot be made: {reason}")]
    Queue {
        name: String,
        /// Why.
        reason: String,
    },
    /// The emulator does not start.
    #[error("the LINE Platform emulator does not start: {0}")]
    Line(String),
    /// The functions do not start.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The functions do not run as processes.
    #[error(transparent)]
    Lambda(#[from] LambdaError),
    /// What the table's stream has was not handed over.
    #[error("the table's stream: {0}")]
    Stream(String),
    /// The first round did not come to its end.
    #[error("the stack is up, but a signed webhook did not make the whole round: {0}")]
    NotReady(String),
}
