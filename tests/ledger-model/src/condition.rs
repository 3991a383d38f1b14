//! The conditions that hold the ledger, and the same steps with one of them taken out: the
//! checker must find what each is for.

use shared::domain::ledger::{self, Change, Ended, ParkKind, Parking, StepEnd};
use shared::domain::{Delivery, LedgerEntry, Outcome, Parked, Sends, State, Timestamp};

use crate::state::Job;

/// Everything happens at one moment; what time does is an action of its own.
pub(crate) const NOW: Timestamp = Timestamp(1_000);
const RAW: &str = "{}";
/// The module's step.
const STEP: &str = "crm";

/// One condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// A row is written only as it was read.
    RowIsAsSeen,
    /// A row is made only where there is none.
    RowIsAbsent,
    /// The end of a try is written only over the row that its writer has seen: without it a
    /// late end takes a parked event back, whose message is gone.
    EndCountsWrites,
    /// What is found after a refused write is one's own only if it is the same row.
    WrittenIsOwn,
    /// An event that is settled, or has a plan, is not decided.
    DecidedOnce,
    /// A step's result is in the row before the handler goes on.
    StepIsKept,
    /// A step's result is written only over the row that its handler has seen.
    StepAsSeen,
    /// The commit begins the first try.
    CommitBeginsTry,
    /// What another open try may have sent counts as open for the next one.
    OpenTriesCount,
    /// A push stands in for a reply only if no other try is open.
    PushIsAlone,
    /// A push stands in for a reply only for a try that is open itself.
    PushOfOpenTry,
    /// A push that stands in for a reply is written down before it is made.
    PushIsWritten,
    /// Only a try that is open ends.
    EndOfOpenTry,
    /// What others have written meanwhile is merged when a try ends.
    EndMerges,
    /// What another open try may have sent is not called unsent when a try ends.
    EndMergesOpen,
    /// The end of a try that settles nothing leaves a parked event parked.
    EndLeavesParked,
    /// A failure is not noted of an event that is settled.
    FailureOfUnsettled,
    /// An event is parked only as it was seen to be failing.
    ParkedAsSeen,
    /// A replay whose worker parks the event has begun.
    ParkedReplayHasBegun,
    /// A replay begins once.
    ReplayBeginsOnce,
}

impl Condition {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::RowIsAsSeen,
        Self::RowIsAbsent,
        Self::EndCountsWrites,
        Self::WrittenIsOwn,
        Self::DecidedOnce,
        Self::StepIsKept,
        Self::StepAsSeen,
        Self::CommitBeginsTry,
        Self::OpenTriesCount,
        Self::PushIsAlone,
        Self::PushOfOpenTry,
        Self::PushIsWritten,
        Self::EndOfOpenTry,
        Self::EndMerges,
        Self::EndMergesOpen,
        Self::EndLeavesParked,
        Self::FailureOfUnsettled,
        Self::ParkedAsSeen,
        Self::ParkedReplayHasBegun,
        Self::ReplayBeginsOnce,
    ];
}

/// The steps, as production makes them save for one condition.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Steps {
    pub(crate) without: Option<Condition>,
}

impl Steps {
    pub(crate) fn lacks(self, condition: Condition) -> bool {
        self.without == Some(condition)
    }

    /// Whether the module's step is still to be made.
    pub(crate) fn lacks_step(self, entry: &LedgerEntry) -> bool {
        !has_step(entry) && !self.lacks(Condition::StepIsKept)
    }

    pub(crate) fn note_step(
        self,
        entry: Option<&LedgerEntry>,
        known: &LedgerEntry,
    ) -> Change<LedgerEntry, bool> {
        let mut known = known.clone();
        if self.lacks(Condition::StepAsSeen) {
            known.writes = entry.map_or(0, |entry| entry.writes);
        }
        let end = StepEnd::Succeeded("1".into());
        ledger::note_step(entry, &known, STEP, &end)
    }

    pub(crate) fn commit(self, entry: LedgerEntry) -> LedgerEntry {
        match self.lacks(Condition::CommitBeginsTry) {
            true => changed(entry, |sends| sends.open.clear()),
            false => entry,
        }
    }

    /// What a try knows of each send.
    pub(crate) fn effects_for(self, sends: &Sends, name: &str) -> Vec<Delivery> {
        match self.lacks(Condition::OpenTriesCount) {
            true => sends.effects.clone(),
            false => sends.effects_for(name),
        }
    }

    pub(crate) fn begin_push(
        self,
        entry: Option<&LedgerEntry>,
        name: &str,
        ordinal: usize,
    ) -> Change<LedgerEntry, bool> {
        let entry = entry.cloned().map(|entry| match self.without {
            Some(Condition::PushIsAlone) => changed(entry, |sends| {
                sends.open.retain(|open| open == name);
            }),
            Some(Condition::PushOfOpenTry) => changed(entry, |sends| {
                sends.open = [name.to_owned()].into();
            }),
            _ => entry,
        });
        if self.lacks(Condition::PushIsWritten) {
            return Change::Keep(true);
        }
        ledger::begin_push(entry.as_ref(), name, ordinal)
    }

    pub(crate) fn end_try(
        self,
        entry: Option<&LedgerEntry>,
        known: u32,
        name: &str,
        effects: &[Delivery],
    ) -> Change<LedgerEntry, ()> {
        let was_parked = entry.is_some_and(|entry| entry.outcome() == Outcome::Parked);
        let known = match (self.without, entry) {
            (Some(Condition::EndMerges), Some(entry)) => entry.writes,
            _ => known,
        };
        let entry = entry.cloned().map(|entry| match self.without {
            Some(Condition::EndOfOpenTry) => changed(entry, |sends| {
                sends.open.insert(name.to_owned());
            }),
            Some(Condition::EndMergesOpen) => changed(entry, |sends| {
                sends.open.retain(|open| open == name);
            }),
            _ => entry,
        });
        let ended = Ended {
            name,
            known,
            effects,
            raw: RAW,
        };
        let change = ledger::end_try(entry.as_ref(), &ended, NOW);
        match was_parked && self.lacks(Condition::EndLeavesParked) {
            true => change.map(taken_back),
            false => change,
        }
    }

    pub(crate) fn note_failure(
        self,
        entry: Option<&LedgerEntry>,
    ) -> Change<LedgerEntry, Option<Timestamp>> {
        if let (Some(entry), true) = (entry, self.lacks(Condition::FailureOfUnsettled)) {
            let failing_since = Some(NOW);
            let entry = entry.clone();
            let failing = LedgerEntry {
                failing_since,
                ..entry
            };
            return Change::Write(failing, failing_since);
        }
        let new = LedgerEntry::unsettled("message", NOW, NOW, NOW);
        ledger::note_failure(entry, &new, NOW)
    }

    pub(crate) fn park(
        self,
        entry: Option<&LedgerEntry>,
        known: u32,
        job: Job,
    ) -> Change<LedgerEntry, bool> {
        let known = match (self.lacks(Condition::ParkedAsSeen), entry) {
            (true, Some(entry)) => entry.writes,
            _ => known,
        };
        let replay = match job {
            Job::Replay { force } if !self.lacks(Condition::ParkedReplayHasBegun) => {
                Some((1, force))
            }
            _ => None,
        };
        let parking = Parking {
            parked: Parked::new(ParkKind::RetriesOver, "it fails for hours", RAW, NOW),
            epoch: NOW,
            replay,
        };
        ledger::park(entry, known, &parking)
    }
}

/// Whether the module's step has succeeded.
pub(crate) fn has_step(entry: &LedgerEntry) -> bool {
    let record = entry.steps.get(STEP);
    record.is_some_and(|record| record.result.is_some())
}

/// The entry with other sends, if it has any.
fn changed(mut entry: LedgerEntry, change: impl FnOnce(&mut Sends)) -> LedgerEntry {
    match &mut entry.state {
        State::Planned(sends)
        | State::Done {
            sends: Some(sends), ..
        }
        | State::Parked(Parked {
            sends: Some(sends), ..
        }) => change(sends),
        _ => {}
    }
    entry
}

/// A parked entry with its plan, as it was before it was parked.
fn taken_back(mut entry: LedgerEntry) -> LedgerEntry {
    if let State::Parked(parked) = &mut entry.state
        && let Some(sends) = parked.sends.take()
    {
        entry.state = State::Planned(sends);
    }
    entry
}
