//! A worker with a message in hand: where it stands, and what it does next. As
//! functions/worker goes, from load to acknowledgement.

use std::sync::Arc;

use shared::domain::ledger::{self, Change};
use shared::domain::{ControlEffect, Delivery, LedgerEntry, Outcome, Plan};

use crate::condition::{Condition, NOW, Steps};
use crate::line::{Answer, Request};
use crate::state::Job;
use crate::table::{Row, Write, writes};

/// The plan: a reply that a push may stand in for, and a push.
const REPLY: usize = 0;

/// A worker.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Worker {
    pub(crate) id: u8,
    pub(crate) job: Job,
    /// How many tries it has named.
    tries: u8,
    pub(crate) phase: Phase,
}

/// What it is about to do.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Phase {
    /// To read the event's row.
    Load {
        /// Whether it has opened the row again.
        has_reopened: bool,
    },
    /// To open the row again that it has read.
    Reopen(Arc<LedgerEntry>),
    /// To commit a plan over the row that it has read, with this name of the first try.
    Commit(Row, String),
    /// To change the row: to read it where it is not known, else to write it.
    Change(Changing),
    /// To ask LINE.
    Ask(Sending, Request),
    /// It has met a failure, which it has noted in the row of this many writes.
    Failing(u32),
}

/// The store's loop: read, change, write.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Changing {
    pub(crate) step: Step,
    pub(crate) known: Option<Row>,
    /// What was refused last, and what its result would have been.
    refused: Option<(Arc<LedgerEntry>, bool)>,
}

/// What a change of the row is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// The result of the module's step; the name is for the try that the commit begins.
    KeepResult {
        known: Arc<LedgerEntry>,
        name: String,
    },
    BeginTry {
        name: String,
    },
    BeginPush(Sending),
    EndTry {
        sending: Sending,
        has_failed: bool,
    },
    NoteFailure,
    Park {
        known: u32,
    },
}

/// A try under way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Sending {
    name: String,
    entry: Arc<LedgerEntry>,
    effects: Vec<Delivery>,
    ordinal: usize,
}

/// What comes after a step.
pub(crate) enum Next {
    Phase(Phase),
    /// The message is deleted.
    Acknowledge,
    /// It comes again.
    GiveBack,
}

impl Worker {
    pub(crate) fn new(id: u8, job: Job) -> Self {
        Self {
            id,
            job,
            tries: 0,
            phase: Phase::Load {
                has_reopened: false,
            },
        }
    }

    fn new_name(&mut self) -> String {
        self.tries += 1;
        format!("{}{}", self.id, self.tries)
    }

    /// It has read the event's row, to settle the event.
    pub(crate) fn loaded(&mut self, row: &Row, has_reopened: bool, steps: Steps) -> Next {
        if let (Some(entry), Job::Replay { force }) = (row, self.job) {
            let begins_again = steps.lacks(Condition::ReplayBeginsOnce) && !has_reopened;
            if begins_again || !entry.has_begun(1, force) {
                return Next::Phase(Phase::Reopen(entry.clone()));
            }
        }
        let outcome = row.as_ref().map(|entry| entry.outcome());
        match outcome.filter(|_| !steps.lacks(Condition::DecidedOnce)) {
            Some(Outcome::Done | Outcome::Parked) => Next::Acknowledge,
            Some(Outcome::Planned) => {
                let name = self.new_name();
                Next::change(Step::BeginTry { name }, Some(row.clone()))
            }
            Some(Outcome::Failed) | None => self.handle(row, steps),
        }
    }

    /// The module handles the event: it makes its step, if that has no result, and plans.
    fn handle(&mut self, row: &Row, steps: Steps) -> Next {
        let name = self.new_name();
        let known = match row {
            Some(entry) => entry.clone(),
            None => Arc::new(self.new_entry().in_steps()),
        };
        match steps.lacks_step(&known) {
            true => Next::change(Step::KeepResult { known, name }, Some(row.clone())),
            false => Next::Phase(Phase::Commit(row.clone(), name)),
        }
    }

    fn new_entry(&self) -> LedgerEntry {
        let new = LedgerEntry::done("message", NOW, NOW, NOW);
        match self.job {
            Job::Replay { force } => new.of_replay(1, force),
            Job::Event => new,
        }
    }

    /// The write that opens the row again.
    pub(crate) fn reopening(&self, seen: &Arc<LedgerEntry>) -> Write {
        let force = matches!(self.job, Job::Replay { force: true });
        let entry = LedgerEntry::clone(seen).reopened(1, force, NOW);
        Write::new(&Some(seen.clone()), entry)
    }

    /// The commit of a plan.
    pub(crate) fn committing(&self, seen: &Row, name: &str, steps: Steps) -> Write {
        let new = self.new_entry();
        let entry = match seen {
            Some(seen) => new.in_place_of(seen),
            None => new,
        };
        // What they are makes no difference here: two sends, distinguished by their places.
        let plan = Plan {
            effects: vec![ControlEffect::Release.into(), ControlEffect::Release.into()],
        };
        let planned = entry.clone().with_plan(&plan, name, NOW);
        Write::new(seen, steps.commit(planned.unwrap_or(entry)))
    }
}

impl Next {
    fn change(step: Step, known: Option<Row>) -> Self {
        Self::Phase(Phase::Change(Changing {
            step,
            known,
            refused: None,
        }))
    }

    /// A failure was met.
    pub(crate) fn failed() -> Self {
        Self::change(Step::NoteFailure, None)
    }

    /// It has failed for hours: it is parked as it was seen.
    pub(crate) fn park(known: u32, row: &Row) -> Self {
        let is_known = writes(row) == known;
        Self::change(Step::Park { known }, is_known.then(|| row.clone()))
    }
}

impl Changing {
    /// What is to become of the row, and the result of that.
    fn change(&self, row: &Row, job: Job, steps: Steps) -> Change<LedgerEntry, bool> {
        let entry = row.as_deref();
        match &self.step {
            Step::KeepResult { known, .. } => steps.note_step(entry, known),
            Step::BeginTry { name } => ledger::begin_try(entry, name),
            Step::BeginPush(it) => steps.begin_push(entry, &it.name, it.ordinal),
            Step::EndTry { sending, .. } => {
                let (name, known) = (&sending.name, sending.entry.writes);
                let ended = steps.end_try(entry, known, name, &sending.effects);
                map_result(ended, |()| true)
            }
            Step::NoteFailure => map_result(steps.note_failure(entry), |since| since.is_some()),
            Step::Park { known } => steps.park(entry, *known, job),
        }
    }

    /// It has read the row. Gives what comes next if nothing is to be written.
    pub(crate) fn has_read(&mut self, row: Row, job: Job, steps: Steps) -> Option<Next> {
        if let Some((next, result)) = self.refused.take()
            && (row.as_ref() == Some(&next) || steps.lacks(Condition::WrittenIsOwn))
        {
            return Some(self.step.clone().made(Some(next), result, job, steps));
        }
        if let Change::Keep(result) = self.change(&row, job, steps) {
            return Some(self.step.clone().made(row, result, job, steps));
        }
        self.known = Some(row);
        None
    }

    /// The write, and its result if it is made; or what comes next without one.
    pub(crate) fn write(&self, seen: &Row, job: Job, steps: Steps) -> Result<(Write, bool), Next> {
        match self.change(seen, job, steps) {
            Change::Write(next, result) => {
                let mut write = Write::new(seen, next);
                if let Step::EndTry { sending, .. } = &self.step {
                    write.ends = Some(sending.name.clone());
                }
                Ok((write, result))
            }
            Change::Keep(result) => Err(self.step.clone().made(seen.clone(), result, job, steps)),
        }
    }

    /// The table says that the row is not as it was read.
    pub(crate) fn mark_refused(&mut self, write: &Write, result: bool) {
        self.known = None;
        self.refused = Some((write.next.clone(), result));
    }
}

fn map_result<T>(
    change: Change<LedgerEntry, T>,
    map: impl FnOnce(T) -> bool,
) -> Change<LedgerEntry, bool> {
    match change {
        Change::Write(entry, it) => Change::Write(entry, map(it)),
        Change::Keep(it) => Change::Keep(map(it)),
    }
}

impl Step {
    /// It is made; `row` is the row as it is then.
    pub(crate) fn made(self, row: Row, result: bool, job: Job, steps: Steps) -> Next {
        match self {
            Self::KeepResult { name, .. } if result => Next::Phase(Phase::Commit(row, name)),
            // Read again, decided again.
            Self::KeepResult { .. } => Next::Phase(Phase::Load { has_reopened: true }),
            Self::BeginTry { name } => match row.filter(|_| result) {
                Some(entry) => Sending::begin(name, entry, steps),
                None => Next::GiveBack,
            },
            Self::BeginPush(sending) => sending.push_begun(row, result),
            Self::EndTry {
                sending,
                has_failed,
            } => {
                let effects = row.as_ref().map_or(&*sending.effects, |row| row.effects());
                match !has_failed && effects.iter().all(Delivery::is_final) {
                    true => Next::Acknowledge,
                    false => Next::failed(),
                }
            }
            Self::NoteFailure if result => Next::Phase(Phase::Failing(writes(&row))),
            // Settled by another. A replay is settled when the row says that it has begun.
            Self::NoteFailure if job == Job::Event => Next::Acknowledge,
            Self::NoteFailure => Next::GiveBack,
            Self::Park { .. } if result => Next::Acknowledge,
            Self::Park { .. } => Next::GiveBack,
        }
    }

    /// The table does not answer.
    pub(crate) fn failed(self) -> Next {
        match self {
            Self::KeepResult { .. } | Self::BeginTry { .. } | Self::EndTry { .. } => Next::failed(),
            Self::BeginPush(sending) => sending.end(true),
            Self::NoteFailure | Self::Park { .. } => Next::GiveBack,
        }
    }
}

impl Sending {
    /// Sends what is not settled of an entry in which its try is open.
    pub(crate) fn begin(name: String, entry: Arc<LedgerEntry>, steps: Steps) -> Next {
        let sends = entry.sends();
        let effects = sends.map_or_else(Vec::new, |sends| steps.effects_for(sends, &name));
        let sending = Self {
            name,
            entry,
            effects,
            ordinal: 0,
        };
        sending.ask()
    }

    /// The next call, from this place in the plan on.
    fn ask(mut self) -> Next {
        let left = self.effects.iter().skip(self.ordinal);
        let Some(settled) = left.clone().position(|effect| !effect.is_final()) else {
            return self.end(false);
        };
        self.ordinal += settled;
        let send = (self.ordinal, self.entry.replays.run);
        let is_pushing = matches!(self.before(), Delivery::Pushing { .. });
        let request = match self.ordinal == REPLY && !is_pushing {
            true => Request::Reply(send),
            false => Request::Push(send),
        };
        Next::Phase(Phase::Ask(self, request))
    }

    fn before(&self) -> &Delivery {
        &self.effects[self.ordinal]
    }

    fn may_be_accepted(&self) -> bool {
        self.before().may_be_accepted()
    }

    fn end(self, has_failed: bool) -> Next {
        let known = Some(Some(self.entry.clone()));
        let sending = self;
        Next::change(
            Step::EndTry {
                sending,
                has_failed,
            },
            known,
        )
    }

    /// What became of the send it was at.
    fn settle(mut self, delivery: Delivery) -> Next {
        let is_final = delivery.is_final();
        let ordinal = self.ordinal;
        self.effects[ordinal] = delivery;
        self.ordinal += 1;
        match is_final {
            true => self.ask(),
            false => self.end(false), // what follows keeps its place
        }
    }

    /// LINE answers.
    pub(crate) fn answered(self, request: Request, answer: Answer) -> Next {
        let is_open = self.may_be_accepted();
        match (answer, request) {
            (Answer::TokenNotTaken, Request::Reply(_)) if !is_open => {
                let known = Some(Some(self.entry.clone()));
                Next::change(Step::BeginPush(self), known)
            }
            (Answer::TokenNotTaken, _) => self.settle(unknown()),
            (Answer::Taken, _) => self.settle(Delivery::Sent { request_id: None }),
        }
    }

    /// LINE refuses it for good.
    pub(crate) fn refused(self) -> Next {
        let refused = match self.may_be_accepted() {
            true => unknown(),
            false => Delivery::Refused {
                reason: "no".into(),
            },
        };
        self.settle(refused)
    }

    /// LINE does not answer, or (`is_taken` false) says that it has not taken it for now.
    pub(crate) fn unanswered(self, request: Request, may_be_taken: bool) -> Next {
        let is_open = may_be_taken || self.may_be_accepted();
        let stands_in = self.ordinal == REPLY && matches!(request, Request::Push(_));
        let delivery = match (stands_in, is_open) {
            (true, open) => Delivery::Pushing { open },
            (false, true) => Delivery::Open,
            (false, false) => Delivery::Pending,
        };
        self.settle(delivery)
    }

    /// The push that stands in for the reply is written down, or must not be made.
    fn push_begun(mut self, row: Row, may_push: bool) -> Next {
        if !may_push {
            return self.settle(unknown());
        }
        if let Some(written) = row.filter(|written| written.follows(&self.entry)) {
            self.entry = written;
        }
        let send = (self.ordinal, self.entry.replays.run);
        Next::Phase(Phase::Ask(self, Request::Push(send)))
    }
}

fn unknown() -> Delivery {
    Delivery::Unknown {
        reason: "who knows".into(),
    }
}
