//! Setting aside what cannot go on, so that its chat can.

use std::time::Duration;

use line_module::Module;
use shared::domain::ledger::{ParkKind, Parking};
use shared::domain::{ChatState, LedgerEntry, Parked, Timestamp};
use shared::queue::ERASE;
use shared::store::{BotRow, LedgerRow, StoreError};

use crate::App;
use crate::daily;
use crate::decide::is_late;
use crate::measure;
use crate::requeue::{Cause, Requeue};
use crate::settle::Settled;
use crate::work::Work;

/// How long transient failures are retried before the event is parked.
const RETRY_PERIOD: Duration = Duration::from_secs(6 * 3600);

/// Whether what has failed since `since` has done so for too long.
pub(crate) fn is_overdue(since: Timestamp, now: Timestamp) -> bool {
    now.since(since) >= RETRY_PERIOD
}

/// Records that an event has met a transient failure. One that does so for hours is
/// parked, and the chat goes on; what only waited behind it is not.
pub(crate) async fn after_failure<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    cause: Cause,
    reason: String,
) -> Result<Settled, Requeue> {
    let now = app.now();
    // A row that was made so late says nothing of whether there was one before.
    let received_at = match is_late(work, now) {
        true => now,
        false => work.received_at,
    };
    let new = LedgerEntry {
        request_id: work.request_id.map(str::to_owned),
        ..LedgerEntry::unsettled(work.kind, work.event.at, received_at, now)
    };
    let new = work.named(new);
    match app.store.note_failure(&work.key, &new, now).await {
        Ok(Some(failing)) if is_overdue(failing.since, now) => {
            park(app, work, (ParkKind::RetriesOver, &reason), failing.row).await
        }
        // Settled or parked by another worker meanwhile. For a replay this may be what it
        // is to open again: it has only begun when the row says so. And an erasure goes on when
        // its event is settled, which is when the module has been told.
        Ok(None) if work.replay.is_none() && work.kind != ERASE => Ok(Settled::Before),
        Ok(Some(failing)) => Err(Requeue::Failing {
            cause,
            reason,
            since: failing.since,
        }),
        Ok(None) | Err(_) => Err(Requeue::Transient { cause, reason }),
    }
}

/// Parks an event as it is, if its row still is `seen`: a plan that it has stays. What the
/// events in hand say is kept first, as no attempt may have come so far.
pub(crate) async fn park<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    (kind, reason): (ParkKind, &str),
    seen: LedgerRow,
) -> Result<Settled, Requeue> {
    let epoch = match keep_registers(app, work).await {
        Ok(epoch) => epoch,
        // A row that cannot be read may be why the event is parked.
        Err(StoreError::Malformed { .. } | StoreError::Newer { .. }) => Timestamp::default(),
        Err(error) => return Err(error.into()),
    };
    let kind = match seen {
        LedgerRow::Unreadable(_) => ParkKind::Unreadable,
        LedgerRow::Absent | LedgerRow::Entry(_) => kind,
    };
    let parking = Parking {
        parked: Parked::new(kind, reason, work.raw, app.now()),
        epoch,
        replay: work.replay.map(|replay| (replay.number, replay.force)),
    };
    match app.store.park(&work.key, seen, &parking).await? {
        true => {
            daily::set_anew(app, work).await;
            Ok(Settled::Parked(kind))
        }
        false => Err(Requeue::not_yet("another worker is at this event")),
    }
}

/// Gives the epoch of the account's attachment.
pub(crate) async fn keep_registers<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
) -> Result<Timestamp, StoreError> {
    let bot = &work.key.bot;
    let events = work.in_hand.iter();
    let (of_bot, of_chat): (Vec<_>, Vec<_>) = events.partition(|event| event.kind.is_of_bot());
    let Some(chat) = &work.key.chat else {
        let fold = |row: &mut BotRow| of_bot.iter().for_each(|event| row.state.fold(event));
        let row = app.store.update_bot(bot, fold).await?;
        return Ok(row.state.epoch());
    };
    let row = app.store.bot(bot).await?;
    let epoch = row.map(|row| row.state.epoch()).unwrap_or_default();
    let fold = |chat: &mut ChatState| of_chat.iter().for_each(|event| chat.fold(event));
    app.store.update_registers(bot, chat, epoch, fold).await?;
    Ok(epoch)
}

/// Parks a message that no worker can read, by its own id.
pub(crate) async fn park_message<M: Module>(
    app: &App<M>,
    message_id: &str,
    body: &str,
    reason: &str,
) -> Result<(), Requeue> {
    let parked = app.store.park_message(message_id, body, reason, app.now());
    parked.await?;
    measure::message_parked(app, message_id, reason);
    Ok(())
}
