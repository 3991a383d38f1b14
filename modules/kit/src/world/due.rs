//! What becomes due when time goes by.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use shared::domain::Timestamp;

use super::stand_ins::DEFINITIONS;
use super::{Came, World};

impl World {
    /// Lets time go by; what becomes due meanwhile is done when it is due.
    pub(crate) async fn advance(&self, by: Duration) -> Came {
        let end = self.line.now() + by;
        let mut came = Came::default();
        while let Some(next) = self.next_due().filter(|next| *next <= end) {
            self.move_to(next).await;
            came.add(self.settle().await);
        }
        self.move_to(end).await;
        came.add(self.settle().await);
        came
    }

    async fn move_to(&self, at: SystemTime) {
        let by = at.duration_since(self.line.now()).unwrap_or_default();
        self.line.advance_clock(by).await;
        self.run_what_is_due().await;
    }

    /// What the bundle does by itself when time has gone by.
    async fn run_what_is_due(&self) {
        if self.next_timer().is_some_and(|due| due <= self.now()) {
            let deadline = self.now().plus(timer::TIMEOUT);
            let rung = timer::handle(&self.timer, deadline).await;
            rung.expect("the timers are found and queued");
        }
    }

    /// When something is next due: a timer, or another try of a message.
    fn next_due(&self) -> Option<SystemTime> {
        let timer = self
            .next_timer()
            .and_then(|due| u64::try_from(due.0).ok())
            .map(|due| UNIX_EPOCH + Duration::from_millis(due));
        let message = self.sqs.next_visible(&DEFINITIONS.queue);
        timer.into_iter().chain(message).min()
    }

    /// The schedule's runs that find nothing are left out.
    fn next_timer(&self) -> Option<Timestamp> {
        let rows = self.wire.rows();
        let is_timer = |row: &&Value| is_waiting_timer(row);
        let due = |row: &Value| row["due_at"]["N"].as_str()?.parse().ok().map(Timestamp);
        rows.iter().filter(is_timer).filter_map(due).min()
    }
}

/// Whether a row is a timer that is not queued yet.
fn is_waiting_timer(row: &Value) -> bool {
    let key = row["chat_id"]["S"].as_str();
    key.is_some_and(|key| key.starts_with("@timer#")) && !row["timer_shard"].is_null()
}
