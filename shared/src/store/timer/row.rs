//! A timer, as kept.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::domain::{BotId, Chat, ChatId, ChatKind, EventId, Timestamp};
use crate::hash::sha256_hex;
use crate::store::{Item, keys, version};

/// Number of parts of the index: one alone would take a thousand writes a second.
pub const TIMER_SHARDS: u8 = 8;

/// A timer that waits.
#[derive(Debug, Clone)]
pub struct Timer {
    /// The id of the event that it becomes: the same on every run, and another one where it is
    /// set again.
    pub id: EventId,
    /// The account.
    pub bot: BotId,
    /// The chat; none if it is the account's own.
    pub chat: Option<Chat>,
    /// When it is due.
    pub due: Timestamp,
    /// Its name, by which its route finds it.
    pub name: String,
    /// What the module is given then.
    pub payload: Box<RawValue>,
    /// The newest attach known when it was planned.
    pub epoch: Timestamp,
    /// Whether its row stands under its name, and stays until its event is handled.
    pub is_named: bool,
    pub(super) sort: String,
    pub(super) run: u32,
}

/// A timer's row. It has no `expires_at`: none vanishes before it has rung.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    /// The ids as they came: those of the key may be hashed.
    pub(super) bot: BotId,
    /// None of the account's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) chat: Option<ChatId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) chat_kind: Option<ChatKind>,
    /// Its part of the index, until it is queued.
    pub(super) timer_shard: String,
    pub(super) due_at: Timestamp,
    pub(super) name: String,
    pub(super) payload: String,
    pub(super) epoch: Timestamp,
    /// The id of the event that it becomes. Rows of the release before have none: their key
    /// is of that event, and not of the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<EventId>,
    /// The event whose handler planned it,
    pub(super) event: EventId,
    /// its place among that handler's timers,
    pub(super) n: usize,
    /// and which forced replay of the event it was.
    pub(super) run: u32,
}

impl Kept {
    fn into_timer(self, sort: String) -> Option<Timer> {
        let chat = match (self.chat, self.chat_kind) {
            (Some(id), Some(kind)) => Some(Chat { kind, id }),
            (None, None) => None,
            _ => return None,
        };
        let is_named = self.id.is_some();
        Some(Timer {
            id: self.id.or_else(|| id_of_key(&sort, self.run))?,
            bot: self.bot,
            chat,
            due: self.due_at,
            name: self.name,
            payload: RawValue::from_string(self.payload).ok()?,
            epoch: self.epoch,
            is_named,
            sort,
            run: self.run,
        })
    }
}

/// Reads a row, or tells the sort key of one that cannot be read.
pub(super) fn read(item: Item) -> Result<Timer, String> {
    let sort = keys::sort_of(&item).to_owned();
    let kept: Option<Kept> = version::read(item).ok();
    kept.and_then(|kept| kept.into_timer(sort.clone()))
        .ok_or(sort)
}

/// The sort key of the timer of this name, in a chat or of the account itself.
pub(in crate::store) fn key(chat: Option<&ChatId>, name: &str) -> String {
    let chat = chat.map_or(keys::BOT, ChatId::as_str);
    let hash = sha256_hex([chat, "\0", name]);
    format!("{}{hash}", keys::TIMER)
}

/// The id of the event that a row becomes, if it is one of a named timer.
pub(in crate::store) fn id_of(item: &Item) -> Option<EventId> {
    let id = item.get("id")?.as_s().ok()?;
    EventId::new(id.as_str()).ok()
}

/// Which part of the index a chat's timers are in: one, so that they stay in order.
pub(super) fn shard(bot: &BotId, chat: Option<&ChatId>) -> u8 {
    let chat = chat.map_or("", ChatId::as_str);
    let hash = sha256_hex([bot.as_str(), "\0", chat]);
    let digits = u8::from_str_radix(&hash[..2], 16);
    digits.unwrap_or_default() % TIMER_SHARDS
}

/// The id of a timer that the event with this ledger row has set: in the order of time, the
/// same however often the event is decided again, and another one in each forced replay, since
/// the first one's may be settled.
pub(super) fn id(ledger_sort: &str, (n, run): (usize, u32), due: Timestamp) -> Option<EventId> {
    let hash = sha256_hex([ledger_sort]);
    with_run(&format!("{:019}-{hash}-{n:02}", due.0), run)
}

/// Of a row of the release before, whose key told the same.
fn id_of_key(sort: &str, run: u32) -> Option<EventId> {
    let key = sort.strip_prefix(keys::TIMER)?.replace('#', "-");
    with_run(&key, run)
}

fn with_run(key: &str, run: u32) -> Option<EventId> {
    EventId::new(match run {
        0 => format!("timer-{key}"),
        run => format!("timer-{key}-{run}"),
    })
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timers_event_has_an_id_of_its_own_in_each_forced_run() {
        let id = |run| id("L1#e", (0, run), Timestamp(7)).unwrap();
        let expected = format!("timer-{:019}-{}-00", 7, sha256_hex(["L1#e"]));
        assert_eq!(id(0).as_str(), expected);
        assert_ne!(id(0), id(1));
    }

    #[test]
    fn a_row_of_the_release_before_becomes_the_event_that_its_key_tells() {
        let id = |run| id_of_key("@timer#0000000000000000007#ab#00", run).unwrap();
        assert_eq!(id(0).as_str(), "timer-0000000000000000007-ab-00");
        assert_ne!(id(0), id(1));
        assert_eq!(id_of_key("@m#x", 0), None);
    }

    #[test]
    fn a_name_is_of_one_chat_or_of_the_account() {
        let chat = |id: &str| ChatId::new(id).unwrap();
        let all = [
            key(None, "a"),
            key(None, "b"),
            key(Some(&chat("L1")), "a"),
            key(Some(&chat("L2")), "a"),
        ];
        let different: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn a_chat_is_always_in_the_same_shard_and_not_all_are_in_one() {
        let of = |chat: &str| shard(&BotId::new("U1").unwrap(), ChatId::new(chat).ok().as_ref());
        assert_eq!(of("L1"), of("L1"));
        let all: std::collections::BTreeSet<_> = (0..200).map(|n| of(&n.to_string())).collect();
        assert_eq!(all.len(), usize::from(TIMER_SHARDS));
    }
}
