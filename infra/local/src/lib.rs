#![doc = include_str!("../README.md")]

pub mod bundle;
mod clock;
pub mod demo;
pub mod dynamodb;
pub mod event_source;
pub mod function;
pub mod gate;
pub mod gateway;
pub mod lambda;
mod process;
mod ready;
pub mod schedule;
pub mod sqs;
pub mod stack;
pub mod talk;
pub mod template;

use tokio::signal::unix::{SignalKind, signal};

/// Waits until someone asks this program to end: Ctrl-C, or a polite kill.
pub async fn asked_to_end() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Shows what the functions and the servers log, on standard error, from the
/// level in `LOG_LEVEL` up; warnings if it is not set.
pub fn start_logs() {
    let level = std::env::var("LOG_LEVEL")
        .ok()
        .and_then(|level| level.parse().ok());
    tracing_subscriber::fmt()
        .compact()
        .with_max_level(level.unwrap_or(tracing::Level::WARN))
        .with_writer(std::io::stderr)
        .init();
}
