#![doc = include_str!("../README.md")]

mod app;
mod call;
mod command;
pub mod config;
mod entitlement;
mod handle;
mod place;
mod refusal;
mod signed;

pub use app::{App, TIMEOUT};
pub use call::{Answer, Call};
pub use config::Config;
pub use handle::{handle, handle_request};
pub use refusal::NotQueued;
pub use signed::{SIGNATURE_HEADER, SIGNED_FOR, TIMESTAMP_HEADER, sign};
