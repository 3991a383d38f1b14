#![doc = include_str!("../README.md")]

mod app;
mod batch;
pub mod config;
mod handle;

pub use app::{App, TIMEOUT};
pub use batch::{Answer, NotABatch};
pub use config::Config;
pub use handle::handle;
