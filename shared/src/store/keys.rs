//! Keys. Sort keys that are not chats begin with `@`; an id from outside that
//! could be mistaken for one of ours is written hashed.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::{BotId, ChatId, EventId};
use crate::hash::sha256_hex;
use crate::store::{Item, s};

pub(super) const BOT: &str = "@bot";
pub(super) const ATTACH: &str = "@attach";
pub(super) const SESSION: &str = "@session";
pub(super) const MESSAGES: &str = "@message";
pub(super) const MODULE: &str = "@m#";
pub(super) const LIMIT: &str = "@limit#";
pub(super) const TIMER: &str = "@timer#";
pub(super) const USAGE: &str = "@usage#";
pub(super) const RECEIPT: &str = "@erase#";
pub(super) const RECONCILER: &str = "@reconciler";
pub(super) const LEASE: &str = "@lease";
pub(super) const WALK: &str = "@walk";
pub(super) const APPROVAL: &str = "@approval";
pub(super) const PROFILES: &str = "@profiles";
pub(super) const CHANNEL: &str = "@channel";
pub(super) const PAUSE: &str = "@pause";
pub(super) const AUDIT: &str = "@audit";
pub(super) const AUDIT_OF_ACCOUNT: &str = "@audit#";

/// The index that lists all accounts, and its key's one value.
pub(super) const BOTS: &str = "bots";
pub(super) const LISTED: &str = "bot";

/// The index that lists what is parked, and its key's one value.
pub(super) const PARKED: &str = "parked";

/// The index that lists all timers, by shard and time.
pub(super) const TIMERS: &str = "timers";

/// Between a chat's key and an event's, in the key of the event's row.
pub(super) const OF_CHAT: char = '#';
/// Comes behind every character of an id.
pub(super) const LAST: char = char::MAX;
/// All our own sort keys begin with `@`, and come before this and before those of chats.
pub(super) const LAST_OF_OURS: &str = "@\u{10ffff}";

/// What an id begins with that is written hashed.
const HASHED: &str = "sha256:";

/// Which event's ledger row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerKey {
    /// The account.
    pub bot: BotId,
    /// The chat; none for events of the account itself.
    pub chat: Option<ChatId>,
    pub event: EventId,
}

impl LedgerKey {
    pub(super) fn sort(&self) -> String {
        let chat = self.chat.as_ref().map_or_else(|| BOT.to_owned(), chat);
        format!("{chat}#{}", safe(self.event.as_str()))
    }

    pub(super) fn key(&self) -> Item {
        key(&bot(&self.bot), &self.sort())
    }

    /// Of an event's row. Ids that are kept as hashes stay so: they lead to the same row.
    pub(super) fn of_row(item: &Item) -> Option<Self> {
        let (chat, event) = sort_of(item).split_once(OF_CHAT)?;
        let chat = match chat {
            BOT => None,
            chat => Some(ChatId::new(chat).ok()?),
        };
        Some(Self {
            bot: bot_of(item)?,
            chat,
            event: EventId::new(event).ok()?,
        })
    }

    /// Whose row it is, if it is an event's and none of its ids is kept as a hash.
    pub(super) fn of_plain_row(item: &Item) -> Option<Self> {
        let bot = bot_of(item).filter(|bot| !bot.as_str().starts_with('@'))?;
        let (chat, event) = sort_of(item).rsplit_once('#')?;
        let is_other = chat.starts_with('@') && chat != BOT;
        if is_other || chat.starts_with(HASHED) || event.starts_with(HASHED) {
            return None;
        }
        let chat = (chat != BOT).then(|| ChatId::new(chat)).transpose().ok()?;
        let event = EventId::new(event).ok()?;
        Some(Self { bot, chat, event })
    }
}

pub(super) fn bot(id: &BotId) -> String {
    safe(id.as_str())
}

pub(super) fn chat(id: &ChatId) -> String {
    safe(id.as_str())
}

pub(super) fn key(bot_id: &str, chat_id: &str) -> Item {
    Item::from([("bot_id".into(), s(bot_id)), ("chat_id".into(), s(chat_id))])
}

/// The key of a row, which an index also has.
pub(super) fn of(item: &Item) -> Item {
    let names = ["bot_id", "chat_id"].into_iter();
    let pairs = names.filter_map(|name| Some((name.to_owned(), item.get(name)?.clone())));
    pairs.collect()
}

/// A row: its keys, and everything of `fields`.
pub(super) fn with_key(mut fields: Item, bot_id: &str, chat_id: &str) -> Item {
    fields.extend(key(bot_id, chat_id));
    fields
}

pub(super) fn sort_of(item: &Item) -> &str {
    text(item, "chat_id").unwrap_or_default()
}

pub(super) fn partition_of(item: &Item) -> &str {
    text(item, "bot_id").unwrap_or_default()
}

/// Whose row it is; none if the id is kept as a hash.
pub(super) fn bot_of(item: &Item) -> Option<BotId> {
    let id = text(item, "bot_id").filter(|id| !id.starts_with(HASHED))?;
    BotId::new(id).ok()
}

fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    let value = AttributeValue::as_s(item.get(name)?).ok()?;
    Some(value.as_str())
}

fn safe(id: &str) -> String {
    if id.starts_with('@') || id.contains('#') {
        format!("{HASHED}{}", sha256_hex([id]))
    } else {
        id.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sort(chat: Option<&str>, event: &str) -> String {
        let chat = chat.map(|id| ChatId::new(id).unwrap());
        let event = EventId::new(event).unwrap();
        LedgerKey {
            bot: BotId::new("U1").unwrap(),
            chat,
            event,
        }
        .sort()
    }

    #[test]
    fn an_events_row_stands_under_its_chat() {
        assert_eq!(sort(Some("L2"), "01A"), "L2#01A");
        assert_eq!(sort(None, "01A"), "@bot#01A");
    }

    #[test]
    fn an_id_from_outside_cannot_be_mistaken_for_a_key_of_ours() {
        assert!(sort(Some("@bot"), "01A").starts_with("sha256:"));
        assert_eq!(sort(Some("L2#x"), "a#b").matches('#').count(), 1);
    }
}
