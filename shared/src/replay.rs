//! Running an event again, because an operator wishes it: through the queue, so
//! that its chat's order and today's control hold.

use serde_json::value::RawValue;

use crate::domain::{LedgerEntry, Outcome, Timestamp};
use crate::queue::{Job, JobEvent, NotQueued, Queue, Replay};
use crate::store::{LedgerKey, Store, StoreError};

/// What is done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// What is done stays done: a plan that was cut short goes on, and a handler
    /// that failed runs again.
    Respect,
    /// The handler runs again whatever was done, and what it sends is sent again.
    Force,
}

/// Why an event is not run again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Its JSON is not kept: only that of parked events is. It can be given.
    #[error("the event's JSON is not kept: give it")]
    NoEvent,
    /// What was given is not JSON.
    #[error("what was given is no event: {0}")]
    Malformed(serde_json::Error),
    /// It is settled, and what is done was to stay done.
    #[error("the event is settled: only force runs it again")]
    Settled,
    /// The table is not available, or the row cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue does not take it.
    #[error(transparent)]
    NotQueued(#[from] NotQueued),
}

/// What became of the wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replayed {
    /// The event is in the queue, as the replay of this number.
    Queued(u32),
    /// The replay of this number has begun before: nothing is queued.
    Before,
}

/// Queues the event to be run again. `given` is its JSON, for one whose JSON the
/// ledger does not keep. Gives the number of the replay.
///
/// # Errors
/// [`ReplayError`].
pub async fn replay(
    store: &Store,
    queue: &Queue,
    key: &LedgerKey,
    given: Option<&str>,
    mode: Mode,
    now: Timestamp,
) -> Result<u32, ReplayError> {
    let row = store.ledger(key).await?;
    let number = next_number(row.as_ref());
    let job = job(key, row, given, mode, number, now)?;
    queue.send_jobs(vec![job]).await?;
    Ok(number)
}

/// The number that the next replay of this event has.
pub fn next_number(row: Option<&LedgerEntry>) -> u32 {
    row.map_or(0, |row| row.replays.number) + 1
}

/// Queues the event as the replay of exactly this number, unless that one has begun: however
/// often this is called with a number, the event is run again once. What is queued twice before
/// a worker has seen it is dropped by the queue, or finds its number begun.
///
/// # Errors
/// [`ReplayError`].
pub async fn replay_once(
    store: &Store,
    queue: &Queue,
    key: &LedgerKey,
    mode: Mode,
    number: u32,
    now: Timestamp,
) -> Result<Replayed, ReplayError> {
    let row = store.ledger(key).await?;
    let force = mode == Mode::Force;
    if row.as_ref().is_some_and(|row| row.has_begun(number, force)) {
        return Ok(Replayed::Before);
    }
    let job = job(key, row, None, mode, number, now)?;
    queue.send_jobs(vec![job]).await?;
    Ok(Replayed::Queued(number))
}

fn job(
    key: &LedgerKey,
    row: Option<LedgerEntry>,
    given: Option<&str>,
    mode: Mode,
    number: u32,
    now: Timestamp,
) -> Result<Job, ReplayError> {
    let force = mode == Mode::Force;
    let is_done = |row: &LedgerEntry| row.outcome() == Outcome::Done;
    if !force && row.as_ref().is_some_and(is_done) {
        return Err(ReplayError::Settled);
    }
    let kept = row.as_ref().and_then(|row| row.raw().map(str::to_owned));
    let text = given.map(str::to_owned).or(kept);
    let raw = RawValue::from_string(text.ok_or(ReplayError::NoEvent)?);
    let event = JobEvent {
        id: key.event.clone(),
        kind: row
            .as_ref()
            .map_or_else(String::new, |row| row.kind.clone()),
        raw: raw.map_err(ReplayError::Malformed)?,
    };
    let replay = Replay {
        number,
        force,
        first_receipt: row.map(|row| row.received_at),
    };
    Ok(Job::again(
        key.bot.clone(),
        key.chat.clone(),
        now,
        event,
        replay,
    ))
}
