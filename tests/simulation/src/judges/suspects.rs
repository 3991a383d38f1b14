//! What may have ended its process runs alone: whatever it does again, it takes no other chat
//! with it.

use std::collections::BTreeMap;

use super::parked_index::Written;
use super::{Wrong, field};
use crate::history::Invocation;
use crate::message::Says;
use crate::schedule::{Schedule, Wish};

/// A ledger row was written by an invocation of which nothing has gone wrong so far. What
/// stands against it: an attempt begins in place of one that has vanished, while another
/// chat's messages are neither acknowledged nor given back.
pub(super) fn written(by: &Invocation, written: &Written<'_>) -> Option<Wrong> {
    let begun = |row: Option<&serde_json::Value>| {
        row.is_some_and(|row| row["outcome"] == "failed" && !row["begun_by"].is_null())
    };
    let (before, after) = (written.before, written.after);
    let is_counted = field(after, "attempts") > field(before, "attempts");
    if by.is_disturbed || !begun(before) || !begun(after) || !is_counted {
        return None;
    }
    let has = |says: &Says| says.events.iter().any(|id| id == written.event);
    let own = by.unacknowledged.values().find(|says| has(says))?;
    let mut others = by.unacknowledged.iter().filter(|(receipt, says)| {
        // Two accounts' events may have the same id.
        let is_other = says.place != own.place && !has(says);
        is_other && !by.let_go.contains(*receipt)
    });
    let (_, other) = others.next()?;
    let what = format!("{} runs beside {:?}", written.event, other.events);
    Some(("a suspect runs alone", what))
}

/// The first time nothing is written down, the second time it is: from the third on it is
/// known.
const TAKEN_WITH_IT: u32 = 2;

/// In a schedule in which nothing else goes wrong than that some handlers end their process:
/// events of others that were taken with it too often.
pub(crate) fn taken_too_often(
    schedule: &Schedule,
    taken_along: &BTreeMap<String, u32>,
) -> Vec<String> {
    let events = schedule.webhooks.iter().flat_map(|it| &it.events);
    let (killers, others): (Vec<_>, Vec<_>) =
        events.partition(|event| matches!(event.wish, Wish::Kill(_)));
    let is_calm = schedule.faults.is_empty()
        && schedule.outages.is_empty()
        && schedule.slow.is_empty()
        && schedule.rounds.is_empty();
    let most = TAKEN_WITH_IT * u32::try_from(killers.len()).unwrap_or(u32::MAX);
    let times = |id: &str| taken_along.get(id).copied().unwrap_or_default();
    let too_often = others
        .into_iter()
        .filter(|event| is_calm && !killers.is_empty() && times(&event.id) > most);
    too_often
        .map(|event| format!("{} was taken with it {} times", event.id, times(&event.id)))
        .collect()
}
