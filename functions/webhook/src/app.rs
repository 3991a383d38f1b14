//! What the function works with, and how it is put together.

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::aws::{Aws, Patience, tokio_sleep};
use shared::queue::Queue;
use shared::secret::ChannelSecret;

use crate::Config;

/// What the function works with.
#[derive(Debug, Clone)]
pub struct App {
    /// The channel's secret.
    pub secret: ChannelSecret,
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
        let secret = ChannelSecret::new(
            config.secret,
            || aws.secrets_manager(Patience::WEBHOOK),
            clock.clone(),
        );
        Self {
            secret,
            queue: Queue::new(
                aws.sqs(config.sqs_endpoint, Patience::WEBHOOK),
                config.queue_url,
            ),
            clock,
            sleep: tokio_sleep(),
        }
    }
}
