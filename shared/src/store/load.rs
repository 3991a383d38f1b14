//! All that deciding about one event needs, in one strongly consistent read.

use aws_sdk_dynamodb::types::KeysAndAttributes;
use serde::de::DeserializeOwned;
use serde_dynamo::aws_sdk_dynamodb_1::from_item;

use crate::domain::Timestamp;
use crate::store::{BotRow, ChatRow, Item, LedgerKey, LedgerRow, Store, StoreError, keys};

const OPERATION: &str = "load an event's rows";

/// What the table has about an event.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The account's row, if there is one.
    pub bot: Option<BotRow>,
    /// The chat's row; an empty one of version 0 if there is none.
    pub chat: ChatRow,
    /// The event's own row, if it was seen before.
    pub ledger: Option<LedgerRow>,
}

impl Store {
    /// Loads account, chat and ledger row of one event. A row past its time
    /// counts as absent.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read.
    pub async fn load(&self, key: &LedgerKey, now: Timestamp) -> Result<Loaded, StoreError> {
        let items = self.read_three(key).await?;
        let chat_sort = key.chat.as_ref().map(keys::chat);
        let find = |sort: &str| {
            items
                .iter()
                .find(|item| keys::sort_of(item) == sort)
                .cloned()
        };
        let bot: Option<BotRow> = parse(find(keys::BOT))?;
        let chat: Option<ChatRow> = parse(chat_sort.as_deref().and_then(find))?;
        let ledger: Option<LedgerRow> = parse(find(&key.sort()))?;
        let detached_at = bot.as_ref().and_then(|bot| bot.state.detached_at);
        Ok(Loaded {
            chat: chat.unwrap_or_default().of_present(detached_at),
            ledger: ledger.filter(|row| row.expires_at.is_none_or(|end| end > now.seconds())),
            bot,
        })
    }

    async fn read_three(&self, key: &LedgerKey) -> Result<Vec<Item>, StoreError> {
        let bot = keys::bot(&key.bot);
        let mut rows = vec![keys::key(&bot, keys::BOT), key.key()];
        rows.extend(
            key.chat
                .as_ref()
                .map(|chat| keys::key(&bot, &keys::chat(chat))),
        );
        let wanted = KeysAndAttributes::builder()
            .set_keys(Some(rows))
            .consistent_read(true)
            .build();
        let wanted = wanted.map_err(|error| unavailable(&error.to_string()))?;
        let get = self
            .client
            .batch_get_item()
            .request_items(&self.table, wanted);
        let answer = get
            .send()
            .await
            .map_err(StoreError::unavailable(OPERATION))?;
        if answer.unprocessed_keys.is_some_and(|keys| !keys.is_empty()) {
            return Err(unavailable("the table is throttled"));
        }
        Ok(answer
            .responses
            .and_then(|mut tables| tables.remove(&self.table))
            .unwrap_or_default())
    }
}

fn unavailable(reason: &str) -> StoreError {
    StoreError::Unavailable {
        operation: OPERATION,
        reason: reason.to_owned(),
    }
}

fn parse<T: DeserializeOwned>(item: Option<Item>) -> Result<Option<T>, StoreError> {
    item.map(|item| from_item(item).map_err(StoreError::malformed(OPERATION)))
        .transpose()
}
