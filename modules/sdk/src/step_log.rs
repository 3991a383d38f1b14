//! What the steps of an event come to, while its handler runs: kept in the event's row one after
//! the other, before the handler goes on.

use std::collections::BTreeSet;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep as _, SharedAsyncSleep, Sleep};
use aws_smithy_async::time::SharedTimeSource;
use futures::lock::Mutex;
use uuid::Uuid;

use crate::ModuleError;
use crate::step::{LARGEST_RESULTS, Step, StepAttempt};
use shared::domain::ledger::{StepEnd, StepRecord};
use shared::domain::{ChatId, LedgerEntry, Timestamp};
use shared::metrics::{Metric, Metrics};
use shared::store::{LedgerKey, Store};

/// Time that is left for the commit and the sends after a step.
pub const AFTER_STEPS: Duration = Duration::from_millis(1_500);

/// What steps stand on: filled in by the worker.
#[derive(Debug)]
pub struct StepGround<'a> {
    /// The table.
    pub store: &'a Store,
    /// The event.
    pub key: &'a LedgerKey,
    /// The event's entry as it was read, or as it is to be made where there is none.
    pub entry: LedgerEntry,
    /// Whether calls are made; else only kept results are given.
    pub may_call: bool,
    /// When work stops.
    pub until: Timestamp,
    /// Whether the handler began with about as much time as a worker ever has.
    pub has_full_time: bool,
    /// The time.
    pub clock: SharedTimeSource,
    /// The sleep of time limits.
    pub sleep: SharedAsyncSleep,
    /// Counts what steps come to.
    pub metrics: &'a Metrics,
}

/// The steps of one run of a handler.
#[derive(Debug)]
pub struct StepLog<'a> {
    ground: StepGround<'a>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The event's entry as it was read or written last.
    entry: LedgerEntry,
    has_written: bool,
    /// Steps that were begun in this run.
    names: BTreeSet<String>,
    stop: Option<Stop>,
}

/// Why a run comes to nothing, whatever its handler makes of the error.
#[derive(Debug, Clone)]
pub enum Stop {
    /// Others have written the event's row meanwhile: the event is to be decided again.
    RowChanged,
    /// Without what it asked for, the handler must not go on.
    Failed(ModuleError),
    /// A call would have been made, and none may be: the reason.
    WouldCall(String),
}

/// What a run has left.
#[derive(Debug)]
pub struct StepsEnded {
    /// The event's entry as the run has written it last, if it has.
    pub written: Option<LedgerEntry>,
    /// Why the run comes to nothing, if so.
    pub stop: Option<Stop>,
}

/// How a step goes on.
pub(super) enum Begun {
    /// It has succeeded before, with this result as JSON.
    Kept(String),
    /// The service is called.
    Call(StepAttempt),
}

impl<'a> StepLog<'a> {
    /// For one run of a handler.
    pub fn new(ground: StepGround<'a>) -> Self {
        let state = State {
            entry: ground.entry.clone(),
            has_written: false,
            names: BTreeSet::new(),
            stop: None,
        };
        Self {
            ground,
            state: Mutex::new(state),
        }
    }

    /// The handler has ended.
    pub fn into_ended(self) -> StepsEnded {
        let State {
            entry,
            has_written,
            stop,
            ..
        } = self.state.into_inner();
        StepsEnded {
            written: has_written.then_some(entry),
            stop,
        }
    }

    /// The end of a time limit.
    pub(super) fn sleep(&self, time: Duration) -> Sleep {
        self.ground.sleep.sleep(time)
    }

    /// Begins a step: with what is kept of it, or with a try.
    pub(super) async fn begin(&self, step: &Step) -> Result<Begun, ModuleError> {
        step.check()?;
        let mut state = self.state.lock().await;
        if let Some(stop) = &state.stop {
            return Err(stop.error());
        }
        let Step { name, tries, .. } = step;
        if !state.names.insert(name.clone()) {
            return Err(ModuleError::bug(format!(
                "a handler makes each step once, but {name:?} twice: give each a name of its own"
            )));
        }
        let record = state.entry.steps.get(name).cloned().unwrap_or_default();
        if let Some(result) = record.result {
            self.ground.metrics.count(Metric::StepsKept);
            return Ok(Begun::Kept(result));
        }
        if record.failed >= *tries {
            return Err(used_up(name, &record));
        }
        if let Some(stop) = self.obstacle(&state, step) {
            return Err(state.stop(stop));
        }
        self.ground.metrics.count(Metric::StepsCalled);
        Ok(Begun::Call(StepAttempt {
            key: self.key(&state.entry, name),
            number: record.failed + 1,
        }))
    }

    /// Why no call can be made now, if so.
    fn obstacle(&self, state: &State, step: &Step) -> Option<Stop> {
        let ground = &self.ground;
        let Step { name, within, .. } = step;
        if !ground.may_call {
            let reason = format!("the step {name:?} has no result yet, and nothing is called here");
            return Some(Stop::WouldCall(reason));
        }
        let left = ground.until.since(ground.clock.now().into());
        if left >= *within + AFTER_STEPS {
            return None;
        }
        ground.metrics.count(Metric::StepsWithoutTime);
        tracing::info!(step = name, "too little time is left for a step");
        // No other attempt has more time, and none gets further.
        let is_hopeless = ground.has_full_time && !state.has_written;
        Some(Stop::Failed(match is_hopeless {
            true => ModuleError::bug(format!(
                "the handler leaves too little time for the step {name:?}, which may take {within:?}: make it before what takes long, or give it less by `Step::within`"
            )),
            false => ModuleError::NoTime {
                reason: format!(
                    "too little time is left for the step {name:?}, which may take {within:?}"
                ),
            },
        }))
    }

    /// The same for every attempt at this step in this run of the event.
    fn key(&self, entry: &LedgerEntry, name: &str) -> String {
        let LedgerKey { bot, chat, event } = self.ground.key;
        let chat = chat.as_ref().map_or("", ChatId::as_str);
        let run = entry.replays.run;
        let of = format!("{bot}\n{chat}\n{event}\n{run}\nstep\n{name}");
        Uuid::new_v5(&Uuid::NAMESPACE_URL, of.as_bytes()).to_string()
    }

    /// A try has failed: what becomes of the event.
    pub(super) async fn failed(&self, step: &Step, reason: &str) -> ModuleError {
        self.ground.metrics.count(Metric::StepsFailed);
        tracing::warn!(step = step.name, "a step has failed");
        self.count_failure(step, reason).await
    }

    /// A try has taken too long.
    pub(super) async fn timed_out(&self, step: &Step) -> ModuleError {
        self.ground.metrics.count(Metric::StepsTimedOut);
        tracing::warn!(step = step.name, "a step has taken too long");
        let reason = format!("no answer within {:?}", step.within);
        self.count_failure(step, &reason).await
    }

    async fn count_failure(&self, step: &Step, reason: &str) -> ModuleError {
        let record = match self.end(step, StepEnd::failed(reason)).await {
            Ok(record) => record,
            Err(error) => return error,
        };
        match record.failed >= step.tries {
            true => used_up(&step.name, &record),
            false => ModuleError::Retry(format!(
                "the step {:?} has failed (try {} of {}): {}",
                step.name,
                record.failed,
                step.tries,
                record.reason.unwrap_or_default()
            )),
        }
    }

    /// Keeps how a try has ended; gives what is kept of the step by then. Where it cannot be
    /// kept, the handler must not go on. It is kept too where a step beside it has stopped the
    /// run.
    pub(super) async fn end(&self, step: &Step, end: StepEnd) -> Result<StepRecord, ModuleError> {
        let ground = &self.ground;
        let mut state = self.state.lock().await;
        check_size(&state, step, &end)?;
        let now = ground.clock.now().into();
        let noted = ground
            .store
            .note_step(ground.key, &state.entry, &step.name, &end, now);
        match noted.await {
            Ok(Some(entry)) => state.keep(entry, &step.name),
            Ok(None) => Err(state.stop(Stop::RowChanged)),
            Err(error) => Err(state.stop(Stop::Failed(error.into()))),
        }
    }
}

impl State {
    fn keep(&mut self, entry: LedgerEntry, name: &str) -> Result<StepRecord, ModuleError> {
        self.entry = entry;
        self.has_written = true;
        match &self.stop {
            Some(stop) => Err(stop.error()),
            None => Ok(self.entry.steps.get(name).cloned().unwrap_or_default()),
        }
    }

    fn stop(&mut self, stop: Stop) -> ModuleError {
        let error = stop.error();
        self.stop = Some(stop);
        error
    }
}

impl Stop {
    fn error(&self) -> ModuleError {
        match self {
            Self::RowChanged => ModuleError::retry("another worker is at this event"),
            Self::Failed(error) => error.clone(),
            Self::WouldCall(reason) => ModuleError::park(reason),
        }
    }
}

/// All tries have failed.
fn used_up(name: &str, record: &StepRecord) -> ModuleError {
    let times = match record.failed {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    };
    let reason = record.reason.as_deref().unwrap_or_default();
    ModuleError::park(format!("the step {name:?} has failed {times}: {reason}"))
}

fn check_size(state: &State, step: &Step, end: &StepEnd) -> Result<(), ModuleError> {
    let (StepEnd::Succeeded(more) | StepEnd::Failed(more)) = end;
    let size = state.entry.steps.size() + step.name.len() + more.len();
    match size <= LARGEST_RESULTS {
        true => Ok(()),
        false => Err(ModuleError::bug(format!(
            "with the step {:?} the results of an event's steps have {size} bytes, and may have {LARGEST_RESULTS}: return only what the handler needs",
            step.name
        ))),
    }
}
