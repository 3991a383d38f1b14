//! What is decided about an event: recorded, planned, failed or parked. Each of these is
//! written in place of the entry that was read, and counts on from it.

use std::collections::BTreeSet;

use crate::domain::ledger::{Change, LedgerEntry, ParkKind, Parked, Sends, State, keepable};
use crate::domain::{Delivery, Plan, Silence, Timestamp};

/// Why an event has no outcome while an attempt at it is under way, and if that vanishes.
const UNDER_WAY: &str = "an attempt has begun, and has not ended";
/// The same of one that was made by a step. It does not have what the events in hand say.
const IN_STEPS: &str = "a step has been made, and its handler has not ended";

impl LedgerEntry {
    /// In place of `seen`: failed attempts, steps, failures and replays count on.
    #[must_use]
    pub fn in_place_of(mut self, seen: &Self) -> Self {
        self.writes = seen.writes;
        self.attempts.failed = seen.attempts.failed;
        self.steps = seen.steps.clone();
        self.failing_since = seen.failing_since;
        self.replays = seen.replays;
        self.request_id = seen.request_id.clone().or(self.request_id);
        self.message_id = self.message_id.or_else(|| seen.message_id.clone());
        self.user_mark = self.user_mark.or_else(|| seen.user_mark.clone());
        self
    }

    /// Written by this replay, which has begun by that.
    #[must_use]
    pub fn of_replay(mut self, number: u32, force: bool) -> Self {
        self.replays.number = number;
        self.replays.forced = force;
        self
    }

    /// Settled without a plan, for this reason.
    #[must_use]
    pub fn recorded(self, reason: impl Into<String>) -> Self {
        let state = State::Done {
            reason: Some(reason.into()),
            sends: None,
        };
        Self { state, ..self }
    }

    /// With what keeps us from speaking in its chat, if anything does.
    #[must_use]
    pub fn silenced(self, silence: Option<Silence>) -> Self {
        let state = State::Done {
            reason: silence.map(|silence| silence.to_string()),
            sends: None,
        };
        Self {
            silence,
            state,
            ..self
        }
    }

    /// With the plan, whose first try, `first`, is begun by the commit itself.
    ///
    /// # Errors
    /// Only if the plan cannot be written as JSON.
    pub fn with_plan(
        mut self,
        plan: &Plan,
        first: &str,
        now: Timestamp,
    ) -> Result<Self, serde_json::Error> {
        if !plan.effects.is_empty() {
            self.ended_at = None;
            self.state = State::Planned(Sends {
                plan: serde_json::to_string(plan)?,
                planned_at: now,
                effects: vec![Delivery::Pending; plan.effects.len()],
                open: BTreeSet::from([first.to_owned()]),
            });
        }
        Ok(self)
    }

    /// With the event's own JSON.
    #[must_use]
    pub fn with_raw(self, raw: &str) -> Self {
        Self {
            raw: Some(keepable(raw).to_owned()),
            ..self
        }
    }

    /// Not settled: the module failed, or is about to be asked.
    #[must_use]
    pub fn failed(self, reason: impl Into<String>) -> Self {
        let state = State::Failed {
            reason: Some(reason.into()),
        };
        Self {
            state,
            ended_at: None,
            ..self
        }
    }

    /// Set aside, with the event itself. A plan that it has stays, with its open tries.
    #[must_use]
    pub fn into_parked(
        self,
        kind: ParkKind,
        reason: impl Into<String>,
        raw: &str,
        now: Timestamp,
    ) -> Self {
        self.set_aside(Parked::new(kind, reason, raw, now))
    }

    fn set_aside(mut self, parked: Parked) -> Self {
        let sends = self.state.into_raw_and_sends().1;
        self.ended_at = Some(parked.since);
        self.state = State::Parked(Parked { sends, ..parked });
        self.attempts.begun = None;
        self.raw = None;
        self
    }

    /// Made by the first step of its handler: nothing else has come of it so far.
    #[must_use]
    pub fn in_steps(self) -> Self {
        self.failed(IN_STEPS)
    }

    /// With an attempt of this name, which is counted before the module runs: one that
    /// takes its process with it counts too.
    #[must_use]
    pub fn attempt_begun(self, name: &str) -> Self {
        let mut entry = self.failed(UNDER_WAY);
        entry.attempts.begun = Some(name.to_owned());
        entry
    }
}

impl LedgerEntry {
    /// Why the newest attempt at the event failed, if one has: none of one that is under way, or
    /// came to its end without a word.
    pub fn failure(&self) -> Option<&str> {
        match &self.state {
            State::Failed { reason } if self.attempts.begun.is_none() => {
                let reason = reason.as_deref();
                reason.filter(|reason| ![UNDER_WAY, IN_STEPS].contains(reason))
            }
            _ => None,
        }
    }
}

/// Ends the attempt of this name, if it was counted and came to nothing: it has not vanished.
/// The entry may name none, or the next, which another worker has begun.
pub fn end_attempt(entry: Option<&LedgerEntry>, name: &str) -> Change<LedgerEntry, ()> {
    let entry = entry.cloned().and_then(|mut entry| {
        entry.attempts.begun.take_if(|begun| begun == name)?;
        Some(entry)
    });
    Change::write_if(entry, (), ())
}

/// Notes that the event meets a transient failure at `now`, of which `new` is made where there
/// is no entry; tells since when it does. None if it is settled: that meets no failure any more.
pub fn note_failure(
    entry: Option<&LedgerEntry>,
    new: &LedgerEntry,
    now: Timestamp,
) -> Change<LedgerEntry, Option<Timestamp>> {
    let entry = entry.unwrap_or(new);
    if entry.is_settled() {
        return Change::Keep(None);
    }
    if let Some(since) = entry.failing_since {
        return Change::Keep(Some(since));
    }
    let failing_since = Some(now);
    let entry = entry.clone();
    let failing = LedgerEntry {
        failing_since,
        ..entry
    };
    Change::Write(failing, failing_since)
}

/// How an event is parked that no attempt will settle.
#[derive(Debug, Clone)]
pub struct Parking {
    /// The reason and the event.
    pub parked: Parked,
    /// The epoch of the account's attachment, for an entry that was made without one.
    pub epoch: Timestamp,
    /// The number of the replay that comes to this end, and whether it was forced. It counts
    /// as begun: its message is deleted, and another worker may have it in hand.
    pub replay: Option<(u32, bool)>,
}

/// Parks the event that the entry of `known` writes showed as not settled; tells whether it is
/// parked. It is not if others have written the entry since: a try that has ended may have
/// settled it.
pub fn park(
    entry: Option<&LedgerEntry>,
    known: u32,
    parking: &Parking,
) -> Change<LedgerEntry, bool> {
    let seen = entry.filter(|entry| entry.writes == known);
    let parked = seen.map(|entry| {
        let mut entry = entry.clone();
        if entry.epoch == Timestamp::default() {
            entry.epoch = parking.epoch;
        }
        let replay = parking.replay;
        let entry = match replay.filter(|(number, force)| !entry.has_begun(*number, *force)) {
            Some((number, force)) => entry.of_replay(number, force),
            None => entry,
        };
        entry.set_aside(parking.parked.clone())
    });
    Change::write_if(parked, true, false)
}
