//! Why an event's message returns to the queue, and how it waits there.

use std::time::Duration;

use shared::store::StoreError;

/// The event is not settled: it comes again. What is said here is logged, so it
/// is never a module's or LINE's own words; those are in the event's row.
#[derive(Debug)]
pub(crate) enum Requeue {
    /// A transient failure: table or LINE away, or the module asks for it. After some
    /// hours of them the event is parked.
    Transient(String),
    /// Something else is first: the time was up in the middle, another worker is at it,
    /// the module's failure is counted. With the wait, where it is known.
    NotYet(&'static str, Option<Duration>),
    /// No time was left to begin with it: it is not at fault, and comes again at once.
    Untried,
}

impl Requeue {
    pub(crate) fn not_yet(reason: &'static str) -> Self {
        Self::NotYet(reason, None)
    }

    pub(crate) fn transient(reason: impl Into<String>) -> Self {
        Self::Transient(reason.into())
    }

    /// Where the table could not be read before, that has taken the time: with a wait that
    /// does not grow the message would come back every few seconds while the table is away.
    pub(crate) fn unless_unread(self, unread: Option<&StoreError>) -> Self {
        match (self, unread) {
            (Self::Untried, Some(error)) => Self::transient(error.to_string()),
            (requeue, _) => requeue,
        }
    }
}

impl From<StoreError> for Requeue {
    fn from(error: StoreError) -> Self {
        Self::transient(error.to_string())
    }
}
