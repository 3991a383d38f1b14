//! Why a run failed, in one sentence: the function's error, by which the alarm rings.

use shared::store::StoreError;

/// Why timers that are due do not ring.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The index did not give a page.
    #[error("not all timers could be read: {0}")]
    Unread(StoreError),
    /// Timers were due, and the queue has taken none.
    #[error("{0} timers are due, and none of them could be queued")]
    NoneQueued(usize),
}
