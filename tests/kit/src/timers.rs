//! The function that brings timers back has its turn whenever one is due.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use shared::domain::Timestamp;
use shared::store::TIMER_SHARDS;

use crate::world::World;

impl World {
    /// When the next timer is due, if that is not after `end`.
    pub(crate) async fn next_timer(&self, end: SystemTime) -> Option<SystemTime> {
        let mut next: Option<Timestamp> = None;
        for shard in 0..TIMER_SHARDS {
            let due = self.store().due_timers(shard, end.into(), None).await;
            let first = due.expect("the table answers").timers.into_iter().next();
            let first = first.map(|timer| timer.due);
            next = next.into_iter().chain(first).min();
        }
        let millis = u64::try_from(next?.0).unwrap_or_default();
        Some(UNIX_EPOCH + Duration::from_millis(millis))
    }

    /// Queues the timers that are due.
    pub(crate) async fn ring(&self) {
        let deadline = self.now().plus(timer::TIME);
        let rung = timer::handle(self.timer(), deadline).await;
        rung.expect("the timers are queued");
    }
}
