//! Beginning to detach an account: its row is marked, so that nothing new is sent for it,
//! and the worker is asked for the rest.

use aws_smithy_async::time::SharedTimeSource;

use crate::domain::BotId;
use crate::queue::{Job, NotQueued, Queue};
use crate::store::{Store, StoreError};

/// Why an account is not, or may not be, about to be detached.
#[derive(Debug, thiserror::Error)]
pub enum DetachError {
    /// Its row could not be marked.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It is marked, and the job may not be queued: the reconciler queues it within an hour.
    #[error(transparent)]
    NotQueued(#[from] NotQueued),
    /// The job cannot be written.
    #[error("the job cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
}

/// Marks the account as to be detached, and queues the job. One that is marked already is
/// queued again, and one that is detached stays so.
///
/// # Errors
/// [`DetachError`].
pub async fn detach(
    store: &Store,
    queue: &Queue,
    bot: &BotId,
    clock: &SharedTimeSource,
) -> Result<(), DetachError> {
    let now = clock.now().into();
    let marked = store.update_bot(bot, |row| {
        row.state.begin_detach(now);
    });
    let mut row = marked.await?;
    let Some(mark) = row.state.begin_detach(now) else {
        return Ok(());
    };
    // The table may have been slow. Workers that have not seen the mark count from here.
    let written_at = clock.now().into();
    let job = Job::to_detach(bot.clone(), mark, written_at)?;
    Ok(queue.send_jobs(vec![job]).await?)
}
