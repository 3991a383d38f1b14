//! The reconciler over a ground, with connections that can be made to fail.

use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use reconciler::{App, Failure, LEASE};
use shared::aws::{Aws, tokio_sleep};
use shared::line::http::Http;
use shared::line::{Channel, LineClient};
use shared::queue::Queue;
use shared::random::Random;
use shared::store::{Store, WalkRow};

use crate::faulty::Faulty;
use crate::ground::{Ground, Places};
use crate::hurry::Hurry;
use crate::worker::{PATIENCE, TIME, secret};

/// The path of LINE's list.
pub const LIST: &str = "/v2/bot/list";
/// The path of an account's info.
pub const INFO: &str = "/v2/bot/info";

/// A reconciler.
#[derive(Clone)]
pub struct Reconciler {
    /// The function.
    pub app: App,
    /// Its connection to DynamoDB. The SDK tries a call whose answer is lost once again.
    pub table: Faulty,
    /// Its connection to LINE.
    pub line: Faulty,
}

impl Reconciler {
    /// A reconciler that goes by LINE's clock, and does not wait long between tries.
    pub fn new(ground: &Ground) -> Self {
        Self::over(&ground.places, ground.clock(), SharedAsyncSleep::new(Hurry))
    }

    /// A reconciler that goes by this clock and sleep.
    pub fn over(places: &Places, clock: SharedTimeSource, sleep: SharedAsyncSleep) -> Self {
        let (table, line) = (Faulty::default(), Faulty::default());
        let channel = Channel {
            id: places.channel_id.clone(),
            bot_header: places.bot_header.parse().expect("a header's name"),
            api_url: places.line_url.clone(),
            data_api_url: places.line_url.clone(),
        };
        let http = Http::new(line.connector(), clock.clone(), tokio_sleep(), TIME);
        let secret = secret(places.channel_secret.clone(), clock.clone());
        let dynamodb = Aws::emulated().with_http(table.client());
        let app = App {
            store: Store::new(
                dynamodb.dynamodb(Some(places.dynamodb_url.clone()), PATIENCE),
                places.table_name.clone(),
            ),
            queue: Queue::new(
                Aws::emulated().sqs(Some(places.sqs_url.clone()), PATIENCE),
                places.event_queue_url.clone(),
            ),
            line: LineClient::new(http, channel, secret),
            clock,
            sleep,
            random: Random::system(),
        };
        Self { app, table, line }
    }

    /// Runs once, as its schedule would.
    ///
    /// # Errors
    /// Why not all was done.
    pub async fn runs(&self) -> Result<WalkRow, Failure> {
        self.runs_within(LEASE).await
    }

    /// The same, with only so much time before Lambda's deadline.
    ///
    /// # Errors
    /// Why not all was done.
    pub async fn runs_within(&self, time: Duration) -> Result<WalkRow, Failure> {
        let now: shared::domain::Timestamp = self.app.clock.now().into();
        reconciler::handle(&self.app, now.plus(time)).await
    }

    /// Runs once, and all is done.
    pub async fn succeeds(&self) -> WalkRow {
        self.runs().await.expect("the reconciler succeeds")
    }

    /// Runs once, and not all is done: the sentence.
    pub async fn fails(&self) -> String {
        let walk = self.runs().await;
        walk.expect_err("the reconciler fails").to_string()
    }
}
