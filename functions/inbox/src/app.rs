//! What the function works with.

use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::aws::Timeouts;
use shared::domain::Timestamp;
use shared::ground::Ground;
use shared::metrics::Metrics;
use shared::queue::Queue;
use shared::secret::KeptInboxKeys;

use crate::Config;

/// Lambda stops the function after this: `Timeout` in template.yaml.
pub const TIMEOUT: Duration = Duration::from_secs(6);

/// What the function works with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct App {
    pub keys: KeptInboxKeys,
    pub queue: Queue,
    /// By it a timestamp is judged.
    pub clock: SharedTimeSource,
    /// The sleep, for the time limit.
    pub sleep: SharedAsyncSleep,
    /// One line for each call.
    pub metrics: Metrics,
}

impl App {
    /// The function as it is configured, on this ground.
    pub fn new(config: Config, ground: &Ground) -> Self {
        Self {
            keys: ground.secret(config.keys, Timeouts::DEFAULT),
            queue: ground.queue(config.queue_url, Timeouts::DEFAULT),
            clock: ground.clock.clone(),
            sleep: ground.sleep.clone(),
            metrics: ground.metrics(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
