#![doc = include_str!("../README.md")]

mod again;
mod app;
mod apply;
pub mod config;
mod failure;
mod handle;
mod parked;
mod plan;
mod profiles;
mod tell;
mod walk;
mod withheld;

pub use app::{App, TIMEOUT};
pub use config::Config;
pub use failure::Failure;
pub use handle::handle;
