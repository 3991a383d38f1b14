//! What the function works with, and how it is put together.

use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::aws::{Aws, Patience, tokio_sleep};
use shared::connector::connector;
use shared::domain::Timestamp;
use shared::line::LineClient;
use shared::line::http::Http;
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::ChannelSecret;
use shared::store::Store;

use crate::Config;

/// Nobody waits for the reconciler: LINE may take its time for a call.
const LINE_PATIENCE: Duration = Duration::from_secs(10);

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
    /// As its configuration says.
    #[must_use]
    pub fn new(config: Config, aws: &Aws, clock: SharedTimeSource) -> Self {
        let secret = ChannelSecret::new(
            config.secret,
            || aws.secrets_manager(Patience::WORKER),
            clock.clone(),
        );
        let http = Http::new(
            connector(Duration::from_secs(1)),
            clock.clone(),
            tokio_sleep(),
            LINE_PATIENCE,
        );
        Self {
            store: Store::new(
                aws.dynamodb(config.dynamodb_endpoint, Patience::WORKER),
                config.table,
            ),
            queue: Queue::new(
                aws.sqs(config.sqs_endpoint, Patience::WORKER),
                config.queue_url,
            ),
            line: LineClient::new(http, config.channel, secret),
            clock,
            sleep: tokio_sleep(),
            random: Random::system(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
