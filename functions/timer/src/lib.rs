#![doc = include_str!("../README.md")]

mod app;
pub mod config;
mod failure;
mod handle;

pub use app::App;
pub use config::Config;
pub use failure::Failure;
pub use handle::{Done, TIME, handle};
