//! The reconciler over emulators, with connections that can be made to fail.

use std::time::Duration;

use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use reconciler::{App, Config, Failure, TIMEOUT};
use shared::store::WalkRow;

use crate::emulators::{Emulators, Places};
use crate::faulty::Faulty;
use crate::hurry::Hurry;
use crate::measured::Lines;
use crate::worker::TIMEOUTS;

/// The path of LINE's list.
pub const LIST: &str = "/v2/bot/list";
/// The path of an account's info.
pub const INFO: &str = "/v2/bot/info";

#[derive(Clone)]
pub struct Reconciler {
    /// The function.
    pub app: App,
    /// Its connection to DynamoDB. The SDK tries a call whose answer is lost once again.
    pub table: Faulty,
    /// Its connection to LINE.
    pub line: Faulty,
    /// Its metric lines.
    pub lines: Lines,
}

impl Reconciler {
    /// A reconciler that goes by LINE's clock, and does not wait long between tries.
    pub fn new(emulators: &Emulators) -> Self {
        Self::over(
            &emulators.places,
            emulators.clock(),
            SharedAsyncSleep::new(Hurry),
        )
    }

    /// A reconciler that goes by this clock and sleep.
    pub fn over(places: &Places, clock: SharedTimeSource, sleep: SharedAsyncSleep) -> Self {
        let (table, line) = (Faulty::default(), Faulty::default());
        let lines = Lines::default();
        let ground = places
            .ground()
            .with_timeouts(TIMEOUTS)
            .with_clock(clock)
            .with_line_over(line.connector())
            .with_dynamodb_over(table.client())
            .with_metrics(lines.sink());
        let config = Config::read(&places.env()).expect("its variables");
        let mut app = App::new(config, &ground);
        app.sleep = sleep;
        Self {
            app,
            table,
            line,
            lines,
        }
    }

    /// Runs once, as its schedule would.
    ///
    /// # Errors
    /// Why not all was done.
    pub async fn runs(&self) -> Result<WalkRow, Failure> {
        self.runs_within(TIMEOUT).await
    }

    /// The same, with this much time before Lambda's deadline.
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
