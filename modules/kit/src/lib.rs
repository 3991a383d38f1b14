#![doc = include_str!("../README.md")]
#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]
#![warn(missing_docs)]

mod account;
mod came;
mod clock;
mod company;
pub mod conformance;
mod failures;
mod group;
mod harness;
mod kept;
mod parts;
mod screen;
mod sends;
mod staff;
mod time;
mod transcript;
mod user;
mod wire;
mod world;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use account::Account;
pub use came::Came;
pub use clock::Clock;
pub use company::Company;
pub use conformance::{by, commands, does, follows, says, sets, signals, taps, taps_label, waits};
pub use harness::{Harness, Setup};
pub use kept::Timer;
pub use shared::domain::{Outcome, Trace, Verdict};
pub use staff::Staff;
pub use user::User;

/// What the lock holds, after a panic too.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
