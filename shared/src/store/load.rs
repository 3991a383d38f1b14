//! All that deciding about one event needs, in one strongly consistent read.

use std::collections::{BTreeMap, HashSet};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use aws_sdk_dynamodb::types::builders::KeysAndAttributesBuilder;
use serde::de::DeserializeOwned;

use crate::domain::{EventId, LedgerEntry, Timestamp};
use crate::store::ledger::is_settled;
use crate::store::{
    BotRow, ChatRow, Item, LedgerKey, Store, StoreError, is_past, keys, timer, version,
};

const OPERATION: &str = "load an event's rows";
/// Maximum number of rows that DynamoDB reads in one batch.
const LARGEST_BATCH: usize = 100;

/// What the table has about an event.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The account's row, if there is one.
    pub bot: Option<BotRow>,
    /// The chat's row; an empty one of version 0 if there is none.
    pub chat: ChatRow,
    /// The event's own row, if it was seen before.
    pub ledger: Option<LedgerEntry>,
    /// The id of the timer that is set under the name that was asked for, if one is.
    pub timer: Option<EventId>,
}

impl Store {
    /// Loads account, chat and ledger row of one event, and the row of the timer of this name,
    /// in its chat or of the account. A row past its time counts as absent.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read.
    pub async fn load(
        &self,
        key: &LedgerKey,
        timer: Option<&str>,
        now: Timestamp,
    ) -> Result<Loaded, StoreError> {
        let timer = timer.map(|name| timer::key(key.chat.as_ref(), name));
        let items = self.read_rows(key, timer.as_deref()).await?;
        let chat_sort = key.chat.as_ref().map(keys::chat);
        let find = |sort: &str| {
            items
                .iter()
                .find(|item| keys::sort_of(item) == sort)
                .cloned()
        };
        let bot: Option<BotRow> = parse(find(keys::BOT))?;
        let chat: Option<ChatRow> = parse(chat_sort.as_deref().and_then(find))?;
        let ledger = find(&key.sort()).filter(|row| !is_past(row, now));
        let detached_at = bot.as_ref().and_then(|bot| bot.state.detached_at);
        Ok(Loaded {
            chat: chat.unwrap_or_default().of_present(detached_at),
            ledger: parse(ledger)?,
            timer: timer
                .as_deref()
                .and_then(find)
                .as_ref()
                .and_then(timer::id_of),
            bot,
        })
    }

    /// Which of these events are done or parked. One that could not be read counts as
    /// neither.
    ///
    /// # Errors
    /// The table is not available.
    pub async fn settled(
        &self,
        events: impl Iterator<Item = LedgerKey>,
        now: Timestamp,
    ) -> Result<HashSet<EventId>, StoreError> {
        let keys: BTreeMap<_, _> = events.map(|key| (key.sort(), key)).collect();
        let rows: Vec<_> = keys.values().map(LedgerKey::key).collect();
        let mut settled = HashSet::new();
        for rows in rows.chunks(LARGEST_BATCH) {
            let wanted =
                wanted(rows.to_vec()).projection_expression("chat_id, outcome, expires_at");
            let items = self.read_batch(wanted).await?.items;
            let found = items
                .iter()
                .filter(|item| is_settled(item) && !is_past(item, now))
                .filter_map(|item| keys.get(keys::sort_of(item)));
            settled.extend(found.map(|key| key.event.clone()));
        }
        Ok(settled)
    }

    async fn read_rows(
        &self,
        key: &LedgerKey,
        timer: Option<&str>,
    ) -> Result<Vec<Item>, StoreError> {
        let bot = keys::bot(&key.bot);
        let mut rows = vec![keys::key(&bot, keys::BOT), key.key()];
        rows.extend(
            key.chat
                .as_ref()
                .map(|chat| keys::key(&bot, &keys::chat(chat))),
        );
        rows.extend(timer.map(|sort| keys::key(&bot, sort)));
        let read = self.read_batch(wanted(rows)).await?;
        match read.left.is_empty() {
            true => Ok(read.items),
            false => Err(unavailable("the table is throttled")),
        }
    }

    /// These rows, each read by its key, in any order; without those that are not there.
    pub(super) async fn read_all(&self, rows: Vec<Item>) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        let mut left = rows;
        while !left.is_empty() {
            let rest = left.split_off(left.len().min(LARGEST_BATCH));
            let read = self.read_batch(wanted(left)).await?;
            if read.items.is_empty() && !read.left.is_empty() {
                return Err(unavailable("the table is throttled"));
            }
            items.extend(read.items);
            left = read.left;
            left.extend(rest);
        }
        Ok(items)
    }

    async fn read_batch(&self, wanted: KeysAndAttributesBuilder) -> Result<Read, StoreError> {
        let wanted = wanted
            .build()
            .map_err(|error| unavailable(&error.to_string()))?;
        let get = self
            .client
            .batch_get_item()
            .request_items(&self.table, wanted);
        let answer = get
            .send()
            .await
            .map_err(StoreError::unavailable(OPERATION))?;
        let tables = answer.responses;
        let left = answer.unprocessed_keys.unwrap_or_default();
        let left = left.into_values().flat_map(|keys| keys.keys).collect();
        Ok(Read {
            left,
            items: tables
                .and_then(|mut tables| tables.remove(&self.table))
                .unwrap_or_default(),
        })
    }
}

/// What a batch has read, and the keys of what it has not.
struct Read {
    items: Vec<Item>,
    left: Vec<Item>,
}

fn wanted(keys: Vec<Item>) -> KeysAndAttributesBuilder {
    let wanted = KeysAndAttributes::builder().set_keys(Some(keys));
    wanted.consistent_read(true)
}

fn unavailable(reason: &str) -> StoreError {
    StoreError::Unavailable {
        operation: OPERATION,
        reason: reason.to_owned(),
    }
}

fn parse<T: DeserializeOwned>(item: Option<Item>) -> Result<Option<T>, StoreError> {
    item.map(|item| version::read(item).map_err(StoreError::unread(OPERATION)))
        .transpose()
}
