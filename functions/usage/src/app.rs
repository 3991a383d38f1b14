//! What the function works with.

use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;
use shared::domain::Timestamp;
use shared::ground::Ground;
use shared::metrics::Metrics;
use shared::store::Store;

use crate::Config;

/// Lambda stops the function after this: `Timeout` in template.yaml. A batch that is stopped comes
/// again, and what of it was counted is left out.
pub const TIMEOUT: Duration = Duration::from_secs(60);

/// What the function works with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct App {
    /// The table.
    pub store: Store,
    /// The clock, by which months close.
    pub clock: SharedTimeSource,
    /// One line for each batch.
    pub metrics: Metrics,
}

impl App {
    /// The function as it is configured, on this ground.
    pub fn new(config: Config, ground: &Ground) -> Self {
        Self {
            store: ground.table(config.table),
            clock: ground.clock.clone(),
            metrics: ground.metrics(),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}
