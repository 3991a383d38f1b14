//! Why the reconciler failed, in one sentence: the function's error, by which
//! the alarm rings.

use shared::line::error::LineError;
use shared::queue::NotQueued;
use shared::store::{Stopped, StoreError};

/// Why the reconciler did not do all that it is for.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// One runs at a time.
    #[error("another reconciler is at work: nothing was done")]
    AnotherAtWork,
    /// The lease was taken by another.
    #[error("another reconciler has taken over: nothing was changed")]
    LeaseLost,
    /// Lambda's time was nearly up.
    #[error("the time was up before the end: the next run does the rest")]
    TimeUp,
    /// LINE did not give a page of its list.
    #[error("LINE's list of accounts is not whole, so nothing was changed: {0}")]
    List(LineError),
    /// A page named one that was read before as the next.
    #[error("LINE's list of accounts goes round in circles, so nothing was changed")]
    ListInCircles,
    /// Too many accounts would go.
    #[error(
        "{} of {} accounts are missing in LINE's list, so nothing was changed; \
         if these are gone, approve {}", .0.gone, .0.judged, .0.fingerprint
    )]
    TooMany(Stopped),
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queue(#[from] NotQueued),
}
