//! A reply that LINE has not accepted is lost only with a cause that the schedule names:
//! a fault, outage or crash that took its time or its token, a chat that is not ours, a
//! worker that was overtaken. An undisturbed reply is sent.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use shared::domain::{ChatEffect, Delivery, Effect, LedgerEntry};

use crate::history::History;
use crate::judges::Judges;
use crate::line::Line;
use crate::schedule::{Schedule, Wish};

/// How long after its webhook was received a reply is worth a try, in milliseconds.
const DEADLINE: i64 = 50_000;
/// A token lives no longer than this after its event, however late it is delivered.
const TOKEN_LIMIT: i64 = 20 * 60_000;
/// Clocks may be off, and a second is cut off here and there.
const SLACK: i64 = 1_000;

/// When replies were lost, and what LINE said to them.
#[derive(Debug, Default)]
pub(crate) struct LostReplies {
    /// When an effect was first recorded as lost, in milliseconds since 1970.
    lost_at: BTreeMap<(String, usize), i64>,
    /// What LINE has refused for good: the status, and whether it is for the token.
    refused: BTreeMap<(String, usize), (u16, bool)>,
    /// When the queue first took each event.
    queued: BTreeMap<String, i64>,
    /// The events that were given back while their account was not attached, or was paused.
    waited: BTreeSet<String>,
    /// How many replies were lost by each cause.
    pub(crate) causes: BTreeMap<String, u64>,
}

/// What is known in the end.
pub(super) struct Facts<'a> {
    pub(super) schedule: &'a Schedule,
    pub(super) history: &'a History,
    pub(super) line: &'a Line,
}

impl LostReplies {
    /// A row was written.
    pub(super) fn written(&mut self, event: &str, row: &serde_json::Value, now: i64) {
        let effects = row["effects"].as_array().into_iter().flatten();
        for (ordinal, effect) in effects.enumerate() {
            let state = effect["state"].as_str().unwrap_or_default();
            if matches!(state, "unknown" | "expired" | "refused") {
                let key = (event.to_owned(), ordinal);
                self.lost_at.entry(key).or_insert(now);
            }
        }
    }

    /// The queue has taken events.
    pub(super) fn queued(&mut self, events: &[String], now: i64) {
        for event in events {
            self.queued.entry(event.clone()).or_insert(now);
        }
    }

    /// When an effect was first written as lost.
    pub(super) fn lost_at(&self, event: &str, ordinal: usize) -> Option<i64> {
        self.lost_at.get(&(event.to_owned(), ordinal)).copied()
    }

    /// It waits for an attach that may come, or for the end of a pause.
    pub(super) fn waits(&mut self, event: &str) {
        self.waited.insert(event.to_owned());
    }

    /// It was opened again; a reply whose token LINE does not take stays lost.
    pub(super) fn reopen(&mut self, event: &str, row: &serde_json::Value) {
        let stays = |ordinal: usize| row["effects"][ordinal]["state"] == "expired";
        let keep = |key: &(String, usize)| key.0 != event || stays(key.1);
        self.lost_at.retain(|key, _| keep(key));
        self.refused.retain(|key, _| keep(key));
    }

    /// LINE has refused an effect for good.
    pub(super) fn refused(&mut self, event: &str, ordinal: usize, status: u16, message: &str) {
        let of_token = message == "Invalid reply token";
        let key = (event.to_owned(), ordinal);
        self.refused.insert(key, (status, of_token));
    }

    /// The event's reply that is lost, if it is: its place in the plan.
    fn lost(row: &LedgerEntry, line: &Line, event: &str) -> Option<usize> {
        let plan = row.plan()?;
        let is_reply = |effect: &Effect| matches!(effect, Effect::Chat(ChatEffect::Reply(_)));
        let ordinal = plan.effects.iter().position(is_reply)?;
        let is_lost = matches!(
            row.effects().get(ordinal)?,
            Delivery::Unknown { .. } | Delivery::Expired | Delivery::Refused { .. }
        );
        let accepted = line.times_accepted(&format!("{event}/{ordinal}")) > 0;
        (is_lost && !accepted).then_some(ordinal)
    }

    /// What stands against how an event's reply went.
    fn too_early(&self, facts: &Facts<'_>, event: &str, row: &LedgerEntry, ordinal: usize) -> bool {
        let key = (event.to_owned(), ordinal);
        if row.effects()[ordinal] != Delivery::Expired || self.refused.contains_key(&key) {
            return false;
        }
        let lost_at = self.lost_at.get(&key).copied().unwrap_or(i64::MAX);
        let skew = facts.schedule.skew();
        let until = (row.received_at.0 + DEADLINE).min(row.at.0 + TOKEN_LIMIT);
        lost_at < until - skew - SLACK
    }
}

/// Judges an event's reply: what stands against its fate, in words, or its cause.
pub(super) fn judge(
    judges: &Judges,
    facts: &Facts<'_>,
    event: &str,
    row: &LedgerEntry,
) -> Option<Result<String, String>> {
    let lost = &judges.lost_replies;
    let ordinal = LostReplies::lost(row, facts.line, event)?;
    if lost.too_early(facts, event, row, ordinal) {
        return Some(Err(format!("the reply of {event} is given up too early")));
    }
    let status = lost.refused.get(&(event.to_owned(), ordinal));
    if let Some((status, false)) = status {
        return Some(Ok(format!("LINE's {status}")));
    }
    // A call that the webhook has given up may still reach the queue.
    let queued = lost.queued.get(event).copied().unwrap_or_default();
    if queued - row.received_at.0 > DEADLINE - facts.schedule.skew() - SLACK {
        return Some(Ok("queued late".into()));
    }
    let cause = cause(judges, facts, event).or_else(|| of_others(judges, facts, event));
    Some(cause.ok_or_else(|| {
        let effect = &row.effects()[ordinal];
        format!("the reply of {event} is lost ({effect:?}), and nothing was in its way")
    }))
}

/// What took the reply's time or token, of what has happened to its own event.
fn cause(judges: &Judges, facts: &Facts<'_>, event: &str) -> Option<String> {
    if facts.history.replayed.contains(event) {
        return Some("run again later".into());
    }
    if judges.lost_replies.waited.contains(event) {
        return Some("its attach, or the end of a pause, came later".into());
    }
    let troubles = &judges.troubles;
    if troubles.is_cut_off(event) {
        return Some("the process ended".into());
    }
    if troubles.is_shared(event) {
        return Some("another worker".into());
    }
    let mut calls = troubles
        .hands_of(event)
        .flat_map(|(who, _)| troubles.of_invocation(who));
    if let Some(call) = calls.next() {
        return Some(call.name());
    }
    if asks_again(facts.schedule, event) {
        return Some("the module".into());
    }
    outside(judges, facts, event)
}

/// What has happened before a worker had it.
fn outside(judges: &Judges, facts: &Facts<'_>, event: &str) -> Option<String> {
    let deliveries = facts.history.delivered.get(event)?;
    let first = *deliveries.first()?;
    let happened_at = facts.line.events.get(event)?.at;
    let late = Duration::from_millis(1_000);
    let queued = judges.lost_replies.queued.get(event);
    if queued.is_some_and(|at| *at > happened_at + TOKEN_LIMIT - DEADLINE) {
        return Some("delivered late".into());
    }
    let mut stops = facts
        .schedule
        .stops
        .iter()
        .map(|stop| (stop.from_ms, stop.to_ms));
    let ms = u128::from;
    let is_stopped = stops.any(|(from, to)| {
        let until = (first + Duration::from_secs(60)).as_millis();
        until >= ms(from) && (first.saturating_sub(late)).as_millis() <= ms(to)
    });
    is_stopped.then(|| "the workers were stopped".into())
}

fn asks_again(schedule: &Schedule, event: &str) -> bool {
    let wish = schedule.wish(event);
    let tries = schedule.steps.get(event);
    tries.is_some_and(|tries| !tries.is_empty())
        || matches!(
            wish,
            Some(Wish::Retry(_) | Wish::Fail(_) | Wish::Panic(_) | Wish::Hang(_) | Wish::Kill(_))
        )
}

/// What has happened to those before it in its chat, or to those that its workers had in
/// hand with it.
fn of_others(judges: &Judges, facts: &Facts<'_>, event: &str) -> Option<String> {
    let chats = facts.history.order.values();
    let before = chats.filter_map(|order| {
        let at = order.iter().position(|id| id == event)?;
        Some(&order[..at])
    });
    let mut before = before.flatten();
    if before.any(|other| cause(judges, facts, other).is_some()) {
        return Some("behind another".into());
    }
    let hands = judges.troubles.hands_of(event);
    let mut beside = hands.flat_map(|(_, hand)| &hand.events);
    beside
        .any(|other| cause(judges, facts, other).is_some())
        .then(|| "beside another".into())
}
