//! One chat's messages of a batch: one after the other, each event in its order.

use std::collections::HashSet;

use line_module::Module;
use shared::domain::{ChatId, Event, EventId, EventKind, Timestamp};
use shared::metrics::Metric;
use shared::queue::{Job, JobEvent, UnreadableJob};
use shared::store::{LedgerKey, StoreError};
use tracing::{Instrument as _, Span};

use crate::App;
use crate::detach::detach;
use crate::erase::{erase_account, erase_chat};
use crate::measure;
use crate::park::{after_failure, is_overdue, park_message};
use crate::record::Record;
use crate::requeue::{Cause, Requeue, Untried};
use crate::settle::{Settled, settle};
use crate::work::{Work, events};

/// How a chat's messages are handled this time.
pub(crate) struct Turn<'a> {
    /// The batch's events of accounts themselves.
    pub(crate) of_accounts: &'a [Event],
    /// When work stops.
    pub(crate) until: Timestamp,
    /// Whether no other chat is under way in this process.
    pub(crate) is_alone: bool,
}

/// How far a chat's messages have come.
#[derive(Default)]
pub(crate) struct Progress {
    /// How many of its messages are settled whole.
    pub(crate) done: usize,
    /// Whether an event is under way.
    pub(crate) in_event: bool,
}

/// Handles a chat's messages until one is not settled.
pub(crate) async fn handle_in_order<M: Module>(
    app: &App<M>,
    records: &[Record],
    turn: &Turn<'_>,
    progress: &mut Progress,
) -> Result<(), Requeue> {
    for record in records {
        match &record.job {
            Ok(job) => {
                let in_hand = in_hand(job, records, turn.of_accounts);
                handle_job(app, record, job, &in_hand, turn, progress).await?;
            }
            Err(error) => set_aside(app, record, error).await?,
        }
        progress.done += 1;
    }
    Ok(())
}

async fn handle_job<M: Module>(
    app: &App<M>,
    record: &Record,
    job: &Job,
    in_hand: &[Event],
    turn: &Turn<'_>,
    progress: &mut Progress,
) -> Result<(), Requeue> {
    let settled = settled_before(app, record, job).await;
    for (event, sent) in events(job).zip(&job.events) {
        if settled.as_ref().is_ok_and(|ids| ids.contains(&sent.id)) {
            continue;
        }
        let work = Work {
            key: key(job, sent),
            event,
            kind: &sent.kind,
            raw: sent.raw.get(),
            received_at: job.received_at,
            request_id: job.request_id.as_deref(),
            received: record.received,
            // These have nothing to open again: they are asked for as they were the first time.
            replay: job.replay.filter(|_| !is_task(sent)),
            in_hand,
            until: turn.until,
            is_alone: turn.is_alone,
        };
        progress.in_event = true;
        // Boxed: its future is large and deep.
        let handled = Box::pin(handle_event(app, &work, sent));
        let handled = handled.instrument(span(&work)).await;
        handled.map_err(|requeue| requeue.unless_unread(settled.as_ref().err()))?;
        progress.in_event = false;
    }
    Ok(())
}

/// The events of a message of many that comes again which are settled: so it gets to its
/// end, however often it runs out of time. Where they cannot be read, each is looked at.
async fn settled_before<M>(
    app: &App<M>,
    record: &Record,
    job: &Job,
) -> Result<HashSet<EventId>, StoreError> {
    if record.received == 1 || job.events.len() == 1 || job.replay.is_some() {
        return Ok(HashSet::new());
    }
    let keys = job.events.iter().map(|sent| key(job, sent));
    app.store.settled(keys, app.now()).await
}

/// Settles an event, or detaches the account; after a transient failure it comes again.
async fn handle_event<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    sent: &JobEvent,
) -> Result<(), Requeue> {
    if let Some(until) = app.line.outage() {
        return Err(Requeue::Untried(Untried::Outage(until)));
    }
    let ended = match handle_as_asked(app, work, sent).await {
        Err(Requeue::Transient { cause, reason }) => {
            after_failure(app, work, cause, reason).await?
        }
        result => result?,
    };
    measure::settled(app, work, ended);
    Ok(())
}

/// Whether it asks for something that the bundle itself does.
fn is_task(sent: &JobEvent) -> bool {
    sent.detach_mark().is_some() || sent.erasure().is_some()
}

async fn handle_as_asked<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    sent: &JobEvent,
) -> Result<Settled, Requeue> {
    if let Some(mark) = sent.detach_mark() {
        detach(app, work, mark).await?;
        return Ok(Settled::Done(None));
    }
    match (sent.erasure(), &work.key.chat) {
        (Some(erasure), Some(chat)) => erase_chat(app, work, chat, &erasure).await,
        (Some(erasure), None) => {
            erase_account(app, work, erasure).await?;
            Ok(Settled::Done(None))
        }
        (None, chat) => {
            if let (EventKind::Unsend { message_id }, Some(chat)) = (&work.event.kind, chat) {
                unsend(app, work, chat, message_id).await?;
            }
            settle(app, work).await
        }
    }
}

/// What a user has taken back is kept no longer, whoever holds the chat and whatever the module
/// makes of it.
async fn unsend<M>(
    app: &App<M>,
    work: &Work<'_>,
    chat: &ChatId,
    message_id: &str,
) -> Result<(), Requeue> {
    let now = app.now();
    let rows = app.store.unsend(&work.key.bot, chat, message_id, now);
    app.metrics.add(Metric::RowsRedacted, rows.await?);
    Ok(())
}

/// Every line that is logged meanwhile names the event.
fn span(work: &Work<'_>) -> Span {
    let LedgerKey { bot, event, .. } = &work.key;
    let request_id = work.request_id;
    tracing::error_span!("event", %bot, %event, request_id)
}

/// Every event of this job's chat in the batch (`records` are of one message group, and so
/// of one chat), and every one of its account.
fn in_hand(job: &Job, records: &[Record], of_accounts: &[Event]) -> Vec<Event> {
    let jobs = records.iter().filter_map(|record| record.job.as_ref().ok());
    let of_chat = jobs.flat_map(events);
    let of_account = of_accounts
        .iter()
        .filter(|event| event.bot == job.bot && event.kind.is_of_bot())
        .cloned();
    of_chat.chain(of_account).collect()
}

/// What is no job is parked; a newer version's waits for its worker for hours.
async fn set_aside<M: Module>(
    app: &App<M>,
    record: &Record,
    error: &UnreadableJob,
) -> Result<(), Requeue> {
    if matches!(error, UnreadableJob::Version(_)) {
        let now = app.now();
        let since = app.store.note_unread(&record.message_id, now).await?;
        if !is_overdue(since, now) {
            return Err(Requeue::Failing {
                cause: Cause::Version,
                reason: "the job is of a newer version".into(),
                since,
            });
        }
    }
    park_message(app, &record.message_id, &record.body, &error.to_string()).await
}

fn key(job: &Job, sent: &JobEvent) -> LedgerKey {
    LedgerKey {
        bot: job.bot.clone(),
        chat: job.chat.clone(),
        event: sent.id.clone(),
    }
}
