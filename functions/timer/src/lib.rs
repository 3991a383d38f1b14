#![doc = include_str!("../README.md")]

pub mod config;
mod failure;
mod handle;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::domain::Timestamp;
use shared::queue::Queue;
use shared::store::Store;

pub use config::Config;
pub use failure::Failure;
pub use handle::{Done, TIME, handle};

/// What the function works with.
#[derive(Debug, Clone)]
pub struct App {
    /// The table.
    pub store: Store,
    /// The event queue.
    pub queue: Queue,
    /// The clock.
    pub clock: SharedTimeSource,
    /// The sleep, for the time limit.
    pub sleep: SharedAsyncSleep,
}

impl App {
    fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
