#![doc = include_str!("../README.md")]
#![expect(clippy::expect_used, reason = "a simulation that cannot go on fails")]

mod actors;
mod after;
mod call;
mod checks;
mod clients;
mod company;
pub mod doors;
mod draw;
pub mod ends;
mod history;
mod judge;
mod judges;
mod line;
mod link;
pub mod live;
mod message;
mod module;
pub mod mutants;
mod named_timers;
mod process;
pub mod profile;
mod registers;
mod rows;
pub mod schedule;
pub mod seeds;
mod service;
mod shorten;
mod simulate;
mod time;
mod upkeep;
mod world;

pub use history::Violation;
pub use shorten::shortest;
pub use simulate::{Outcome, simulate};
