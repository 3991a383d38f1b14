//! Why an event's message returns to the queue.

use std::time::Duration;

use shared::domain::Timestamp;
use shared::store::StoreError;

/// How long another worker takes at most for what it is at, more or less.
const OTHER_WORKERS_TIME: Duration = Duration::from_secs(2);

/// The event is not settled: it comes again. What is said here is logged, so it
/// is never a module's or LINE's own words; those are in the event's row.
#[derive(Debug)]
pub(crate) enum Requeue {
    /// A transient failure that is not written in the event's row: its wait goes by how long
    /// the message has been in the queue.
    Transient { cause: Cause, reason: String },
    /// The same, of an event that has met such failures since then. After some hours of them
    /// the event is parked.
    Failing {
        cause: Cause,
        reason: String,
        since: Timestamp,
    },
    /// The module failed, which its row counts: the wait goes by that.
    ModuleFailed { wait: Duration },
    /// Something else is first, as another worker that is at it.
    NotYet {
        reason: &'static str,
        wait: Duration,
    },
    /// It was not begun, or had no time for a step, and is not at fault: it comes again soon, and neither its wait nor
    /// its number of attempts grows.
    Untried(Untried),
}

/// What a transient failure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cause {
    Table,
    Queue,
    Line,
    /// The module asks to be called again.
    Module,
    /// The time was up in the middle of an event.
    Time,
    /// The message or a row is of a newer version of the bundle.
    Version,
}

/// Why an event was not begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Untried {
    /// No time was left in this invocation.
    #[error("no time was left")]
    NoTime,
    /// Too little time was left for a step of its handler. What steps have succeeded in is kept.
    #[error("too little time was left for a step")]
    NoStepTime,
    /// An earlier attempt at it may have ended the process, so that it must run alone.
    #[error("they must run alone, after an attempt that has vanished")]
    Suspect,
    /// An operator has paused the account, or the whole channel, since then.
    #[error("an operator has paused the account, or the whole channel")]
    Paused { since: Timestamp },
    /// LINE as a whole fails, and is asked again at this time.
    #[error("LINE as a whole fails")]
    Outage(Timestamp),
}

impl Untried {
    /// How long it is until LINE is asked again, if that is why.
    pub(crate) fn rest(self, now: Timestamp) -> Duration {
        match self {
            Self::Outage(until) => until.since(now),
            Self::NoTime | Self::NoStepTime | Self::Suspect | Self::Paused { .. } => Duration::ZERO,
        }
    }
}

impl Requeue {
    /// Another worker is first: it is done soon.
    pub(crate) fn not_yet(reason: &'static str) -> Self {
        Self::NotYet {
            reason,
            wait: OTHER_WORKERS_TIME,
        }
    }

    pub(crate) fn transient(cause: Cause, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::Transient { cause, reason }
    }

    /// Where the table could not be read before, that has taken the time: with a wait that
    /// does not grow the message would come back every few seconds while the table is away.
    pub(crate) fn unless_unread(self, unread: Option<&StoreError>) -> Self {
        match (self, unread) {
            (Self::Untried(Untried::NoTime), Some(error)) => {
                Self::transient(Cause::Table, error.to_string())
            }
            (requeue, _) => requeue,
        }
    }
}

impl From<StoreError> for Requeue {
    fn from(error: StoreError) -> Self {
        let cause = match error {
            StoreError::Newer { .. } => Cause::Version,
            StoreError::Unavailable { .. } | StoreError::Malformed { .. } => Cause::Table,
        };
        Self::transient(cause, error.to_string())
    }
}
