//! What is counted of an account in a month. Counts only grow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is counted of an account in a month.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Events of LINE's that came to an end, each once, whatever became of them.
    pub events: u64,
    /// The same of our own events: timers, signals, commands.
    pub own_events: u64,
    /// Replies that LINE took.
    pub replies: u64,
    /// Pushes that LINE took in place of a reply.
    pub replies_pushed: u64,
    /// Other pushes that LINE took.
    pub pushes: u64,
    /// Of these: with an aggregation unit, by its name.
    pub units: BTreeMap<String, u64>,
    /// Of replies and pushes: into groups and rooms, of which LINE counts each member.
    pub into_groups: u64,
    /// Multicasts that LINE took.
    pub multicasts: Multicasts,
    /// Narrowcasts that LINE took. How many they reached is not told to us.
    pub narrowcasts: u64,
    /// Broadcasts that LINE took; likewise.
    pub broadcasts: u64,
    /// Sends of any kind of which it became certain that nobody can know whether LINE took them.
    pub unknown: u64,
    /// Of these, of this month or an earlier one: LINE has taken them after all.
    pub unknown_taken: u64,
    /// Users with an event in the month that is newer than all of theirs before.
    pub active_users: u64,
    /// Changes that belong to a month which was closed when they were counted.
    pub late: u64,
}

/// Multicasts that LINE took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Multicasts {
    /// Calls.
    pub calls: u64,
    /// Users that they named.
    pub users: u64,
}

impl Counts {
    /// Whether nothing is counted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what `other` has counted.
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.own_events += other.own_events;
        self.replies += other.replies;
        self.replies_pushed += other.replies_pushed;
        self.pushes += other.pushes;
        for (unit, number) in &other.units {
            *self.units.entry(unit.clone()).or_default() += number;
        }
        self.into_groups += other.into_groups;
        self.multicasts.calls += other.multicasts.calls;
        self.multicasts.users += other.multicasts.users;
        self.narrowcasts += other.narrowcasts;
        self.broadcasts += other.broadcasts;
        self.unknown += other.unknown;
        self.unknown_taken += other.unknown_taken;
        self.active_users += other.active_users;
        self.late += other.late;
    }
}
