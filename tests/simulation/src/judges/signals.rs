//! A signal is in its chat's queue once, after the commit that plans it and never before, and is
//! handled there in the order in which its event has planned it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use shared::domain::{Effect, LedgerEntry, Plan, QueueEffect};

use crate::history::{History, Place};
use crate::message::Says;
use crate::rows::s;
use crate::world::World;

/// Which signal: the event that has planned it, and the how manieth of its signals it is.
type Name = (String, u64);

/// All signals.
#[derive(Debug, Default)]
pub(crate) struct Signals {
    /// Those of committed plans, and the chats that they are for.
    planned: BTreeMap<Name, String>,
    /// Those that the queue has taken, by the event that each is.
    sent: BTreeMap<String, Sent>,
}

/// One that the queue has taken.
#[derive(Debug, Clone)]
struct Sent {
    name: Name,
    place: Place,
}

impl Signals {
    /// Where a signal's event is.
    pub(super) fn place(&self, id: &str) -> Option<&Place> {
        self.sent.get(id).map(|sent| &sent.place)
    }

    /// The event that has planned a signal.
    pub(crate) fn origin(&self, id: &str) -> Option<&str> {
        self.sent.get(id).map(|sent| sent.name.0.as_str())
    }

    /// The events of all signals, and where they are.
    pub(crate) fn events(&self) -> Vec<(String, Place)> {
        let all = self.sent.iter();
        all.map(|(id, sent)| (id.clone(), sent.place.clone()))
            .collect()
    }

    /// How many the queue has taken.
    pub(crate) fn count(&self) -> u64 {
        self.sent.len() as u64
    }
}

/// A plan was committed.
pub(crate) fn committed(history: &mut History, event: &str, ledger: &Json) {
    let signals = &mut history.judges.signals;
    for (name, chat) in planned(event, s(ledger, "plan")) {
        signals.planned.insert(name, chat);
    }
}

/// The signals of a plan.
fn planned(event: &str, plan: &str) -> Vec<(Name, String)> {
    let plan: Plan = serde_json::from_str(plan).unwrap_or_default();
    let effects = plan.effects.into_iter();
    effects
        .filter_map(|effect| match effect {
            Effect::Queue(QueueEffect::Signal(signal)) => {
                let n = signal.payload["n"].as_u64()?;
                Some(((event.to_owned(), n), signal.chat.id.to_string()))
            }
            _ => None,
        })
        .collect()
}

/// The queue has taken a message.
pub(crate) fn queued(world: &World, job: &str) {
    if !job.contains("\"@signal\"") {
        return;
    }
    let place = Says::read(job).place;
    let job: Json = serde_json::from_str(job).unwrap_or_default();
    for event in job["events"].as_array().into_iter().flatten() {
        if event["kind"] == "@signal" {
            taken(&mut world.history(), &place, event);
        }
    }
}

fn taken(history: &mut History, place: &Place, event: &Json) {
    let id = event["id"].as_str().unwrap_or_default().to_owned();
    let payload = &event["raw"]["payload"];
    let from = payload["from"].as_str().unwrap_or_default().to_owned();
    let name = (from, payload["n"].as_u64().unwrap_or_default());
    let signals = &history.judges.signals;
    let is_planned = signals.planned.get(&name) == Some(&place.1);
    let other = signals
        .sent
        .iter()
        .find(|(other, sent)| sent.name == name && **other != id);
    let other = other.map(|(other, _)| other.clone());
    let may_repeat = history.forced.contains(&name.0) || history.judges.has_forgotten(&name.0);
    if !is_planned {
        let what = format!("{id}, signal {name:?}, is queued for {place:?} before it is committed");
        history.violation("no signal before its commit", what);
    }
    if let Some(other) = other.filter(|_| !may_repeat) {
        let what = format!("signal {name:?} is {id} and {other}");
        history.violation("a signal has one id", what);
    }
    let place = place.clone();
    history.judges.signals.sent.insert(id, Sent { name, place });
}

/// What became of the plan of an event that is settled: each signal that is said to be sent is in
/// the queue.
pub(crate) fn at_the_end(world: &World, event: &str, row: Option<&LedgerEntry>) {
    let Some((row, plan)) = row.and_then(|row| Some((row, row.plan()?))) else {
        return;
    };
    let mut history = world.history();
    for (effect, delivery) in plan.effects.iter().zip(row.effects()) {
        let Effect::Queue(QueueEffect::Signal(signal)) = effect else {
            continue;
        };
        let name = (
            event.to_owned(),
            signal.payload["n"].as_u64().unwrap_or_default(),
        );
        let mut sent = history.judges.signals.sent.values();
        let is_sent = sent.any(|sent| sent.name == name);
        if delivery.name() == "sent" && !is_sent && !history.judges.has_forgotten(event) {
            let what = format!("signal {name:?} was never queued");
            history.violation("no signal lost", what);
        }
    }
}

/// Signals of one event to one chat are handled in their order.
pub(crate) fn order(world: &World) {
    let mut history = world.history();
    let mut late = BTreeSet::new();
    for (place, handled) in &history.handled {
        let mut newest: BTreeMap<&str, u64> = BTreeMap::new();
        for id in handled {
            let Some(Sent { name, .. }) = history.judges.signals.sent.get(id) else {
                continue;
            };
            let repeats = [id, &name.0]
                .into_iter()
                .any(|it| history.replayed.contains(it) || history.judges.has_forgotten(it));
            let before = newest.insert(&name.0, name.1);
            if before > Some(name.1) && !repeats {
                late.insert(format!("signal {name:?} comes late to {place:?}"));
            }
        }
    }
    for what in late {
        history.violation("order of signals", what);
    }
}
