//! Setting aside what cannot go on, so that its chat can.

use std::time::Duration;

use shared::domain::{ChatState, Timestamp};
use shared::module::Module;
use shared::store::{BotRow, LedgerRow, StoreError};

use crate::work::Work;
use crate::{Again, App};

/// Bad moments are waited out for so long.
const PATIENCE: Duration = Duration::from_secs(6 * 3600);

/// Whether something received at `since` has met bad moments for too long.
pub(crate) fn is_overdue(since: Timestamp, now: Timestamp) -> bool {
    now.since(since) >= PATIENCE
}

/// Parks an event as it is: a plan that it has stays. What the events in hand say
/// is kept first, as no attempt may have come so far.
pub(crate) async fn park<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    reason: &str,
) -> Result<(), Again> {
    match keep_registers(app, work).await {
        // A row that cannot be read may be why the event is parked.
        Ok(()) | Err(StoreError::Malformed { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let now = app.now();
    let row = LedgerRow::done(work.kind, work.event.at, work.received_at, now);
    let row = row.into_parked(reason, work.raw, now);
    app.store.park(&work.key, &row).await?;
    tracing::error!(bot = %work.key.bot, event = %work.key.event, "an event is parked");
    Ok(())
}

async fn keep_registers<M: Module>(app: &App<M>, work: &Work<'_>) -> Result<(), StoreError> {
    let bot = &work.key.bot;
    let events = work.in_hand.iter();
    let (of_bot, of_chat): (Vec<_>, Vec<_>) = events.partition(|event| event.kind.is_of_bot());
    let Some(chat) = &work.key.chat else {
        let fold = |row: &mut BotRow| of_bot.iter().for_each(|event| row.state.fold(event));
        return app.store.update_bot(bot, fold).await.map(drop);
    };
    let life = app.store.bot(bot).await?.map(|row| row.state.life());
    let fold = |chat: &mut ChatState| of_chat.iter().for_each(|event| chat.fold(event));
    let life = life.unwrap_or_default();
    app.store.update_registers(bot, chat, life, fold).await
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
