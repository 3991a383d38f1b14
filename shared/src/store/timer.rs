//! Timers: events that a module schedules for later, in the same chat. They wait in
//! the account's partition, in the order in which they are due; an index lists
//! those of all accounts.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use serde::{Deserialize, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use serde_json::value::RawValue;

use crate::domain::{BotId, Chat, ChatId, ChatKind, EventId, Timestamp};
use crate::hash::sha256_hex;
use crate::store::bots::Place;
use crate::store::commit::{CommitError, invalid};
use crate::store::{Commit, Item, Store, StoreError, if_held, keys, n, s, version};

/// Number of parts of the index: one alone would take a thousand writes a second.
pub const TIMER_SHARDS: u8 = 8;
/// Maximum number of timers read at once: a chat's go into one message of the queue, and a
/// worker must come through it.
const LARGEST_PAGE: i32 = 100;

/// A timer that an event's handler plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTimer {
    /// When it is due; at once, if that is past.
    pub due: Timestamp,
    /// Its name, by which its route finds it.
    pub name: String,
    /// What the module is given then, as JSON.
    pub payload: String,
}

/// A timer that waits.
#[derive(Debug, Clone)]
pub struct Timer {
    /// The id of the event that it becomes: the same on every run.
    pub id: EventId,
    /// The account.
    pub bot: BotId,
    pub chat: Chat,
    /// When it is due.
    pub due: Timestamp,
    /// Its name, by which its route finds it.
    pub name: String,
    /// What the module is given then.
    pub payload: Box<RawValue>,
    /// The newest attach known when it was planned.
    pub epoch: Timestamp,
    sort: String,
    run: u32,
}

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

/// A timer, as kept. It has no `expires_at`: none vanishes before it has rung.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The ids as they came: those of the key may be hashed.
    bot: BotId,
    chat: ChatId,
    chat_kind: ChatKind,
    timer_shard: String,
    due_at: Timestamp,
    name: String,
    payload: String,
    epoch: Timestamp,
    /// The event whose handler planned it,
    event: EventId,
    /// its place among that handler's timers,
    n: usize,
    /// and which forced replay of the event it was.
    run: u32,
}

impl Kept {
    fn new(commit: &Commit<'_>, n: usize, timer: &NewTimer) -> Option<Self> {
        let key = commit.key;
        let chat = key.chat.clone()?;
        Some(Self {
            timer_shard: shard(&key.bot, &chat).to_string(),
            bot: key.bot.clone(),
            chat,
            chat_kind: commit.chat_kind?,
            due_at: timer.due,
            name: timer.name.clone(),
            payload: timer.payload.clone(),
            epoch: commit.ledger.epoch,
            event: key.event.clone(),
            n,
            run: commit.ledger.replays.run,
        })
    }

    fn into_timer(self, sort: String) -> Option<Timer> {
        let chat = Chat {
            kind: self.chat_kind,
            id: self.chat,
        };
        Some(Timer {
            id: event_id(&sort, self.run)?,
            bot: self.bot,
            chat,
            due: self.due_at,
            name: self.name,
            payload: RawValue::from_string(self.payload).ok()?,
            epoch: self.epoch,
            sort,
            run: self.run,
        })
    }
}

impl Commit<'_> {
    /// The writes of its timers. They have no condition: their keys are of this event
    /// alone, whose own row lets one commit of each run through. What is there already
    /// is of a run before a forced replay, and is replaced, so that it rings once;
    /// what has rung and gone rings again, as all that is forced is done again.
    pub(super) fn put_timers(&self, table: &str) -> Result<Vec<TransactWriteItem>, CommitError> {
        let timers = self.timers.iter().enumerate();
        timers
            .map(|(n, timer)| {
                let kept =
                    Kept::new(self, n, timer).ok_or_else(|| invalid("a timer is of a chat"))?;
                let fields = version::stamped(to_item(kept).map_err(invalid)?);
                let bot = keys::bot(&self.key.bot);
                let item = keys::with_key(fields, &bot, &self.timer_key(n, timer.due));
                let put = Put::builder()
                    .table_name(table)
                    .set_item(Some(item))
                    .build()
                    .map_err(invalid)?;
                Ok(TransactWriteItem::builder().put(put).build())
            })
            .collect()
    }

    /// In the order of time; the same, however often the event is decided again.
    fn timer_key(&self, n: usize, due: Timestamp) -> String {
        let hash = sha256_hex([self.key.sort()]);
        format!("{}{:019}#{hash}#{n:02}", keys::TIMER, due.0)
    }
}

/// Which part of the index a chat's timers are in: one, so that they stay in order.
fn shard(bot: &BotId, chat: &ChatId) -> u8 {
    let hash = sha256_hex([bot.as_str(), "\0", chat.as_str()]);
    let digits = u8::from_str_radix(&hash[..2], 16);
    digits.unwrap_or_default() % TIMER_SHARDS
}

/// A forced replay's timer is another event: the first one's may be settled.
fn event_id(sort: &str, run: u32) -> Option<EventId> {
    let key = sort.strip_prefix(keys::TIMER)?.replace('#', "-");
    EventId::new(match run {
        0 => format!("timer-{key}"),
        run => format!("timer-{key}-{run}"),
    })
    .ok()
}

fn read(item: Item) -> Result<Timer, String> {
    let sort = keys::sort_of(&item).to_owned();
    let kept: Option<Kept> = version::read(item).ok();
    kept.and_then(|kept| kept.into_timer(sort.clone()))
        .ok_or(sort)
}

impl Store {
    /// A page of the timers of one shard, 0 to [`TIMER_SHARDS`], that are due at `now`;
    /// `from` is the page before's `next`. The index may be some moments behind: one
    /// that was ended may still be in it.
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
        timers.sort_by(|one, two| one.sort.cmp(&two.sort));
        Ok(DueTimers {
            timers,
            unreadable,
            next: page.last_evaluated_key.map(Place),
        })
    }

    /// Ends a timer that has rung, unless a forced replay has set it again meanwhile.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn end_timer(&self, timer: &Timer) -> Result<(), StoreError> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timers_event_has_an_id_of_its_own_in_each_forced_run() {
        let id = |run| event_id("@timer#0000000000000000007#ab#00", run).unwrap();
        assert_eq!(id(0).as_str(), "timer-0000000000000000007-ab-00");
        assert_ne!(id(0), id(1));
        assert_eq!(event_id("@m#x", 0), None);
    }

    #[test]
    fn a_chat_is_always_in_the_same_shard_and_not_all_are_in_one() {
        let of = |chat: &str| shard(&BotId::new("U1").unwrap(), &ChatId::new(chat).unwrap());
        assert_eq!(of("L1"), of("L1"));
        let all: std::collections::BTreeSet<_> = (0..200).map(|n| of(&n.to_string())).collect();
        assert_eq!(all.len(), usize::from(TIMER_SHARDS));
    }
}
