//! All that there is at a moment.

use shared::domain::{LedgerEntry, Outcome};

use crate::condition::Steps;
use crate::line::{Line, Request};
use crate::table::{Row, Write};
use crate::worker::Worker;

/// A message of the queue: the event's own, or an operator's that it is to run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Job {
    /// The event as it came.
    Event,
    /// A replay of it.
    Replay {
        /// Whether it sends again what was sent.
        force: bool,
    },
}

/// A message, and whether it is gone from the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Message {
    pub(crate) job: Job,
    pub(crate) is_acknowledged: bool,
}

/// What arrives later than its client has waited for it, or never.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Late {
    Write(Write),
    Request(Request),
}

/// The whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct State {
    pub(crate) row: Row,
    pub(crate) messages: Vec<Message>,
    /// Workers that have a message in hand.
    pub(crate) workers: Vec<Worker>,
    /// How many workers were given one so far.
    pub(crate) given: u8,
    pub(crate) late: Vec<Late>,
    pub(crate) line: Line,
    /// How many things may go wrong from here.
    pub(crate) faults: u8,
    /// Whether a row was written that must not follow the one before.
    pub(crate) has_harm: bool,
}

impl State {
    pub(crate) fn new(faults: u8) -> Self {
        let message = Message {
            job: Job::Event,
            is_acknowledged: false,
        };
        Self {
            row: None,
            messages: vec![message],
            workers: Vec::new(),
            given: 0,
            late: Vec::new(),
            line: Line::default(),
            faults,
            has_harm: false,
        }
    }

    /// How often an operator has had it sent again.
    pub(crate) fn forced(&self) -> u32 {
        let forced = |message: &&Message| matches!(message.job, Job::Replay { force: true });
        u32::try_from(self.messages.iter().filter(forced).count()).unwrap_or_default()
    }

    /// Whether no message of the event is left.
    pub(crate) fn is_forgotten_by_the_queue(&self) -> bool {
        self.messages.iter().all(|message| message.is_acknowledged)
    }

    /// A write arrives at the table; tells whether it was made.
    pub(crate) fn write(&mut self, write: &Write, steps: Steps) -> bool {
        let before = self.row.clone();
        let is_made = write.arrives(&mut self.row, steps.without);
        if is_made && before.is_some_and(|before| is_harm(&before, &write.next)) {
            self.has_harm = true;
        }
        is_made
    }

    /// A worker's message is deleted.
    pub(crate) fn acknowledge(&mut self, job: Job) {
        for message in self.messages.iter_mut().filter(|it| it.job == job) {
            message.is_acknowledged = true;
        }
    }
}

/// Whether what was parked is to be decided or sent again, though nobody has asked for it;
/// or what is done is parked, though LINE has refused nothing.
fn is_harm(before: &LedgerEntry, next: &LedgerEntry) -> bool {
    let is_refused = next.effects().iter().any(|it| it.refusal().is_some());
    match (before.outcome(), next.outcome()) {
        (Outcome::Parked, Outcome::Planned | Outcome::Failed) => before.replays == next.replays,
        (Outcome::Done, Outcome::Parked) => !is_refused,
        _ => false,
    }
}
