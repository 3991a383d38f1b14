//! Setting aside what cannot go on, so that its chat can.

use std::time::Duration;

use shared::domain::Timestamp;
use shared::module::Module;
use shared::store::LedgerRow;

use crate::work::Work;
use crate::{Again, App};

/// Bad moments are waited out for so long.
const PATIENCE: Duration = Duration::from_secs(6 * 3600);

/// Whether something received at `since` has met bad moments for too long.
pub(crate) fn is_overdue(since: Timestamp, now: Timestamp) -> bool {
    now.since(since) >= PATIENCE
}

/// Parks an event as it is: a plan that it has stays.
pub(crate) async fn park<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    reason: &str,
) -> Result<(), Again> {
    let now = app.now();
    let row = LedgerRow::done(work.kind, work.event.at, work.received_at, now);
    let row = row.into_parked(reason, work.raw, now);
    app.store.park(&work.key, &row).await?;
    tracing::error!(bot = %work.key.bot, event = %work.key.event, "an event is parked");
    Ok(())
}

/// Parks a message that no worker can read, by its own id.
pub(crate) async fn park_message<M: Module>(
    app: &App<M>,
    message_id: &str,
    body: &str,
    reason: &str,
) -> Result<(), Again> {
    let parked = app.store.park_message(message_id, body, reason, app.now());
    parked.await?;
    tracing::error!(message_id, reason, "a message of the queue is parked");
    Ok(())
}
