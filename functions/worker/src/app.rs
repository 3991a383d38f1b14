//! What the function works with, and how it is put together.

use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::aws::{Aws, Patience, tokio_sleep};
use shared::connector::connector;
use shared::domain::Timestamp;
use shared::limits::counted_in;
use shared::line::LineClient;
use shared::line::http::Http;
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::ChannelSecret;
use shared::store::{Store, Try};

use crate::Config;

/// For one call, of the eight seconds that a batch has.
const LINE_PATIENCE: Duration = Duration::from_secs(3);

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
}

impl<M> App<M> {
    /// As its configuration says.
    #[must_use]
    pub fn new(config: Config, aws: &Aws, clock: SharedTimeSource, module: M) -> Self {
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
        let store = Store::new(
            aws.dynamodb(config.dynamodb_endpoint, Patience::WORKER),
            config.table,
        );
        let counter = counted_in(store.clone());
        Self {
            module,
            store,
            queue: Queue::new(
                aws.sqs(config.sqs_endpoint, Patience::WORKER),
                config.queue_url,
            ),
            line: LineClient::new(http, config.channel, secret).counted_by(counter),
            default_active: config.default_active,
            clock,
            sleep: tokio_sleep(),
            random: Random::system(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }

    /// A try to send, by a name that no other has.
    pub(crate) fn new_try(&self, writes: u32) -> Try {
        Try {
            name: self.random.alphanumeric(12),
            writes,
        }
    }
}
