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
mod trace;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

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
    // A condition that does not hold is an answer, but DynamoDB's stand-in warns of it.
    let shown = Targets::new()
        .with_default(level.unwrap_or(Level::WARN))
        .with_target("dynoxide", level.unwrap_or(Level::ERROR));
    let lines = tracing_subscriber::fmt::layer()
        .compact()
        .with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(lines)
        .with(shown)
        .init();
}
