#![doc = include_str!("../README.md")]

mod app;
mod attempt;
mod batch;
mod channel_pause;
mod chat;
mod commit;
pub mod config;
mod daily;
mod decide;
mod detach;
mod effects;
mod ended_attempts;
mod erase;
mod invocation;
mod measure;
mod park;
mod record;
mod requeue;
mod send;
mod set;
mod settle;
mod shadow;
mod steps;
mod wait;
mod withheld;
mod work;

pub use app::{App, TIMEOUT};
pub use batch::handle;
pub use config::Config;
pub use decide::MOST_ATTEMPTS;
pub use ended_attempts::EndedAttempts;
pub use invocation::{Answer, Call, Shown, answer};
pub use set::{SetError, set_settings};
pub use shadow::{Shadow, ShadowError, shadow};
