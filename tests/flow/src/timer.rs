//! The timer function beside the stack's, with connections that can be made to fail.

use std::time::Duration;

use shared::domain::Timestamp;
use timer::{App, Config, Done, Failure, TIMEOUT};

use crate::Bundle;
use crate::faulty::Faulty;
use crate::measured::Lines;
use crate::worker::TIMEOUTS;

/// The function.
pub struct Timer {
    app: App,
    /// Its connection to DynamoDB. The SDK tries a call that has failed once again.
    pub table: Faulty,
    /// Its connection to SQS.
    pub queue: Faulty,
    /// Its metric lines.
    pub lines: Lines,
}

impl Timer {
    /// Over a bundle's table and queue; it goes by LINE's clock.
    pub fn new(bundle: &Bundle) -> Self {
        let (table, queue) = (Faulty::default(), Faulty::default());
        let lines = Lines::default();
        let ground = bundle
            .stack
            .ground
            .clone()
            .with_timeouts(TIMEOUTS)
            .with_dynamodb_over(table.client())
            .with_sqs_over(queue.client())
            .with_metrics(lines.sink());
        let config = Config::read(&bundle.env()).expect("its variables");
        let app = App::new(config, &ground);
        Self {
            app,
            table,
            queue,
            lines,
        }
    }

    /// Runs once, as its schedule would.
    ///
    /// # Errors
    /// Why timers that are due do not ring.
    pub async fn runs(&self) -> Result<Done, Failure> {
        self.runs_within(TIMEOUT).await
    }

    /// The same, with this much time before Lambda's deadline.
    ///
    /// # Errors
    /// Why timers that are due do not ring.
    pub async fn runs_within(&self, time: Duration) -> Result<Done, Failure> {
        let now: Timestamp = self.app.clock.now().into();
        timer::handle(&self.app, now.plus(time)).await
    }
}
