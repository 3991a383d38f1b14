//! The chats of an account, in the order of their keys. Between their rows stand those of their
//! events: each chat's are leapt over, so that listing chats reads few of them.

use std::collections::VecDeque;

use crate::domain::{BotId, ChatId};
use crate::store::{ChatRow, Item, Store, StoreError, keys, s, version};

const OPERATION: &str = "list the chats";
/// What is read at once, where chats have events: a chat's row and the first of its events.
const FEWEST: i32 = 2;
/// The same, where they have none.
const MOST: i32 = 64;

/// Some of an account's chats.
#[derive(Debug, Default)]
pub struct ChatsPage {
    /// Each chat with its row; an empty one where only its events are there.
    pub rows: Vec<(ChatId, ChatRow)>,
    /// Behind which chat the next page begins; none on the last.
    pub next: Option<ChatId>,
}

impl Store {
    /// Up to `most` chats of the account behind this one. A chat whose id is kept as a hash is
    /// listed by that.
    ///
    /// # Errors
    /// The table is not available, or a row cannot be read.
    pub async fn chats(
        &self,
        bot: &BotId,
        after: Option<&ChatId>,
        most: usize,
    ) -> Result<ChatsPage, StoreError> {
        let mut page = ChatsPage::default();
        let mut behind = after.map_or_else(|| keys::LAST_OF_OURS.to_owned(), end_of);
        let mut limit = FEWEST;
        loop {
            let (mut items, is_last) = self.sorts_behind(bot, &behind, limit).await?;
            let mut leaps = false;
            while let Some(item) = items.pop_front() {
                let sort = keys::sort_of(&item).to_owned();
                let Some(chat) = chat_of(&sort) else { continue };
                behind = match sort.contains(keys::OF_CHAT) {
                    true => end_of(&chat),
                    false => sort.clone(),
                };
                let is_known = page.rows.last().is_some_and(|(last, _)| *last == chat);
                if !is_known {
                    if page.rows.len() == most {
                        page.next = page.rows.last().map(|(chat, _)| chat.clone());
                        return Ok(page);
                    }
                    page.rows.push((chat, row_of(item, &sort)?));
                }
                if sort.contains(keys::OF_CHAT) {
                    leaps = true;
                    break;
                }
            }
            if is_last && !leaps {
                return Ok(page);
            }
            limit = match leaps {
                true => FEWEST,
                false => (limit * 2).min(MOST),
            };
        }
    }

    /// Rows behind a sort key, and whether no others follow them.
    async fn sorts_behind(
        &self,
        bot: &BotId,
        behind: &str,
        limit: i32,
    ) -> Result<(VecDeque<Item>, bool), StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("bot_id = :bot AND chat_id > :behind")
            .expression_attribute_values(":bot", s(keys::bot(bot)))
            .expression_attribute_values(":behind", s(behind))
            .limit(limit);
        let page = query
            .send()
            .await
            .map_err(StoreError::unavailable(OPERATION))?;
        let is_last = page.last_evaluated_key.is_none();
        Ok((page.items.unwrap_or_default().into(), is_last))
    }
}

/// The chat to which a row belongs.
fn chat_of(sort: &str) -> Option<ChatId> {
    let chat = sort.split(keys::OF_CHAT).next()?;
    ChatId::new(chat).ok()
}

/// What is behind the rows of all events of a chat.
fn end_of(chat: &ChatId) -> String {
    format!("{}{}{}", keys::chat(chat), keys::OF_CHAT, keys::LAST)
}

fn row_of(item: Item, sort: &str) -> Result<ChatRow, StoreError> {
    match sort.contains(keys::OF_CHAT) {
        true => Ok(ChatRow::default()),
        false => version::read(item).map_err(StoreError::unread(OPERATION)),
    }
}
