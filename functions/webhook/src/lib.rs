#![doc = include_str!("../README.md")]

pub mod config;
mod handle;

pub use config::Config;
pub use handle::{App, handle};
