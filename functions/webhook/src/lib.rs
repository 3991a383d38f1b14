#![doc = include_str!("../README.md")]

mod app;
pub mod config;
mod handle;

pub use app::{App, TIMEOUT};
pub use config::Config;
pub use handle::handle;
