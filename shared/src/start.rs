//! How a function starts: its log, and the one line with which it refuses to.
//! Called from each `main.rs`, nowhere else.

use std::process::ExitCode;

use tracing::Level;

use crate::env::{ConfigError, Env};

/// Logs as JSON lines, one per event, from the level in `AWS_LAMBDA_LOG_LEVEL` up.
/// Of a panic only the place is logged: its message may hold what a user wrote.
pub fn logs(env: &Env) {
    let level = env
        .optional("AWS_LAMBDA_LOG_LEVEL")
        .and_then(|level| level.parse().ok());
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_max_level(level.unwrap_or(Level::INFO))
        .with_writer(std::io::stderr)
        .init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a panic");
    }));
}

/// Says what is wrong with the configuration, and that the function failed.
pub fn refuse(error: &ConfigError) -> ExitCode {
    eprintln!("{error}");
    ExitCode::FAILURE
}

/// How the runtime ended.
pub fn ended<E: std::fmt::Display>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the Lambda runtime ended");
            ExitCode::FAILURE
        }
    }
}
