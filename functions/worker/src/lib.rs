#![doc = include_str!("../README.md")]

mod attempt;
mod batch;
mod commit;
pub mod config;
mod control;
mod decide;
mod detach;
mod menu;
mod park;
mod send;
mod settle;
mod shadow;
mod show;
mod work;

use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::domain::Timestamp;
use shared::line::LineClient;
use shared::queue::Queue;
use shared::random::Random;
use shared::store::{Store, Try};

pub use attempt::EndedAttempts;
pub use batch::handle;
pub use config::Config;
pub use shadow::{Shadow, ShadowError, shadow};

/// What the function works with.
#[derive(Debug, Clone)]
pub struct App<M> {
    /// The company's own behaviour.
    pub module: M,
    /// The table.
    pub store: Store,
    /// The event queue.
    pub queue: Queue,
    /// LINE.
    pub line: LineClient,
    /// Whether the channel holds chats by default.
    pub default_active: bool,
    /// The clock.
    pub clock: SharedTimeSource,
    /// The sleep.
    pub sleep: SharedAsyncSleep,
    /// For short waits of different length.
    pub random: Random,
    /// Attempts of this process that have ended and could not be written down.
    pub ended_attempts: EndedAttempts,
}

impl<M> App<M> {
    fn now(&self) -> Timestamp {
        self.clock.now().into()
    }

    /// A try to send, by a name that no other has.
    fn new_try(&self, writes: u32) -> Try {
        Try {
            name: self.random.alphanumeric(12),
            writes,
        }
    }
}

/// The event is not settled: it comes again. What is said here is logged, so it
/// is never a module's or LINE's own words; those are in the event's row.
#[derive(Debug)]
enum Again {
    /// A transient failure: table or LINE away, or the module asks for it. After some
    /// hours of them the event is parked.
    Transient(String),
    /// Something else is first: the time was up in the middle, another worker is at it,
    /// the module's failure is counted. With the wait, where it is known.
    NotYet(&'static str, Option<Duration>),
    /// No time was left to begin with it: it is not at fault, and comes again at once.
    Untried,
}

impl Again {
    fn not_yet(reason: &'static str) -> Self {
        Self::NotYet(reason, None)
    }

    fn transient(reason: impl Into<String>) -> Self {
        Self::Transient(reason.into())
    }
}

impl From<shared::store::StoreError> for Again {
    fn from(error: shared::store::StoreError) -> Self {
        Self::transient(error.to_string())
    }
}
