//! What becomes due when time goes by.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use shared::domain::Timestamp;

use super::stand_ins::DEFINITIONS;
use super::{Came, World};
use crate::kept::TIMER_ROWS;

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
        let timer = self.next_ring();
        let message = match self.is_at_work() {
            true => self.sqs.next_visible(&DEFINITIONS.queue),
            false => None,
        };
        timer.into_iter().chain(message).min()
    }

    /// When the next timer is due.
    pub(crate) fn next_ring(&self) -> Option<SystemTime> {
        let due = self.next_timer()?;
        let since_1970 = u64::try_from(due.0).ok()?;
        Some(UNIX_EPOCH + Duration::from_millis(since_1970))
    }

    /// The schedule's runs that find nothing are left out.
    fn next_timer(&self) -> Option<Timestamp> {
        let rows = self.wire.rows_of(TIMER_ROWS);
        let is_timer = |row: &&Value| is_waiting_timer(row);
        let due = |row: &Value| row["due_at"]["N"].as_str()?.parse().ok().map(Timestamp);
        rows.iter().filter(is_timer).filter_map(due).min()
    }
}

/// Whether a timer's row is not queued yet.
fn is_waiting_timer(row: &Value) -> bool {
    !row["timer_shard"].is_null()
}
