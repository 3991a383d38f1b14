//! A ledger entry as its item has it: flat, with an attribute for each thing that an index,
//! a condition or a person in AWS's console looks for.

use std::collections::BTreeSet;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_dynamo::aws_sdk_dynamodb_1::to_item;
use serde_dynamo::string_set;

use crate::domain::ledger::{ParkKind, Steps};
use crate::domain::{
    AccountEffect, Attempts, ChatEffect, Delivery, Effect, LedgerEntry, Outcome, Parked, Plan,
    Replays, Sends, Silence, State, Timestamp,
};
use crate::store::ledger::packed::{self, is_packed, packed};
use crate::store::ledger::unreadable::Unreadable;
use crate::store::row::VersionedRow;
use crate::store::version::{self, Unread};
use crate::store::{Item, is_past, n};

/// The key under which the index has all parked rows.
pub(super) const IN_INDEX: &str = crate::store::keys::PARKED;

#[derive(PartialEq, Serialize, Deserialize)]
struct LedgerItem {
    outcome: Outcome,
    kind: String,
    at: Timestamp,
    received_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    silence: Option<Silence>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "packed::plan"
    )]
    plan: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    planned_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    effects: Vec<Delivery>,
    #[serde(
        default,
        skip_serializing_if = "BTreeSet::is_empty",
        with = "string_set"
    )]
    open: BTreeSet<String>,
    #[serde(default)]
    writes: u32,
    #[serde(default)]
    attempts: u32,
    /// While an attempt is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    begun_by: Option<String>,
    #[serde(default, skip_serializing_if = "Steps::is_empty")]
    steps: Steps,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user_mark: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failing_since: Option<Timestamp>,
    #[serde(default)]
    replays: u32,
    #[serde(default)]
    replay_forced: bool,
    #[serde(default)]
    run: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw: Option<String>,
    #[serde(default)]
    epoch: Timestamp,
    /// A parked row has none: it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parked: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    park_kind: Option<ParkKind>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parked_at: Option<Timestamp>,
}

impl From<&LedgerEntry> for LedgerItem {
    fn from(entry: &LedgerEntry) -> Self {
        let sends = entry.sends().cloned();
        let (plan, planned_at, effects, open) = match sends {
            Some(it) => (Some(it.plan), Some(it.planned_at), it.effects, it.open),
            None => Default::default(),
        };
        let parked_at = entry.parked_at();
        Self {
            outcome: entry.outcome(),
            kind: entry.kind.clone(),
            at: entry.at,
            received_at: entry.received_at,
            ended_at: entry.ended_at,
            request_id: entry.request_id.clone(),
            reason: entry.reason().map(str::to_owned),
            silence: entry.silence,
            plan,
            planned_at,
            effects,
            open,
            writes: entry.writes,
            attempts: entry.attempts.failed,
            begun_by: entry.attempts.begun.clone(),
            steps: entry.steps.clone(),
            message_id: entry.message_id.clone(),
            user_mark: entry.user_mark.clone(),
            failing_since: entry.failing_since,
            replays: entry.replays.number,
            replay_forced: entry.replays.forced,
            run: entry.replays.run,
            raw: entry.raw().map(str::to_owned),
            epoch: entry.epoch,
            expires_at: entry.ends_at(),
            parked: parked_at.map(|_| IN_INDEX.to_owned()),
            park_kind: entry.park_kind(),
            parked_at,
        }
    }
}

impl TryFrom<LedgerItem> for LedgerEntry {
    type Error = &'static str;

    fn try_from(row: LedgerItem) -> Result<Self, Self::Error> {
        let sends = row
            .plan
            .zip(row.planned_at)
            .map(|(plan, planned_at)| Sends {
                plan,
                planned_at,
                effects: row.effects,
                open: row.open,
            });
        let (reason, mut raw) = (row.reason, row.raw);
        let state = match row.outcome {
            Outcome::Failed => State::Failed { reason },
            Outcome::Planned => State::Planned(sends.ok_or("a planned event has no plan")?),
            Outcome::Done => State::Done { reason, sends },
            Outcome::Parked => State::Parked(Parked {
                kind: row.park_kind.unwrap_or_default(),
                reason: reason.ok_or("a parked event has no reason")?,
                raw: raw.take().ok_or("a parked event is not kept itself")?,
                since: row.parked_at.ok_or("a parked event has no date")?,
                sends,
            }),
        };
        let is_parked = row.outcome == Outcome::Parked;
        let no_end = row.expires_at.is_none() && !is_parked;
        if no_end {
            return Err("an event that is not parked has no end");
        }
        Ok(Self {
            kind: row.kind,
            at: row.at,
            received_at: row.received_at,
            request_id: row.request_id,
            epoch: row.epoch,
            silence: row.silence,
            state,
            ended_at: row.ended_at,
            attempts: Attempts {
                failed: row.attempts,
                begun: row.begun_by,
            },
            steps: row.steps,
            message_id: row.message_id,
            user_mark: row.user_mark,
            failing_since: row.failing_since,
            replays: Replays {
                number: row.replays,
                forced: row.replay_forced,
                run: row.run,
            },
            raw,
            expires_at: row.expires_at.unwrap_or_default(),
            writes: row.writes,
        })
    }
}

impl<'de> Deserialize<'de> for LedgerEntry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let row = LedgerItem::deserialize(from)?;
        Self::try_from(row).map_err(D::Error::custom)
    }
}

/// An event's row, as it was read or written last.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, never a list of them"
)]
#[derive(Debug, Clone)]
pub enum LedgerRow {
    /// There is none, or its time has passed.
    Absent,
    /// One that this version can read.
    Entry(LedgerEntry),
    /// One that it cannot: it is kept, and only what a person needs is written into it.
    Unreadable(Unreadable),
}

impl LedgerRow {
    /// The entry, if there is one that can be read.
    pub fn into_entry(self) -> Option<LedgerEntry> {
        match self {
            Self::Entry(entry) => Some(entry),
            Self::Absent | Self::Unreadable(_) => None,
        }
    }
}

/// Whether the release before this one reads the row as well. It would lose steps when it writes
/// the row, of which they may still be asked for; send aloud what is to be silent; take a plan
/// with a signal, a send to many, an audience or a coupon, or one that is deflated, for damaged; and
/// not know a word for why nothing was said.
fn version_of(entry: &LedgerEntry, item: &Item) -> i64 {
    let is_new = |plan: Plan| plan.effects.iter().any(is_newer);
    let is_dropped_anew = |effect: &Delivery| match effect {
        Delivery::Dropped { silence } => is_new_silence(*silence),
        _ => false,
    };
    let has_new_word =
        entry.silence.is_some_and(is_new_silence) || entry.effects().iter().any(is_dropped_anew);
    let has_new_plan = || is_packed(item) || entry.plan().is_some_and(is_new);
    match entry.needs_steps() || has_new_word || has_new_plan() {
        true => version::NEWEST,
        false => version::VERSION,
    }
}

fn is_new_silence(silence: Silence) -> bool {
    matches!(silence, Silence::Paused | Silence::NotEntitled)
}

fn is_newer(effect: &Effect) -> bool {
    match effect {
        Effect::Chat(ChatEffect::Reply(reply)) => reply.silent || reply.is_notice,
        Effect::Chat(ChatEffect::Push(push)) => push.silent,
        Effect::Account(
            AccountEffect::EnsureMenu { .. } | AccountEffect::SetDefaultMenu { .. },
        ) => false,
        Effect::Account(_) | Effect::ToMany(_) => true,
        effect => !effect.is_for_line(),
    }
}

impl VersionedRow for LedgerRow {
    fn read(item: Option<Item>, now: Timestamp) -> Result<Self, Unread> {
        let Some(item) = item.filter(|item| !is_past(item, now)) else {
            return Ok(Self::Absent);
        };
        Ok(match version::read(item.clone()) {
            Ok(entry) => Self::Entry(entry),
            Err(reason) => Self::Unreadable(Unreadable::new(item, reason)),
        })
    }

    fn next(self) -> Self {
        match self {
            Self::Absent => Self::Absent,
            Self::Entry(entry) => Self::Entry(LedgerEntry {
                writes: entry.writes + 1,
                ..entry
            }),
            Self::Unreadable(row) => Self::Unreadable(row.next()),
        }
    }

    fn to_item(&self) -> Result<Item, serde_dynamo::Error> {
        match self {
            Self::Absent => Ok(Item::new()),
            Self::Entry(entry) => {
                let item = packed(to_item(LedgerItem::from(entry))?);
                Ok(version::stamped_as(version_of(entry, &item), item))
            }
            Self::Unreadable(row) => Ok(row.item.clone()),
        }
    }

    fn unchanged(&self, now: Timestamp) -> (&'static str, Item) {
        match self {
            Self::Unreadable(row) => row.unchanged(),
            Self::Entry(entry) if entry.writes > 0 => (
                "writes = :writes",
                Item::from([(":writes".into(), n(entry.writes))]),
            ),
            // One past its time stays for some days, and counts as absent.
            Self::Absent | Self::Entry(_) => (
                "attribute_not_exists(chat_id) OR expires_at <= :now",
                Item::from([(":now".into(), n(now.seconds()))]),
            ),
        }
    }

    fn is_written(&self, found: &Self) -> bool {
        match (self, found) {
            (Self::Entry(next), Self::Entry(found)) => {
                LedgerItem::from(next) == LedgerItem::from(found)
            }
            (Self::Unreadable(next), Self::Unreadable(found)) => next.item == found.item,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Broadcast, ToManyEffect};

    const NOW: Timestamp = Timestamp(1_000);

    fn item(entry: &LedgerEntry) -> Item {
        LedgerRow::Entry(entry.clone()).next().to_item().unwrap()
    }

    fn done() -> LedgerEntry {
        LedgerEntry::done("message", NOW, NOW, NOW)
    }

    /// The release before would take such a plan for damaged.
    #[test]
    fn a_plan_with_what_is_new_is_read_by_this_release_alone() {
        let menu = || "main".to_owned();
        let is_new = |effect: Effect| {
            let effects = vec![effect];
            let entry = done().with_plan(&Plan { effects }, "a try", NOW).unwrap();
            version_of(&entry, &Item::new()) == version::NEWEST
        };
        assert!(!is_new(AccountEffect::EnsureMenu { menu: menu() }.into()));
        let audience = menu();
        assert!(is_new(AccountEffect::EnsureAudience { audience }.into()));
        let (messages, silent) = (Vec::new(), false);
        let broadcast = ToManyEffect::Broadcast(Broadcast { messages, silent });
        assert!(is_new(broadcast.into()));
    }

    /// The release before knows no such word.
    #[test]
    fn what_is_silent_by_our_own_word_is_read_by_this_release_alone() {
        let is_new = |entry: &LedgerEntry| version_of(entry, &Item::new()) == version::NEWEST;
        let silenced = |silence| done().silenced(Some(silence));
        assert!(!is_new(&silenced(Silence::Standby)));
        for silence in [Silence::Paused, Silence::NotEntitled] {
            assert!(is_new(&silenced(silence)));
            let mut dropped = done();
            dropped.state = State::Done {
                reason: None,
                sends: Some(Sends {
                    plan: "{}".into(),
                    planned_at: NOW,
                    effects: vec![Delivery::Dropped { silence }],
                    open: BTreeSet::new(),
                }),
            };
            assert!(is_new(&dropped));
        }
    }

    #[test]
    fn a_long_plan_is_deflated_and_read_by_this_release_alone() {
        let card = r#"{"type":"text","text":"a row of a card","size":"sm","wrap":true},"#;
        let menu = card.repeat(40);
        let effects = vec![AccountEffect::EnsureMenu { menu }.into()];
        let entry = done().with_plan(&Plan { effects }, "a try", NOW).unwrap();
        let item = item(&entry);
        assert!(item["plan"].is_b());
        assert_eq!(item["v"], n(version::NEWEST));
        let read: LedgerEntry = version::read(item).unwrap();
        assert_eq!(read.plan(), entry.plan());
    }

    #[test]
    fn a_parked_row_is_in_the_index_and_has_no_end() {
        let row = item(&done().into_parked(ParkKind::ByModule, "a reason", "{}", NOW));
        assert_eq!(row["parked"].as_s().unwrap(), "parked");
        assert_eq!(row["parked_at"].as_n().unwrap(), "1000");
        assert!(!row.contains_key("expires_at"));
        let row = item(&done());
        assert!(!row.contains_key("parked") && !row.contains_key("parked_at"));
        assert!(row.contains_key("expires_at"));
    }

    #[test]
    fn a_row_is_read_as_it_was_written_one_write_on() {
        let parked = done().into_parked(ParkKind::ByModule, "a reason", "{}", NOW);
        let opened = parked.clone().reopened(2, true, NOW);
        let mut begun = done().failed("under way");
        begun.attempts.begun = Some("an attempt".into());
        for entry in [done().recorded("a reason"), parked, opened, begun] {
            let read: LedgerEntry = version::read(item(&entry)).unwrap();
            let expires_at = entry.ends_at().unwrap_or_default();
            let written = LedgerEntry {
                writes: 1,
                expires_at,
                ..entry
            };
            assert_eq!(read, written);
        }
    }

    #[test]
    fn a_row_whose_write_was_not_answered_is_known_by_what_it_has() {
        let entry = |reason: &str| LedgerRow::Entry(done().recorded(reason));
        let unreadable = |writes: i64| {
            let item = Item::from([("writes".into(), n(writes))]);
            LedgerRow::read(Some(item), NOW).unwrap()
        };
        for (written, other) in [
            (entry("ours"), entry("theirs")),
            (unreadable(1), unreadable(2)),
        ] {
            assert!(written.is_written(&written.clone()));
            assert!(!written.is_written(&other));
            assert!(!written.is_written(&LedgerRow::Absent));
        }
    }

    #[test]
    fn a_row_that_lacks_what_belongs_to_its_outcome_is_refused() {
        for (missing, entry) in [
            (
                "reason",
                done().into_parked(ParkKind::ByModule, "a reason", "{}", NOW),
            ),
            (
                "raw",
                done().into_parked(ParkKind::ByModule, "a reason", "{}", NOW),
            ),
            (
                "parked_at",
                done().into_parked(ParkKind::ByModule, "a reason", "{}", NOW),
            ),
            ("expires_at", done()),
        ] {
            let mut row = item(&entry);
            row.remove(missing);
            let read: Result<LedgerEntry, _> = version::read(row);
            assert!(read.is_err(), "{missing}");
        }
    }
}
