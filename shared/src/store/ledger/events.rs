//! The events of a chat, and those of the account itself, by the time in their ids. No index has
//! events by time. LINE's ids begin with theirs; the ids of timers, signals and commands do not
//! all, and come behind those of LINE.

use std::time::Duration;

use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;

use crate::domain::{BotId, ChatId, EventId, LedgerEntry, Timestamp, ledger_end};
use crate::store::ledger::row::LedgerRow;
use crate::store::row::VersionedRow as _;
use crate::store::{Item, LedgerKey, Store, StoreError, is_past, keys, n, s};

const OPERATION: &str = "list the events";
/// Events of our own of one chat that are looked through for the newest.
const MOST_OF_OURS: usize = 500;
/// Where the ids of our own begin: all of LINE's come before it.
const OURS: &str = "a";

/// An event with its row.
#[derive(Debug, Clone)]
pub struct KeptEvent {
    pub key: LedgerKey,
    /// What is kept of it; none where this release cannot read it.
    pub entry: Option<LedgerEntry>,
}

/// Since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// What we received then or later.
    Received(Timestamp),
    /// What was decided, settled or parked then or later, to the second.
    Written(Timestamp),
}

impl Since {
    fn moment(self) -> Timestamp {
        match self {
            Self::Received(at) | Self::Written(at) => at,
        }
    }

    /// A row's end is a while after it was written; a parked one has none.
    fn filter(self, query: QueryFluentBuilder) -> QueryFluentBuilder {
        match self {
            Self::Received(at) => query
                .filter_expression("received_at >= :since")
                .expression_attribute_values(":since", n(at.0)),
            Self::Written(at) => query
                .filter_expression("expires_at >= :end OR parked_at >= :since")
                .expression_attribute_values(":end", n(ledger_end(at)))
                .expression_attribute_values(":since", n(at.0)),
        }
    }
}

impl Store {
    /// The newest events of a chat, or of the account itself, the newest first, by their own
    /// time. Of events of our own (timers, signals, commands) the first 500 by id are looked
    /// through.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn newest_events(
        &self,
        bot: &BotId,
        chat: Option<&ChatId>,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<KeptEvent>, StoreError> {
        let prefix = prefix(chat);
        let of_line = (prefix.clone(), format!("{prefix}{OURS}"));
        let of_ours = (format!("{prefix}{OURS}"), format!("{prefix}{}", keys::LAST));
        let mut events = self
            .read_events(bot, &of_line, Order::NewestFirst, most, now)
            .await?;
        let ours = self.read_events(bot, &of_ours, Order::OldestFirst, MOST_OF_OURS, now);
        events.extend(ours.await?);
        newest_first(&mut events);
        events.truncate(most);
        Ok(events)
    }

    /// The events of a chat, or of the account itself, since a moment, the newest first. One of
    /// LINE's that happened more than `late` before that moment is not found.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn events_since(
        &self,
        bot: &BotId,
        chat: Option<&ChatId>,
        since: Since,
        late: Duration,
        now: Timestamp,
    ) -> Result<Vec<KeptEvent>, StoreError> {
        let prefix = prefix(chat);
        let first = EventId::first_at(since.moment().minus(late));
        let range = (
            format!("{prefix}{first}"),
            format!("{prefix}{}", keys::LAST),
        );
        let mut from = None;
        let mut events = Vec::new();
        loop {
            let query = since.filter(self.range(bot, &range));
            let query = query.set_exclusive_start_key(from);
            let page = query
                .send()
                .await
                .map_err(StoreError::unavailable(OPERATION))?;
            let items = page.items.unwrap_or_default().into_iter();
            events.extend(items.filter_map(|item| read(item, now)));
            from = page.last_evaluated_key;
            if from.is_none() {
                newest_first(&mut events);
                return Ok(events);
            }
        }
    }

    /// The rows of these events, in any order; without those that are not there.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn events(
        &self,
        events: &[LedgerKey],
        now: Timestamp,
    ) -> Result<Vec<KeptEvent>, StoreError> {
        let rows = events.iter().map(LedgerKey::key).collect();
        let items = self.read_all(rows).await?.into_iter();
        Ok(items.filter_map(|item| read(item, now)).collect())
    }

    async fn read_events(
        &self,
        bot: &BotId,
        range: &(String, String),
        order: Order,
        most: usize,
        now: Timestamp,
    ) -> Result<Vec<KeptEvent>, StoreError> {
        let (mut from, mut events) = (None, Vec::new());
        loop {
            let left = most.saturating_sub(events.len()).clamp(1, 100);
            let query = self
                .range(bot, range)
                .scan_index_forward(order == Order::OldestFirst)
                .limit(i32::try_from(left).unwrap_or(1))
                .set_exclusive_start_key(from);
            let page = query
                .send()
                .await
                .map_err(StoreError::unavailable(OPERATION))?;
            let items = page.items.unwrap_or_default().into_iter();
            events.extend(items.filter_map(|item| read(item, now)));
            from = page.last_evaluated_key;
            if from.is_none() || events.len() >= most {
                return Ok(events);
            }
        }
    }

    fn range(&self, bot: &BotId, (first, last): &(String, String)) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table)
            .key_condition_expression("bot_id = :bot AND chat_id BETWEEN :first AND :last")
            .expression_attribute_values(":bot", s(keys::bot(bot)))
            .expression_attribute_values(":first", s(first.as_str()))
            .expression_attribute_values(":last", s(last.as_str()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    OldestFirst,
    NewestFirst,
}

fn prefix(chat: Option<&ChatId>) -> String {
    let chat = chat.map_or_else(|| keys::BOT.to_owned(), keys::chat);
    format!("{chat}{}", keys::OF_CHAT)
}

fn read(item: Item, now: Timestamp) -> Option<KeptEvent> {
    if is_past(&item, now) {
        return None;
    }
    let key = LedgerKey::of_row(&item)?;
    let entry = LedgerRow::read(Some(item), now).ok()?.into_entry();
    Some(KeptEvent { key, entry })
}

/// Events that cannot be read come last: their time is not known.
fn newest_first(events: &mut [KeptEvent]) {
    let at = |event: &KeptEvent| {
        event
            .entry
            .as_ref()
            .map(|entry| (entry.at, entry.received_at))
    };
    events.sort_by(|one, two| {
        at(two)
            .cmp(&at(one))
            .then_with(|| two.key.event.cmp(&one.key.event))
    });
}
