//! A command is in its chat's queue under one id, however often its caller says it.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::history::{History, Place};
use crate::message::Says;
use crate::world::World;

/// The commands that the queue has taken.
#[derive(Debug, Default)]
pub(crate) struct Commands {
    /// By the event that each is: the caller's id, and the chat.
    taken: BTreeMap<String, (String, Place)>,
}

impl Commands {
    /// Where a command's event is.
    pub(super) fn place(&self, id: &str) -> Option<&Place> {
        self.taken.get(id).map(|(_, place)| place)
    }

    /// The events of all commands, and where they are.
    pub(crate) fn events(&self) -> Vec<(String, Place)> {
        let all = self.taken.iter();
        all.map(|(id, (_, place))| (id.clone(), place.clone()))
            .collect()
    }

    /// How many the queue has taken.
    pub(crate) fn count(&self) -> u64 {
        self.taken.len() as u64
    }
}

/// The queue has taken a message.
pub(crate) fn queued(world: &World, job: &str) {
    if !job.contains("\"@command\"") {
        return;
    }
    let place = Says::read(job).place;
    let job: Json = serde_json::from_str(job).unwrap_or_default();
    for event in job["events"].as_array().into_iter().flatten() {
        if event["kind"] == "@command" {
            taken(&mut world.history(), &place, event);
        }
    }
}

fn taken(history: &mut History, place: &Place, event: &Json) {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let (id, callers) = (text(&event["id"]), text(&event["raw"]["id"]));
    let commands = &mut history.judges.commands;
    let mut all = commands.taken.iter();
    let other = all.find(|(other, taken)| **other != id && taken.0 == callers && taken.1 == *place);
    let other = other.map(|(other, _)| other.clone());
    commands
        .taken
        .insert(id.clone(), (callers.clone(), place.clone()));
    if let Some(other) = other {
        let what = format!("the command {callers} is {id} and {other}");
        history.violation("a command has one id", what);
    }
}
