//! A record of the table's stream: which row it is of, as it was and as it is, and what of that
//! counts. Each record is read by itself, so that one that cannot be read harms no other.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_dynamo::{AttributeValue, Item, from_item};
use serde_json::Value;

use crate::domain::usage::{Counts, Lifecycle, UsageChange, UsageRecord, of_chat, of_event};
use crate::domain::{BotId, Chat, ChatId, ChatKind, LedgerEntry, Timestamp};
use crate::store::version::{self, Unread};
use crate::store::{BotRow, ChatRow, keys};

/// A record, as far as it can be read in any case.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRecord {
    /// Its sequence number, by which Lambda is told of a failure.
    pub sequence: Option<String>,
    /// When the row was written, to the second, if that can be read.
    pub written_at: Option<Timestamp>,
    pub read: ReadRecord,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadRecord {
    /// Something of this account is to be counted.
    Counts(BotId, UsageRecord),
    /// Nothing is.
    Nothing,
    /// A row was written by a newer release: this one cannot tell.
    Newer {
        /// The row's version.
        version: i64,
    },
    /// Nobody can tell.
    Unreadable {
        /// What does not fit. It has nothing of the row's contents.
        reason: String,
    },
}

/// As Lambda hands it over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::store) struct Raw {
    pub(in crate::store) event_name: String,
    pub(in crate::store) dynamodb: RawChange,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::store) struct RawChange {
    pub(in crate::store) keys: Item,
    #[serde(default)]
    pub(in crate::store) new_image: Option<Item>,
    #[serde(default)]
    pub(in crate::store) old_image: Option<Item>,
}

impl StreamRecord {
    /// Reads a record as Lambda hands it over.
    pub fn read(record: &Value) -> Self {
        let change = &record["dynamodb"];
        let sequence = change["SequenceNumber"].as_str().map(str::to_owned);
        let seconds = change["ApproximateCreationDateTime"].as_f64();
        #[expect(clippy::cast_possible_truncation, reason = "seconds of today")]
        let written_at = seconds.map(|seconds| Timestamp((seconds * 1000.0) as i64));
        let read = match (&sequence, written_at) {
            (Some(sequence), Some(written_at)) => read(record, sequence, written_at),
            _ => unreadable("it has no sequence number or no time"),
        };
        Self {
            sequence,
            written_at,
            read,
        }
    }
}

fn unreadable(reason: &str) -> ReadRecord {
    ReadRecord::Unreadable {
        reason: reason.to_owned(),
    }
}

fn read(record: &Value, sequence: &str, written_at: Timestamp) -> ReadRecord {
    let Ok(raw) = Raw::deserialize(record) else {
        return unreadable("it is no record of a stream");
    };
    // A row that goes takes nothing with it: by its time, or because its account's data was erased.
    let Some(new) = raw
        .dynamodb
        .new_image
        .filter(|_| raw.event_name != "REMOVE")
    else {
        return ReadRecord::Nothing;
    };
    let keys = &raw.dynamodb.keys;
    let (Some(bot), Some(sort)) = (text(keys, "bot_id"), text(keys, "chat_id")) else {
        return unreadable("it has no keys");
    };
    let Ok(account) = BotId::new(bot) else {
        return unreadable("its account is no id");
    };
    let old = raw.dynamodb.old_image;
    match RowKind::of(bot, sort).map(|kind| kind.change(old, new)) {
        None | Some(Ok(None)) => ReadRecord::Nothing,
        Some(Ok(Some(change))) => ReadRecord::Counts(
            account,
            UsageRecord {
                sequence: sequence.to_owned(),
                written_at,
                change,
            },
        ),
        Some(Err(Unread::Newer(version))) => ReadRecord::Newer { version },
        Some(Err(Unread::Malformed(reason))) => ReadRecord::Unreadable { reason },
    }
}

pub(in crate::store) fn text<'a>(keys: &'a Item, name: &str) -> Option<&'a str> {
    match keys.get(name) {
        Some(AttributeValue::S(text)) => Some(text),
        _ => None,
    }
}

/// The rows of which something counts.
enum RowKind {
    Account,
    Chat(ChatKind),
    /// An event, in a chat of this kind or in none.
    Event(Option<ChatKind>),
}

impl RowKind {
    fn of(bot: &str, sort: &str) -> Option<Self> {
        if bot.starts_with('@') {
            return None;
        }
        let kind = |chat: &str| Some(Chat::of_id(ChatId::new(chat).ok()?).kind);
        match sort.split_once('#') {
            None if sort == keys::BOT => Some(Self::Account),
            None if sort.starts_with('@') => None,
            None => kind(sort).map(Self::Chat),
            Some((keys::BOT, _)) => Some(Self::Event(None)),
            Some((chat, _)) if chat.starts_with('@') => None,
            Some((chat, _)) => Some(Self::Event(kind(chat))),
        }
    }

    fn change(self, old: Option<Item>, new: Item) -> Result<Option<UsageChange>, Unread> {
        Ok(match self {
            Self::Account => {
                let (old, new) = images::<BotRow>(old, new)?;
                let now = Lifecycle::from(&new.state);
                let before = old.map(|row| Lifecycle::from(&row.state));
                let is_news = now != before.unwrap_or_default();
                is_news.then_some(UsageChange::Lifecycle(now))
            }
            Self::Chat(kind) => {
                let (old, new) = images::<ChatRow>(old, new)?;
                let old = old.map(|row| row.registers);
                let more = of_chat(kind, old.as_ref(), &new.registers);
                more.map(|(at, counts)| UsageChange::Counted(Some(at), counts))
            }
            Self::Event(chat) => {
                let (old, new) = images::<LedgerEntry>(old, new)?;
                let counts = of_event(chat, old.as_ref(), &new);
                let is_some = |counts: &Counts| !counts.is_empty();
                let counts = Some(counts).filter(is_some);
                counts.map(|counts| UsageChange::Counted(new.ended_at, counts))
            }
        })
    }
}

fn images<T: DeserializeOwned>(old: Option<Item>, new: Item) -> Result<(Option<T>, T), Unread> {
    Ok((old.map(image).transpose()?, image(new)?))
}

pub(in crate::store) fn image<T: DeserializeOwned>(item: Item) -> Result<T, Unread> {
    let version = match item.get(version::ATTRIBUTE) {
        Some(AttributeValue::N(version)) => version.parse().unwrap_or_default(),
        _ => 0,
    };
    match version > version::NEWEST {
        true => Err(Unread::Newer(version)),
        false => from_item(item).map_err(|error| Unread::Malformed(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn record(event: &str, keys: [&str; 2], image: &Value) -> Value {
        let [bot, sort] = keys;
        json!({
            "eventName": event,
            "dynamodb": {
                "Keys": {"bot_id": {"S": bot}, "chat_id": {"S": sort}},
                "NewImage": image,
                "SequenceNumber": "100000000000000000001",
                "ApproximateCreationDateTime": 1_796_000_000.0,
            },
        })
    }

    fn done(version: &str) -> Value {
        let number = |text: &str| json!({ "N": text });
        json!({
            "v": number(version), "outcome": {"S": "done"}, "kind": {"S": "message"}, "at": number("1"),
            "received_at": number("2"), "ended_at": number("3"), "expires_at": number("9"), "writes": number("1"),
        })
    }

    #[test]
    fn an_event_that_has_ended_counts_at_the_time_of_its_end() {
        let record = StreamRecord::read(&record("INSERT", ["U1", "U2#an-event"], &done("1")));
        let ReadRecord::Counts(bot, counted) = record.read else {
            panic!("{record:?}");
        };
        assert_eq!(bot.as_str(), "U1");
        assert_eq!(counted.written_at, Timestamp(1_796_000_000_000));
        let UsageChange::Counted(at, counts) = counted.change else {
            panic!("{counted:?}");
        };
        assert_eq!((at, counts.events), (Some(Timestamp(3)), 1));
    }

    #[test]
    fn what_goes_and_rows_of_other_kinds_count_nothing() {
        let nothing = |event, keys| {
            let record = StreamRecord::read(&record(event, keys, &done("1")));
            record.read == ReadRecord::Nothing
        };
        assert!(nothing("REMOVE", ["U1", "U2#an-event"]));
        for sort in ["@usage#open", "@timer#x", "@m#U2", "@limit#x", "@erase"] {
            assert!(nothing("INSERT", ["U1", sort]), "{sort}");
        }
        assert!(nothing("INSERT", ["@message", "an-id"]));
    }

    #[test]
    fn what_cannot_be_read_says_why_and_never_panics() {
        let read = |record: &Value| StreamRecord::read(record).read;
        let newer = record("INSERT", ["U1", "U2#an-event"], &done("99"));
        assert_eq!(read(&newer), ReadRecord::Newer { version: 99 });
        let odd = [
            json!(null),
            json!({}),
            json!({"dynamodb": {"SequenceNumber": "1"}}),
            record(
                "INSERT",
                ["U1", "U2#an-event"],
                &json!({"outcome": {"S": "later"}}),
            ),
            record("INSERT", ["", "U2"], &done("1")),
            record("INSERT", ["U1", "U2#an-event"], &json!(7)),
        ];
        for record in odd {
            assert!(
                matches!(read(&record), ReadRecord::Unreadable { .. }),
                "{record}"
            );
        }
    }
}
