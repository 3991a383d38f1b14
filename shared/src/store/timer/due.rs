//! Timers that are due: found by the index, and out of it once they are queued.

use crate::domain::Timestamp;
use crate::store::bots::Place;
use crate::store::timer::row::{Timer, read};
use crate::store::{Store, StoreError, if_held, keys, n, s};

/// Maximum number of timers read at once: a chat's go into one message of the queue, and a
/// worker must come through it.
const LARGEST_PAGE: i32 = 100;

/// Some timers that are due.
#[derive(Debug)]
pub struct DueTimers {
    /// The timers, in the order in which they are due.
    pub timers: Vec<Timer>,
    /// The sort keys of rows that cannot be read.
    pub unreadable: Vec<String>,
    /// Where the next page begins; none on the last.
    pub next: Option<Place>,
}

impl Store {
    /// A page of the timers of one shard, 0 to [`TIMER_SHARDS`](super::TIMER_SHARDS), that are
    /// due at `now`; `from` is the page before's `next`. The index may be some moments behind:
    /// one that is queued, cancelled or set again may still be in it.
    ///
    /// # Errors
    /// The table is not available. A row that cannot be read is no error.
    pub async fn due_timers(
        &self,
        shard: u8,
        now: Timestamp,
        from: Option<&Place>,
    ) -> Result<DueTimers, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(keys::TIMERS)
            .key_condition_expression("timer_shard = :shard AND due_at <= :now")
            .expression_attribute_values(":shard", s(shard.to_string()))
            .expression_attribute_values(":now", n(now.0))
            .limit(LARGEST_PAGE)
            .set_exclusive_start_key(from.map(|place| place.0.clone()));
        let page = query
            .send()
            .await
            .map_err(StoreError::unavailable("read the timers"))?;
        let (mut timers, mut unreadable) = (Vec::new(), Vec::new());
        for item in page.items.unwrap_or_default() {
            match read(item) {
                Ok(timer) => timers.push(timer),
                Err(sort) => unreadable.push(sort),
            }
        }
        // The index says nothing of the order of those that are due at once.
        timers.sort_by(|one, two| (one.due, one.id.as_str()).cmp(&(two.due, two.id.as_str())));
        Ok(DueTimers {
            timers,
            unreadable,
            next: page.last_evaluated_key.map(Place),
        })
    }

    /// Takes a timer whose event is queued out of the index, unless it was set again meanwhile.
    /// Its row goes when the event is handled.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn timer_queued(&self, timer: &Timer, now: Timestamp) -> Result<(), StoreError> {
        if !timer.is_named {
            return self.end_timer(timer).await;
        }
        let update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::key(&keys::bot(&timer.bot), &timer.sort)))
            .update_expression("SET queued_at = :now REMOVE timer_shard")
            .condition_expression("id = :id")
            .expression_attribute_values(":id", s(timer.id.as_str()))
            .expression_attribute_values(":now", n(now.0));
        if_held("note that a timer is queued", update.send().await).map(drop)
    }

    /// Ends one whose row, of the release before, does not wait for its event to be handled;
    /// unless a forced replay has set it again meanwhile.
    async fn end_timer(&self, timer: &Timer) -> Result<(), StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(keys::key(&keys::bot(&timer.bot), &timer.sort)))
            .condition_expression("run = :run")
            .expression_attribute_values(":run", n(timer.run));
        if_held("end a timer", delete.send().await).map(drop)
    }
}
