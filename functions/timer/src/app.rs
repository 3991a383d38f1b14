//! What the function works with, and how it is put together.

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::aws::{Aws, Patience, tokio_sleep};
use shared::domain::Timestamp;
use shared::queue::Queue;
use shared::store::Store;

use crate::Config;

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
    /// As its configuration says.
    #[must_use]
    pub fn new(config: Config, aws: &Aws, clock: SharedTimeSource) -> Self {
        Self {
            store: Store::new(
                aws.dynamodb(config.dynamodb_endpoint, Patience::WORKER),
                config.table,
            ),
            queue: Queue::new(
                aws.sqs(config.sqs_endpoint, Patience::WORKER),
                config.queue_url,
            ),
            clock,
            sleep: tokio_sleep(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
