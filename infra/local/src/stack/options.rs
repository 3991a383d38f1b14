//! How the stack is started.

use std::path::PathBuf;
use std::time::SystemTime;

/// How the stack is started. A port of 0 takes a free one.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The bundle's public side.
    pub port: u16,
    /// The public side as LINE and browsers reach it, where that is not the port: of a tunnel, or of a
    /// `cargo lambda watch`.
    pub public_url: Option<String>,
    /// The LINE Platform emulator.
    pub line_port: u16,
    /// DynamoDB.
    pub dynamodb_port: u16,
    /// SQS.
    pub sqs_port: u16,
    /// Where table and LINE world are kept; in memory if nowhere.
    pub data: Option<PathBuf>,
    /// Where the local world's clock begins, from which it goes on; the system's if nowhere.
    pub clock: Option<SystemTime>,
    /// Whether the functions run as Lambda processes of their own.
    pub lambda: bool,
    /// Whether the template's schedules run by themselves; else only when asked to.
    pub scheduled: bool,
}
