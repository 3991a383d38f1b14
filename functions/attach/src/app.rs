//! What the function works with, and how it is put together.

use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;
use shared::aws::{Aws, Patience, tokio_sleep};
use shared::connector::connector;
use shared::domain::Timestamp;
use shared::line::LineClient;
use shared::line::attach::{AttachClient, Credentials};
use shared::line::http::Http;
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::ChannelSecret;
use shared::store::Store;

use crate::{Config, Offer};

/// An admin waits for the page.
const LINE_PATIENCE: Duration = Duration::from_secs(4);

/// What the function works with.
#[derive(Debug, Clone)]
pub struct App {
    /// What accounts are asked for, and where.
    pub offer: Offer,
    /// LINE's link screen and the exchange behind it.
    pub attach: AttachClient,
    /// LINE, for the account's name.
    pub line: LineClient,
    /// The table.
    pub store: Store,
    /// The event queue, by which the module hears of an attach.
    pub queue: Queue,
    /// The clock.
    pub clock: SharedTimeSource,
    /// For states, verifiers and cookies.
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
        let attach = AttachClient::new(
            http.clone(),
            config.manager_url,
            config.channel.id.clone(),
            secret.clone(),
            Credentials::Basic,
        );
        Self {
            offer: config.offer,
            attach,
            line: LineClient::new(http, config.channel, secret),
            store: Store::new(
                aws.dynamodb(config.dynamodb_endpoint, Patience::WORKER),
                config.table,
            ),
            queue: Queue::new(
                aws.sqs(config.sqs_endpoint, Patience::WORKER),
                config.queue_url,
            ),
            clock,
            random: Random::system(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
