//! Each attempt at an event counts once: one that failed in the module counts, and one that
//! came to its end is never counted as vanished. One that vanishes counts as well: what
//! takes its process with it each time is soon left alone.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;

use super::parked_index::Written;
use super::seen::About;
use super::troubles::{Trouble, Troubles};
use super::{Wrong, field};
use crate::call::CHANGE;
use crate::schedule::{Harm, Schedule, Wish};

/// Whose attempts have begun.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    by_name: BTreeMap<String, usize>,
}

impl Attempts {
    /// A row was written that may show an attempt as begun, or as ended. What stands
    /// against its end.
    pub(super) fn written(&mut self, who: usize, written: &Written<'_>) -> Option<String> {
        if let Some(name) = under_way(written.after) {
            self.by_name.entry(name.to_owned()).or_insert(who);
            return None;
        }
        let name = under_way(written.before)?;
        let fails = written.after.is_some_and(|row| row["outcome"] == "failed");
        let is_end = written.word == CHANGE && fails && !written.is_replay;
        let other = self
            .by_name
            .get(name)
            .filter(|maker| **maker != who)
            .filter(|_| is_end)?;
        let event = written.event;
        Some(format!("{who} ends the attempt of {other} at {event}"))
    }
}

/// The name of the attempt that a row shows as begun.
fn under_way(row: Option<&Json>) -> Option<&str> {
    let row = row.filter(|row| !row["begun_by"].is_null())?;
    row["begun_by"].as_str()
}

/// The time after which a worker has none left.
const TIME_UP: Duration = Duration::from_secs(6);

/// What stands against the number of attempts that an invocation has written, of an event
/// that the queue has given out `receives` times.
pub(super) fn written(troubles: &Troubles, written: &Written<'_>, receives: u32) -> Vec<Wrong> {
    let (event, after) = (written.event, written.after);
    let attempts = field(after, "attempts");
    let is_counted = attempts > field(written.before, "attempts");
    let mut wrong = Vec::new();
    if attempts > i64::from(receives) && !may_count_more(troubles, event, attempts, receives) {
        let what = format!("{attempts} attempts of {event} failed, which came {receives} times");
        wrong.push(("attempts are counted once", what));
    }
    if written.word == "TransactWriteItems" && says_failed(after) && !is_counted {
        let what = format!("{event} has failed in the module, and {attempts} attempts count");
        wrong.push(("a failure of the module counts", what));
    }
    wrong
}

/// What stands against an attempt of which an invocation has written that it vanished.
pub(super) fn vanished(troubles: &Troubles, who: usize, written: &Written<'_>) -> Option<String> {
    let (event, after) = (written.event, written.after);
    let is_counted = field(after, "attempts") > field(written.before, "attempts");
    let is_wrong = is_counted && says_vanished(after) && !may_have_vanished(troubles, event, who);
    is_wrong.then(|| format!("{who} counts an attempt at {event} as vanished"))
}

/// Whether more attempts may be counted than there were receives. One whose answer was not
/// seen may have been committed, and is made again; each of two that have the event at once
/// looks to the other as if it had vanished.
fn may_count_more(troubles: &Troubles, event: &str, attempts: i64, receives: u32) -> bool {
    let calls = troubles
        .hands_of(event)
        .flat_map(|(who, _)| troubles.of_invocation(who));
    let unseen = calls.filter(|call| call.is_indefinite()).count();
    let most = i64::from(receives) + i64::try_from(unseen).unwrap_or(i64::MAX);
    attempts <= most || troubles.is_shared(event)
}

/// Whether the row says that the module has failed.
fn says_failed(row: Option<&Json>) -> bool {
    let row = row.filter(|row| row["outcome"] == "failed");
    let reason = row.and_then(|row| row["reason"].as_str());
    reason.is_some_and(|it| it == "it fails" || it.starts_with("the module panicked"))
}

/// Whether the row counts an attempt whose end nobody has seen.
fn says_vanished(row: Option<&Json>) -> bool {
    let reason = row.and_then(|row| row["reason"].as_str());
    reason.is_some_and(|it| it.contains("attempt has begun") || it.contains("attempts vanished"))
}

/// Whether one that had the event was cut off or out of time, is still at it, or could not
/// write its end: that failed, or came before its beginning, which was late.
fn may_have_vanished(troubles: &Troubles, event: &str, who: usize) -> bool {
    troubles.hands_of(event).any(|(other, hand)| {
        let is_late = hand.to.is_some_and(|to| to >= hand.from + TIME_UP);
        let has_gone =
            other != who && (hand.is_cut_off_with(event) || hand.to.is_none() || is_late);
        let of_other = troubles.about(event).filter(|call| call.seen.who == other);
        let ends = of_other.filter(|call| match call.seen.about {
            About::Ledger { .. } => call.seen.word == CHANGE || is_late_write(call),
            About::LedgerRead { .. } => true,
            _ => false,
        });
        has_gone || may_have_failed(ends)
    })
}

fn is_late_write(call: &Trouble) -> bool {
    matches!(call.seen.harm, Some(Harm::Late(_)))
}

/// Whether something may have come to nothing by these: the SDK makes a call twice, save after
/// a conflict; one without an answer takes its time.
fn may_have_failed<'a>(calls: impl Iterator<Item = &'a Trouble>) -> bool {
    let calls: Vec<_> = calls.collect();
    let is_final = |call: &&Trouble| {
        let is_conflict = call.seen.harm == Some(Harm::Conflict);
        call.status.is_none() || is_conflict || is_late_write(call)
    };
    calls.len() > 1 || calls.iter().any(is_final)
}

/// The first attempt is not counted, and the fifth that has vanished is the last.
const MOST_ATTEMPTS: u32 = 6;

/// In a schedule in which nothing else goes wrong: events whose handler never ends, and
/// which the module was asked about too often.
pub(crate) fn never_left_alone(
    schedule: &Schedule,
    asked: impl Fn(&str) -> u32,
) -> impl Iterator<Item = String> {
    let is_calm = schedule.faults.is_empty()
        && schedule.outages.is_empty()
        && schedule.rounds.is_empty()
        && schedule.webhooks.iter().all(|it| it.copies_ms.len() == 1);
    let events = schedule.webhooks.iter().flat_map(|it| &it.events);
    let hanging = events.filter(move |it| is_calm && matches!(it.wish, Wish::Hang(_)));
    let hanging = hanging.filter(|it| !schedule.steps.contains_key(&it.id));
    hanging.filter_map(move |event| {
        let times = asked(&event.id);
        let what = format!("the module was asked {times} times about {}", event.id);
        (times > MOST_ATTEMPTS).then_some(what)
    })
}
