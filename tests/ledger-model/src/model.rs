//! What can happen next, and what comes of it.

use shared::domain::Outcome;
use stateright::{Model, Property};

use crate::condition::{Condition, Steps};
use crate::line::Request;
use crate::properties;
use crate::state::{Job, Late, Message, State};
use crate::table::Write;
use crate::worker::{Changing, Next, Phase, Sending, Worker};

/// How much happens at most: it makes the number of states finite.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How often workers are given a message of the event.
    pub given: u8,
    /// How many of them have it at once.
    pub at_once: usize,
    /// How many things go wrong: answers lost, writes and calls late, processes ended, LINE busy.
    pub faults: u8,
    /// How often an operator has the event run again.
    pub replays: usize,
}

/// The model, with one condition taken out or with all of them.
#[derive(Debug, Clone)]
pub struct LedgerModel {
    pub limits: Limits,
    pub without: Option<Condition>,
}

/// How a write or a call goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// Its answer arrives.
    Answered,
    /// It is done, and its answer is lost.
    AnswerLost,
    /// The answer is lost, and the SDK makes it once more.
    MadeTwice,
    /// Its client gives it up; it may arrive later.
    Late,
    /// LINE does not take it for now.
    Busy,
    /// LINE refuses it for good.
    Refused,
}

/// What happens. Workers are distinguished by numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// A new worker is given a message of the event.
    Give(Job),
    /// A worker reads the event's row.
    Reads(u8),
    /// A worker writes it.
    Writes(u8, Fate),
    /// A worker asks LINE.
    Asks(u8, Fate),
    /// A worker gives its message back after a failure.
    GivesBack(u8),
    /// The event has failed for six hours, and the worker parks it.
    SixHoursHavePassed(u8),
    /// A worker's process ends.
    Crashes(u8),
    /// A write or a call arrives that its client gave up; its place in line.
    Arrives(usize),
    /// The reply token becomes too old.
    TokenExpires,
    /// An operator has the event run again.
    Replays {
        /// Also what was sent.
        force: bool,
    },
}

impl Action {
    fn is_fault(self) -> bool {
        match self {
            Self::Writes(_, fate) | Self::Asks(_, fate) => fate != Fate::Answered,
            Self::Crashes(_) => true,
            _ => false,
        }
    }
}

impl Model for LedgerModel {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State::new(self.limits.faults)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.has_harm {
            return;
        }
        let is_open = state.given < self.limits.given && state.workers.len() < self.limits.at_once;
        if is_open {
            let messages = state.messages.iter().filter(|it| !it.is_acknowledged);
            actions.extend(messages.map(|message| Action::Give(message.job)));
        }
        for worker in &state.workers {
            of_worker(worker, actions);
        }
        actions.extend((0..state.late.len()).map(Action::Arrives));
        if !state.line.token_is_gone {
            actions.push(Action::TokenExpires);
        }
        if let Some(row) = &state.row
            && state.messages.len() <= self.limits.replays
        {
            actions.push(Action::Replays { force: true });
            if row.outcome() != Outcome::Done {
                actions.push(Action::Replays { force: false });
            }
        }
        if state.faults == 0 {
            actions.retain(|action| !action.is_fault());
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let steps = Steps {
            without: self.without,
        };
        let mut state = last.clone();
        state.faults -= u8::from(action.is_fault());
        match action {
            Action::Give(job) => {
                state.workers.push(Worker::new(state.given, job));
                state.given += 1;
            }
            Action::Arrives(at) => match state.late.remove(at) {
                Late::Write(write) => drop(state.write(&write, steps)),
                Late::Request(request) => drop(state.line.takes(request)),
            },
            Action::TokenExpires => state.line.token_is_gone = true,
            Action::Replays { force } => state.messages.push(Message {
                job: Job::Replay { force },
                is_acknowledged: false,
            }),
            Action::Crashes(id) => state.workers.retain(|worker| worker.id != id),
            Action::Reads(id)
            | Action::Writes(id, _)
            | Action::Asks(id, _)
            | Action::GivesBack(id)
            | Action::SixHoursHavePassed(id) => acts(&mut state, id, action, steps)?,
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        properties::all()
    }
}

/// What a worker may do, and what may become of it.
fn of_worker(worker: &Worker, actions: &mut Vec<Action>) {
    let id = worker.id;
    actions.push(Action::Crashes(id));
    match &worker.phase {
        Phase::Load { .. } | Phase::Change(Changing { known: None, .. }) => {
            actions.push(Action::Reads(id));
        }
        Phase::Reopen(_) | Phase::Commit(..) | Phase::Change(_) => {
            let fates = [
                Fate::Answered,
                Fate::AnswerLost,
                Fate::MadeTwice,
                Fate::Late,
            ];
            actions.extend(fates.map(|fate| Action::Writes(id, fate)));
        }
        Phase::Ask(..) => {
            let fates = [
                Fate::Answered,
                Fate::AnswerLost,
                Fate::Late,
                Fate::Busy,
                Fate::Refused,
            ];
            actions.extend(fates.map(|fate| Action::Asks(id, fate)));
        }
        Phase::Failing(_) => {
            actions.push(Action::GivesBack(id));
            actions.push(Action::SixHoursHavePassed(id));
        }
    }
}

/// A worker acts; none if its action makes no difference to another.
fn acts(state: &mut State, id: u8, action: Action, steps: Steps) -> Option<()> {
    let at = state.workers.iter().position(|worker| worker.id == id)?;
    let mut worker = state.workers.remove(at);
    let next = match (worker.phase.clone(), action) {
        (Phase::Load { has_reopened }, _) => worker.loaded(&state.row, has_reopened, steps),
        (Phase::Reopen(seen), Action::Writes(_, fate)) => {
            let write = worker.reopening(&seen);
            match written(state, &write, fate, steps)? {
                // Also where another was first: it is read again.
                Some(_) => Next::Phase(Phase::Load { has_reopened: true }),
                None => Next::failed(),
            }
        }
        (Phase::Commit(seen, name), Action::Writes(_, fate)) => {
            let write = worker.committing(&seen, &name, steps);
            committed(state, write, name, fate, steps)?
        }
        (Phase::Change(changing), action) => changes(state, changing, worker.job, action, steps)?,
        (Phase::Ask(sending, request), Action::Asks(_, fate)) => {
            asked(state, sending, request, fate)?
        }
        (Phase::Failing(_), Action::GivesBack(_)) => Next::GiveBack,
        (Phase::Failing(known), _) => Next::park(known, &state.row),
        _ => return None,
    };
    match next {
        Next::Phase(phase) => {
            worker.phase = phase;
            state.workers.insert(at, worker);
        }
        Next::Acknowledge => state.acknowledge(worker.job),
        Next::GiveBack => {}
    }
    Some(())
}

/// A write, by how it goes: whether it was made, as its writer sees it; none if there is no
/// answer. None of all that if this fate makes no difference to another.
#[expect(
    clippy::option_option,
    reason = "no answer, and no such fate, are two things"
)]
fn written(state: &mut State, write: &Write, fate: Fate, steps: Steps) -> Option<Option<bool>> {
    match fate {
        Fate::Answered => Some(Some(state.write(write, steps))),
        Fate::AnswerLost => Some(None).filter(|_| state.write(write, steps)),
        // The second is refused: the row is not as it was read any more.
        Fate::MadeTwice => Some(Some(false)).filter(|_| state.write(write, steps)),
        Fate::Late => {
            state.late.push(Late::Write(write.clone()));
            Some(None)
        }
        Fate::Busy | Fate::Refused => None,
    }
}

/// A commit. The SDK's second try of a transaction is answered as the first.
fn committed(
    state: &mut State,
    write: Write,
    name: String,
    fate: Fate,
    steps: Steps,
) -> Option<Next> {
    if fate == Fate::MadeTwice {
        return None;
    }
    let is_committed = written(state, &write, fate, steps)?;
    Some(match is_committed {
        Some(true) => Sending::begin(name, write.next, steps),
        // Read again, decided again.
        Some(false) | None => Next::Phase(Phase::Load { has_reopened: true }),
    })
}

fn changes(
    state: &mut State,
    mut changing: Changing,
    job: Job,
    action: Action,
    steps: Steps,
) -> Option<Next> {
    let (Action::Writes(_, fate), Some(seen)) = (action, &changing.known) else {
        let next = changing.has_read(state.row.clone(), job, steps);
        return Some(next.unwrap_or(Next::Phase(Phase::Change(changing))));
    };
    let (write, result) = match changing.write(seen, job, steps) {
        Ok(write) => write,
        // Nothing is written, and so nothing goes wrong.
        Err(next) => return Some(next).filter(|_| fate == Fate::Answered),
    };
    let next = match written(state, &write, fate, steps)? {
        Some(true) => changing.step.made(Some(write.next), result, job, steps),
        Some(false) => {
            changing.mark_refused(&write, result);
            Next::Phase(Phase::Change(changing))
        }
        None => changing.step.failed(),
    };
    Some(next)
}

/// LINE is asked.
fn asked(state: &mut State, sending: Sending, request: Request, fate: Fate) -> Option<Next> {
    let line = &mut state.line;
    Some(match fate {
        Fate::Answered => {
            let answer = line.takes(request);
            sending.answered(request, answer)
        }
        Fate::AnswerLost => {
            line.takes(request);
            sending.unanswered(request, true)
        }
        Fate::Late => {
            state.late.push(Late::Request(request));
            sending.unanswered(request, true)
        }
        Fate::Busy => sending.unanswered(request, false),
        Fate::Refused if matches!(request, Request::Push(send) if !line.has_sent(send)) => {
            sending.refused()
        }
        Fate::Refused | Fate::MadeTwice => return None,
    })
}
