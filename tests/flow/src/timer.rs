//! The timer function beside the stack's, with connections that can be made to fail.

use std::time::Duration;

use shared::aws::{Aws, tokio_sleep};
use shared::domain::Timestamp;
use shared::queue::Queue;
use shared::store::Store;
use timer::{App, Done, Failure, TIME};

use crate::Bundle;
use crate::faulty::Faulty;
use crate::worker::PATIENCE;

/// The function.
pub struct Timer {
    app: App,
    /// Its connection to DynamoDB. The SDK tries a call that has failed once again.
    pub table: Faulty,
    /// Its connection to SQS.
    pub queue: Faulty,
}

impl Timer {
    /// Over a bundle's table and queue; it goes by LINE's clock.
    pub fn new(bundle: &Bundle) -> Self {
        let (table, queue) = (Faulty::default(), Faulty::default());
        let addresses = &bundle.stack.addresses;
        let dynamodb = Aws::emulated().with_http(table.client());
        let sqs = Aws::emulated().with_http(queue.client());
        let app = App {
            store: Store::new(
                dynamodb.dynamodb(Some(addresses.dynamodb_url.clone()), PATIENCE),
                addresses.table_name.clone(),
            ),
            queue: Queue::new(
                sqs.sqs(Some(addresses.sqs_url.clone()), PATIENCE),
                addresses.event_queue_url.clone(),
            ),
            clock: bundle.stack.clock.clone(),
            sleep: tokio_sleep(),
        };
        Self { app, table, queue }
    }

    /// Runs once, as its schedule would.
    ///
    /// # Errors
    /// Why timers that are due do not ring.
    pub async fn runs(&self) -> Result<Done, Failure> {
        self.runs_within(TIME).await
    }

    /// The same, with only so much time before Lambda's deadline.
    ///
    /// # Errors
    /// Why timers that are due do not ring.
    pub async fn runs_within(&self, time: Duration) -> Result<Done, Failure> {
        let now: Timestamp = self.app.clock.now().into();
        timer::handle(&self.app, now.plus(time)).await
    }
}
