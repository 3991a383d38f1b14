//! What the function works with.

use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::aws::Timeouts;
use shared::domain::{About, Timestamp};
use shared::ground::Ground;
use shared::line::LineClient;
use shared::line::attach::{AttachClient, Credentials};
use shared::metrics::Metrics;
use shared::pages::Site;
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::ChannelSecret;
use shared::store::Store;

use crate::{Config, Offer};

/// Lambda stops the function after this: `Timeout` in template.yaml.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// For one exchange with LINE: an admin waits, and there are three of them.
const LINE_TIMEOUT: Duration = Duration::from_secs(4);

/// What the function works with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct App {
    /// What all pages have.
    pub site: Site,
    /// What accounts are asked for, and where.
    pub offer: Offer,
    /// Whether only invited admins may begin.
    pub requires_invitation: bool,
    /// The channel secret, with which invitations are checked.
    pub secret: ChannelSecret,
    /// LINE's link screen and the exchange behind it.
    pub attach: AttachClient,
    /// LINE, for the account's name.
    pub line: LineClient,
    /// The table.
    pub store: Store,
    /// The event queue, by which the module hears of an attach.
    pub queue: Queue,
    pub clock: SharedTimeSource,
    /// The sleep of a second callback that waits for the first.
    pub sleep: SharedAsyncSleep,
    /// One line for each request.
    pub metrics: Metrics,
    /// For states, verifiers and cookies.
    pub random: Random,
}

impl App {
    /// The function as it is configured, for this extension, on this ground.
    pub fn new(config: Config, about: About, ground: &Ground) -> Self {
        let secret = ground.secret(config.secret, Timeouts::DEFAULT);
        let metrics = ground.metrics();
        let http = ground
            .http_to_line(LINE_TIMEOUT)
            .measured_by(metrics.clone());
        Self {
            site: Site::new(about),
            offer: config.offer,
            requires_invitation: config.requires_invitation,
            secret: secret.clone(),
            attach: AttachClient::new(
                http.clone(),
                config.manager_url,
                config.channel.id.clone(),
                secret.clone(),
                Credentials::Basic,
            ),
            line: LineClient::new(http, config.channel, secret),
            store: ground.table(config.table),
            queue: ground.queue(config.queue_url, Timeouts::DEFAULT),
            clock: ground.clock.clone(),
            sleep: ground.sleep.clone(),
            metrics,
            random: ground.random.clone(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
