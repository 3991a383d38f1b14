//! What LINE accepts of an event's plan comes in the plan's order, and nothing of a later
//! effect is tried while an earlier one is not settled.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::judges::parked_index::Written;
use crate::judges::seen::{About, Seen};

/// How an invocation's last call for an effect went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Went {
    UnderWay,
    /// Its answer did not come: it may still be on its way to LINE.
    Unanswered,
    Answered(u16),
}

type Tried = BTreeMap<usize, Went>;

/// What was tried and accepted.
#[derive(Debug, Default)]
pub(crate) struct PlanOrder {
    /// Per event, the places in its plan whose messages LINE has accepted, in order.
    accepted: BTreeMap<String, Vec<usize>>,
    tried: BTreeMap<(usize, String), Tried>,
}

impl PlanOrder {
    /// LINE accepts an effect. What stands against it, if anything does. A replay may send
    /// what was refused before after what was not, and so may a worker that does not know of
    /// another's refusal; nobody can keep a call from arriving that was given up.
    pub(super) fn accepts(
        &mut self,
        event: &str,
        ordinal: usize,
        is_replayed: bool,
    ) -> Option<String> {
        let accepted = self.accepted.entry(event.to_owned()).or_default();
        if accepted.contains(&ordinal) {
            return None;
        }
        let later = accepted.iter().find(|other| **other > ordinal).copied();
        accepted.push(ordinal);
        let tried = self.tried.iter().filter(|((_, of), _)| of == event);
        let mut calls = tried.filter_map(|(_, tried)| tried.get(&ordinal));
        let is_open_or_refused = calls.any(|went| match went {
            Went::UnderWay => false,
            Went::Unanswered => true,
            Went::Answered(status) => is_refusal(*status),
        });
        let later = later.filter(|_| !is_replayed && !is_open_or_refused)?;
        Some(format!(
            "LINE accepts {event}/{ordinal} after {event}/{later}"
        ))
    }

    /// A call for an effect leaves. What stands against it; `row` is the event's.
    pub(super) fn leaves(&mut self, seen: &Seen, row: Option<&Json>) -> Option<String> {
        let (event, ordinal) = effect(seen)?;
        let tried = self.tried.entry((seen.who, event.clone())).or_default();
        let unsettled = (0..ordinal).find(|earlier| match tried.get(earlier) {
            Some(went) => !matches!(went, Went::Answered(status) if is_definite(*status)),
            None => row.is_some_and(|row| waits(row, *earlier)),
        });
        tried.insert(ordinal, Went::UnderWay);
        let earlier = unsettled?;
        Some(format!(
            "{event}/{ordinal} is tried while {event}/{earlier} is not settled"
        ))
    }

    /// It has ended.
    pub(super) fn ends(&mut self, seen: &Seen, status: Option<u16>) {
        if let Some((event, ordinal)) = effect(seen) {
            let tried = self.tried.entry((seen.who, event)).or_default();
            tried.insert(ordinal, status.map_or(Went::Unanswered, Went::Answered));
        }
    }
}

fn effect(seen: &Seen) -> Option<(String, usize)> {
    match &seen.about {
        About::Effect {
            event,
            ordinal: Some(ordinal),
        } => Some((event.clone(), *ordinal)),
        _ => None,
    }
}

/// Whether an answer settles an effect: another try would change nothing.
fn is_definite(status: u16) -> bool {
    status < 500 && !matches!(status, 401 | 423 | 429)
}

/// Whether an answer says that LINE has not taken an effect, and will not.
fn is_refusal(status: u16) -> bool {
    is_definite(status) && status >= 400 && status != 409
}

/// Whether the row says of an effect that it is neither tried nor settled, and nothing but
/// a call settles it: a push. A reply may be too late, and who holds the chat may have
/// been decided by another.
fn waits(row: &Json, ordinal: usize) -> bool {
    let plan: Json =
        serde_json::from_str(row["plan"].as_str().unwrap_or_default()).unwrap_or_default();
    let is_push = plan["effects"][ordinal]["type"] == "push";
    is_push && row["effects"][ordinal]["state"] == "pending"
}

/// A row is written. What stands against a push in place of a reply: it is written down
/// while one try alone is open, or the other may have sent the reply.
pub(super) fn begins_push(written: &Written<'_>) -> Option<String> {
    let (before, after) = (written.before?, written.after?);
    let states = |row: &Json| row["effects"].as_array().cloned().unwrap_or_default();
    let mut effects = states(before).into_iter().zip(states(after)).enumerate();
    let is_new = |(before, after): &(Json, Json)| {
        after["state"] == "pushing" && before["state"] != "pushing"
    };
    let (ordinal, _) = effects.find(|(_, states)| is_new(states))?;
    let open = before["open"].as_array().map_or(0, Vec::len);
    let event = written.event;
    (open != 1).then(|| format!("{event}/{ordinal} becomes a push while {open} tries are open"))
}
