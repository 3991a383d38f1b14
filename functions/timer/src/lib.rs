#![doc = include_str!("../README.md")]

mod app;
pub mod config;
mod failure;
mod handle;

pub use app::{App, TIMEOUT};
pub use config::Config;
pub use failure::Failure;
pub use handle::{Done, handle};
