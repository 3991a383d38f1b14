//! What the function works with.

use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::aws::Timeouts;
use shared::ground::Ground;
use shared::metrics::Metrics;
use shared::queue::Queue;
use shared::secret::ChannelSecret;

use crate::Config;

/// Lambda stops the function after this: `Timeout` in template.yaml. LINE waits two seconds.
pub const TIMEOUT: Duration = Duration::from_secs(3);

/// What the function works with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct App {
    pub secret: ChannelSecret,
    pub queue: Queue,
    pub clock: SharedTimeSource,
    /// The sleep, for the time limit.
    pub sleep: SharedAsyncSleep,
    /// One line for each request.
    pub metrics: Metrics,
}

impl App {
    /// The function as it is configured, on this ground.
    pub fn new(config: Config, ground: &Ground) -> Self {
        Self {
            secret: ground.secret(config.secret, Timeouts::WEBHOOK),
            queue: ground.queue(config.queue_url, Timeouts::WEBHOOK),
            clock: ground.clock.clone(),
            sleep: ground.sleep.clone(),
            metrics: ground.metrics(),
        }
    }
}
