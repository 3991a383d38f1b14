#![doc = include_str!("../README.md")]

mod again;
mod apply;
pub mod config;
mod failure;
mod handle;
mod plan;
mod tell;
mod walk;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::domain::Timestamp;
use shared::line::LineClient;
use shared::queue::Queue;
use shared::random::Random;
use shared::store::Store;

pub use config::Config;
pub use failure::Failure;
pub use handle::{LEASE, handle};

/// What the function works with.
#[derive(Debug, Clone)]
pub struct App {
    /// The table.
    pub store: Store,
    /// The event queue.
    pub queue: Queue,
    /// LINE.
    pub line: LineClient,
    /// The clock.
    pub clock: SharedTimeSource,
    /// The sleep.
    pub sleep: SharedAsyncSleep,
    /// For the lease's name, and waits of different length.
    pub random: Random,
}

impl App {
    fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
