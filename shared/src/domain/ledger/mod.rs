//! What became of an event: its entry in the ledger, as states, with a file for each kind of
//! transition between them. It is what makes a second delivery harmless, and what answers
//! "why did my bot not answer?".

mod change;
mod decision;
mod erase;
mod park_kind;
mod replay;
mod settle;
mod steps;
mod tries;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{BotId, Delivery, Plan, Silence, Timestamp, UserId};
use crate::hash::sha256_hex;

pub use change::Change;
pub use decision::{Parking, end_attempt, note_failure, park};
pub use erase::Person;
pub use park_kind::ParkKind;
pub use settle::settle;
pub use steps::{StepEnd, StepRecord, Steps, note_step};
pub use tries::{Ended, begin_push, begin_try, end_try};

/// How long a settled event stays in the ledger.
const LEDGER_RETENTION: Duration = Duration::from_secs(30 * 24 * 3600);
/// An item has 400 KB at most, and a plan with its event 300 KB.
const LARGEST_RAW: usize = 300 * 1024;
/// Of a user's hash, in characters: enough to tell those of one account apart.
const MARK_LENGTH: usize = 20;
/// A type is a word. What is longer is kept with the event itself.
const LONGEST_KIND: usize = 100;

/// One event, as kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct LedgerEntry {
    /// LINE's `type`.
    pub kind: String,
    /// When it happened, by LINE's clock.
    pub at: Timestamp,
    /// When it reached us first.
    pub received_at: Timestamp,
    /// API Gateway's id of the request by which it did, if that is known: it joins the logs.
    pub request_id: Option<String>,
    /// The newest attach known when the entry was written.
    pub epoch: Timestamp,
    /// Why nothing could be sent for it when it was decided, if so.
    pub silence: Option<Silence>,
    /// What became of it so far.
    pub state: State,
    /// When the event, or the newest try to send its plan, came to an end, by the worker's clock.
    /// Absent before the first, and in rows of releases that did not write it.
    pub ended_at: Option<Timestamp>,
    /// What the module's attempts at it came to.
    pub attempts: Attempts,
    /// What the steps of its handler have come to, in this run of it.
    pub steps: Steps,
    /// The id of the message, if it is one: what its user takes back is found by it.
    pub message_id: Option<String>,
    /// Whose it is in a group or room, as [`user_mark`] writes it: what is theirs is found by it.
    pub user_mark: Option<String>,
    /// Since when it meets transient failures, by the clock of the worker that met the
    /// first; the newest replay starts without.
    pub failing_since: Option<Timestamp>,
    /// How often a person had it run again.
    pub replays: Replays,
    /// The event's own JSON, where it must not be lost though the event is not parked: its
    /// type is unknown, or it was parked before.
    pub raw: Option<String>,
    /// When the entry may go, in epoch seconds, unless the event is parked.
    pub expires_at: i64,
    /// Counts the writes of this entry; 0 before the first. Each write is conditional on it
    /// and moves it: one that arrives after its client gave up undoes nothing of what
    /// came after it.
    pub writes: u32,
}

/// What became of an event so far.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum State {
    /// Without a plan: nothing has come of it so far, the module failed, or an attempt at
    /// it is under way. It will be tried again.
    Failed {
        /// Why.
        reason: Option<String>,
    },
    /// Its plan is committed, and not all of it is settled.
    Planned(Sends),
    /// Settled.
    Done {
        /// Why nothing was planned, where the state alone does not tell.
        reason: Option<String>,
        /// The plan, if there was one.
        sends: Option<Sends>,
    },
    /// Set aside, for a person to look at.
    Parked(Parked),
}

/// An event that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Parked {
    /// Why, in one word.
    pub kind: ParkKind,
    /// Why.
    pub reason: String,
    /// The event's own JSON.
    pub raw: String,
    /// Since when.
    pub since: Timestamp,
    /// The plan, if there was one: what of it is not settled is sent by a replay.
    pub sends: Option<Sends>,
}

/// A committed plan, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sends {
    /// The plan as JSON: see [`Plan`].
    pub plan: String,
    /// When it was committed. LINE knows its retry keys for a day.
    pub planned_at: Timestamp,
    /// What became of each effect.
    pub effects: Vec<Delivery>,
    /// Tries to send that were begun and have not ended, by name: each may have sent
    /// anything that is not settled.
    pub open: BTreeSet<String>,
}

/// Attempts of the module at an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Attempts {
    /// How many failed.
    pub failed: u32,
    /// The name of one that was counted before the module ran, and has not ended: it is
    /// under way, or has vanished with its process.
    pub begun: Option<String>,
}

/// Replays of an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Replays {
    /// The number of the newest that was begun.
    pub number: u32,
    /// Whether that one was forced: it comes after one of its number that was not.
    pub forced: bool,
    /// Counts those that were forced: each has retry keys of its own.
    pub run: u32,
}

/// The state of an event in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Its plan is committed, and not all of it is settled.
    Planned,
    /// Settled.
    Done,
    /// The module failed; it will be tried again.
    Failed,
    /// Set aside, for a person to look at.
    Parked,
}

impl Outcome {
    /// As the table has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Parked => "parked",
        }
    }
}

impl LedgerEntry {
    /// A settled event.
    pub fn done(kind: &str, at: Timestamp, received_at: Timestamp, now: Timestamp) -> Self {
        let state = State::Done {
            reason: None,
            sends: None,
        };
        Self {
            state,
            ended_at: Some(now),
            ..Self::unsettled(kind, at, received_at, now)
        }
    }

    /// An event of which nothing is known yet.
    pub fn unsettled(kind: &str, at: Timestamp, received_at: Timestamp, now: Timestamp) -> Self {
        Self {
            kind: format!("{kind:.LONGEST_KIND$}"),
            at,
            received_at,
            request_id: None,
            epoch: Timestamp::default(),
            silence: None,
            state: State::Failed { reason: None },
            ended_at: None,
            attempts: Attempts::default(),
            steps: Steps::default(),
            message_id: None,
            user_mark: None,
            failing_since: None,
            replays: Replays::default(),
            raw: None,
            expires_at: ledger_end(now),
            writes: 0,
        }
    }

    /// The state in one word.
    pub fn outcome(&self) -> Outcome {
        match self.state {
            State::Failed { .. } => Outcome::Failed,
            State::Planned(_) => Outcome::Planned,
            State::Done { .. } => Outcome::Done,
            State::Parked(_) => Outcome::Parked,
        }
    }

    /// Whether nothing more is done about it, unless a person has it run again.
    pub fn is_settled(&self) -> bool {
        match self.state {
            State::Failed { .. } | State::Planned(_) => false,
            State::Done { .. } | State::Parked(_) => true,
        }
    }

    /// Why it is so, where the outcome alone does not tell.
    pub fn reason(&self) -> Option<&str> {
        match &self.state {
            State::Failed { reason } | State::Done { reason, .. } => reason.as_deref(),
            State::Planned(_) => None,
            State::Parked(parked) => Some(&parked.reason),
        }
    }

    /// The event's own JSON, where it is kept.
    pub fn raw(&self) -> Option<&str> {
        match &self.state {
            State::Parked(parked) => Some(&parked.raw),
            _ => self.raw.as_deref(),
        }
    }

    /// The plan and what became of it, if there was one.
    pub fn sends(&self) -> Option<&Sends> {
        match &self.state {
            State::Failed { .. } => None,
            State::Planned(sends) => Some(sends),
            State::Done { sends, .. } | State::Parked(Parked { sends, .. }) => sends.as_ref(),
        }
    }

    /// The plan, if there is one that can be read.
    pub fn plan(&self) -> Option<Plan> {
        self.sends()?.plan()
    }

    /// What became of each effect of the plan.
    pub fn effects(&self) -> &[Delivery] {
        self.sends().map_or(&[], |sends| &sends.effects)
    }

    /// When the entry may go, in epoch seconds; a parked one stays.
    pub fn ends_at(&self) -> Option<i64> {
        match self.state {
            State::Parked(_) => None,
            _ => Some(self.expires_at),
        }
    }

    /// When it was settled or parked, if it is; to the second where it is done.
    pub fn settled_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Failed { .. } | State::Planned(_) => None,
            State::Done { .. } => {
                let end = Timestamp(self.expires_at.saturating_mul(1000));
                Some(end.minus(LEDGER_RETENTION).max(self.received_at))
            }
            State::Parked(parked) => Some(parked.since),
        }
    }

    /// Why it is parked, in one word, if it is.
    pub fn park_kind(&self) -> Option<ParkKind> {
        match &self.state {
            State::Parked(parked) => Some(parked.kind),
            _ => None,
        }
    }

    /// Since when it is parked, if it is.
    pub fn parked_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Parked(parked) => Some(parked.since),
            _ => None,
        }
    }
}

impl Parked {
    /// Of an event without a plan.
    pub fn new(kind: ParkKind, reason: impl Into<String>, raw: &str, now: Timestamp) -> Self {
        Self {
            kind,
            reason: reason.into(),
            raw: keepable(raw).to_owned(),
            since: now,
            sends: None,
        }
    }
}

impl State {
    fn into_raw_and_sends(self) -> (Option<String>, Option<Sends>) {
        match self {
            Self::Failed { .. } => (None, None),
            Self::Planned(sends) => (None, Some(sends)),
            Self::Done { sends, .. } => (None, sends),
            Self::Parked(parked) => (Some(parked.raw), parked.sends),
        }
    }

    fn sends_mut(&mut self) -> Option<&mut Sends> {
        match self {
            Self::Failed { .. } => None,
            Self::Planned(sends) => Some(sends),
            Self::Done { sends, .. } | Self::Parked(Parked { sends, .. }) => sends.as_mut(),
        }
    }
}

impl Sends {
    /// The plan, if it can be read, and is the one whose effects stand here.
    pub fn plan(&self) -> Option<Plan> {
        let plan: Option<Plan> = serde_json::from_str(&self.plan).ok();
        plan.filter(|plan| plan.effects.len() == self.effects.len())
    }
}

/// What is kept of who has done something in a group or room: no id, but the same for the same
/// user of the account.
pub fn user_mark(bot: &BotId, user: &UserId) -> String {
    sha256_hex([bot.as_str(), "\0", user.as_str()])[..MARK_LENGTH].to_owned()
}

/// When the entry of an event that is settled now may go, in epoch seconds.
pub fn ledger_end(now: Timestamp) -> i64 {
    now.plus(LEDGER_RETENTION).seconds()
}

/// What of an event's JSON fits into its row: all of it, save of one so large that
/// LINE has never sent its like.
pub fn keepable(raw: &str) -> &str {
    let end = (0..=LARGEST_RAW.min(raw.len()))
        .rev()
        .find(|at| raw.is_char_boundary(*at));
    &raw[..end.unwrap_or(0)]
}
