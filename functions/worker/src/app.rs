//! What the function works with.

use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::aws::Timeouts;
use shared::domain::Timestamp;
use shared::ground::Ground;
use shared::limits::counted_in;
use shared::line::LineClient;
use shared::metrics::Metrics;
use shared::queue::Queue;
use shared::random::Random;
use shared::store::Store;

use crate::channel_pause::ChannelPause;
use crate::{Config, EndedAttempts};

/// Lambda stops the function after this: `Timeout` in template.yaml. The queue's visibility
/// is counted from it, and a detach waits this long for workers that know nothing of it.
pub const TIMEOUT: Duration = Duration::from_secs(8);
/// For one exchange with LINE: a batch has several.
const LINE_TIMEOUT: Duration = Duration::from_secs(3);

/// What the function works with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct App<M> {
    /// The company's own behaviour.
    pub module: M,
    /// The table.
    pub store: Store,
    pub queue: Queue,
    /// LINE.
    pub line: LineClient,
    /// Whether the channel holds chats by default.
    pub default_active: bool,
    /// Whether sends to many are allowed for all accounts.
    pub may_send_to_many: bool,
    pub clock: SharedTimeSource,
    pub sleep: SharedAsyncSleep,
    /// For short waits of different length.
    pub random: Random,
    /// One line for each batch.
    pub metrics: Metrics,
    /// Attempts of this process that have ended and could not be written down.
    pub(crate) ended_attempts: EndedAttempts,
    /// Whether an operator has paused the whole channel.
    pub(crate) channel_pause: ChannelPause,
}

impl<M> App<M> {
    /// The function as it is configured, with this module, on this ground.
    pub fn new(config: Config, module: M, ground: &Ground) -> Self {
        let secret = ground.secret(config.secret, Timeouts::DEFAULT);
        let metrics = ground.metrics();
        let http = ground
            .http_to_line(LINE_TIMEOUT)
            .measured_by(metrics.clone());
        let store = ground.table(config.table);
        let line = LineClient::new(http, config.channel, secret);
        Self {
            module,
            line: line.counted_by(counted_in(store.clone())),
            store,
            queue: ground.queue(config.queue_url, Timeouts::DEFAULT),
            default_active: config.default_active,
            may_send_to_many: config.may_send_to_many,
            clock: ground.clock.clone(),
            sleep: ground.sleep.clone(),
            random: ground.random.clone(),
            metrics,
            ended_attempts: EndedAttempts::default(),
            channel_pause: ChannelPause::default(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }

    /// A name for an attempt or a try that no other has.
    pub(crate) fn new_name(&self) -> String {
        self.random.alphanumeric(12)
    }
}
