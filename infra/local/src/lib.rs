#![doc = include_str!("../README.md")]

pub mod bundle;
mod clock;
pub mod company;
pub mod demo;
pub mod dev_file;
pub mod dynamodb;
pub mod event_source;
pub mod function;
pub mod gate;
pub mod gateway;
pub mod invoke_api;
pub mod journal;
pub mod lambda;
mod logs;
mod process;
mod ready;
mod replay;
pub mod schedule;
mod settings;
pub mod stack;
pub mod stream;
pub mod talk;
mod trace;

pub use logs::start_logs;
pub use trace::traces;

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
