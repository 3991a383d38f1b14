//! What the function works with.

use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;
use line_module::Module;
use shared::aws::Timeouts;
use shared::domain::Timestamp;
use shared::ground::Ground;
use shared::line::LineClient;
use shared::metrics::Metrics;
use shared::pages::Site;
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::ChannelSecret;
use shared::store::Store;

use crate::Config;

/// Lambda stops the function after this: `Timeout` in template.yaml.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// For one exchange with LINE: an admin waits.
const LINE_TIMEOUT: Duration = Duration::from_secs(3);

/// What the function works with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct App<M> {
    /// The company's own behaviour: for its settings, and for what it says of itself.
    pub module: M,
    /// What all pages have.
    pub site: Site,
    /// The table.
    pub store: Store,
    /// The event queue, for a detach.
    pub queue: Queue,
    /// LINE.
    pub line: LineClient,
    /// The channel secret, with which an admin is invited to grant more.
    pub(crate) secret: ChannelSecret,
    /// What accounts are asked for.
    pub scopes: Vec<String>,
    /// Whether the channel holds chats by default.
    pub default_active: bool,
    pub(crate) public_url: Option<String>,
    pub clock: SharedTimeSource,
    /// For sessions, and for what is written down of a change.
    pub random: Random,
    /// One line for each request.
    pub metrics: Metrics,
}

impl<M: Module> App<M> {
    /// The function as it is configured, with this module, on this ground.
    pub fn new(config: Config, module: M, ground: &Ground) -> Self {
        let secret = ground.secret(config.secret, Timeouts::DEFAULT);
        let metrics = ground.metrics();
        let http = ground
            .http_to_line(LINE_TIMEOUT)
            .measured_by(metrics.clone());
        Self {
            site: Site::new(module.about().clone()),
            module,
            store: ground.table(config.table),
            queue: ground.queue(config.queue_url, Timeouts::DEFAULT),
            line: LineClient::new(http, config.channel, secret.clone()),
            secret,
            scopes: config.scopes,
            default_active: config.default_active,
            public_url: config.public_url,
            clock: ground.clock.clone(),
            random: ground.random.clone(),
            metrics,
        }
    }
}

impl<M> App<M> {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
