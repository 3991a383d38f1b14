//! What the function works with.

use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use shared::aws::Timeouts;
use shared::domain::Timestamp;
use shared::ground::Ground;
use shared::line::LineClient;
use shared::metrics::Metrics;
use shared::queue::Queue;
use shared::random::Random;
use shared::store::Store;

use crate::Config;

/// Lambda stops the function after this: `Timeout` in template.yaml. Its lease lasts as long.
pub const TIMEOUT: Duration = Duration::from_secs(900);
/// For one exchange with LINE: nobody waits.
const LINE_TIMEOUT: Duration = Duration::from_secs(10);

/// A small part of the time that the function has.
const PROFILES_BUDGET: Duration = Duration::from_secs(120);

/// What the function works with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct App {
    /// The table.
    pub store: Store,
    pub queue: Queue,
    /// LINE.
    pub line: LineClient,
    pub clock: SharedTimeSource,
    pub sleep: SharedAsyncSleep,
    /// One line for each run.
    pub metrics: Metrics,
    /// How long after its detach an account's data ends.
    pub erase_after: Duration,
    /// How long a parked event waits for a person.
    pub parked_for: Duration,
    /// How long a profile is kept that nobody has read again.
    pub profiles_for: Duration,
    /// How long a run looks for such profiles; the next one goes on there.
    pub profiles_budget: Duration,
    /// For the lease's name, and waits of different length.
    pub random: Random,
}

impl App {
    /// The function as it is configured, on this ground.
    pub fn new(config: Config, ground: &Ground) -> Self {
        let secret = ground.secret(config.secret, Timeouts::DEFAULT);
        let metrics = ground.metrics();
        let http = ground
            .http_to_line(LINE_TIMEOUT)
            .measured_by(metrics.clone());
        Self {
            store: ground.table(config.table),
            queue: ground.queue(config.queue_url, Timeouts::DEFAULT),
            line: LineClient::new(http, config.channel, secret),
            clock: ground.clock.clone(),
            sleep: ground.sleep.clone(),
            metrics,
            erase_after: config.erase_after,
            parked_for: config.parked_for,
            profiles_for: config.profiles_for,
            profiles_budget: PROFILES_BUDGET,
            random: ground.random.clone(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
