//! Why an event comes again.

use std::time::Duration;

/// The event is not settled: it comes again. What is said here is logged, so it
/// is never a module's or LINE's own words; those are in the event's row.
#[derive(Debug)]
pub(crate) enum Again {
    /// A bad moment: table or LINE away, or the module asks for it. After some
    /// hours of them the event is parked.
    BadMoment(String),
    /// Something else is first: time is up, another worker is at it, the module's
    /// failure is counted. With the wait, where it is known.
    NotYet(&'static str, Option<Duration>),
}

impl Again {
    pub(crate) fn not_yet(reason: &'static str) -> Self {
        Self::NotYet(reason, None)
    }
}

impl From<shared::store::StoreError> for Again {
    fn from(error: shared::store::StoreError) -> Self {
        Self::BadMoment(error.to_string())
    }
}
