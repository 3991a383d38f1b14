//! A batch of messages: chats side by side, each chat in order. What is not
//! done is given back, a chat's messages together.

use std::collections::HashSet;
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::AsyncSleep as _;
use futures::future::join_all;
use line_module::Module;
use shared::domain::{Event, EventId, Timestamp};
use shared::queue::{Job, JobEvent, Receipt, UnreadableJob, backoff};
use shared::store::{LedgerKey, StoreError};

use crate::detach::detach;
use crate::park::{after_failure, is_overdue, park_message};
use crate::settle::{Settled, settle};
use crate::work::{Work, read};
use crate::{App, Requeue};

/// Work stops this long before Lambda would stop it, so that what is left can
/// be given back.
const BEFORE_DEADLINE: Duration = Duration::from_millis(1_000);

/// Giving back takes no longer than this.
const FOR_GIVING_BACK: Duration = Duration::from_millis(700);

/// What was not tried waits 0 to 2 seconds.
const UNTRIED_WAIT_BELOW: u64 = 3;

/// One message, as the batch has it.
struct Record {
    message_id: String,
    receipt: Receipt,
    received: u32,
    group: String,
    body: String,
    job: Result<Job, UnreadableJob>,
}

/// Handles a batch. The messages it names as failed come again; `deadline` is
/// Lambda's.
pub async fn handle<M: Module>(
    app: &App<M>,
    batch: SqsEvent,
    deadline: Timestamp,
) -> SqsBatchResponse {
    let until = deadline.minus(BEFORE_DEADLINE);
    let records: Vec<_> = batch.records.into_iter().filter_map(Record::read).collect();
    let of_accounts: Vec<_> = records.iter().flat_map(Record::events_of_account).collect();
    let chats = by_chat(records);
    let (suspects, first): (Vec<_>, Vec<_>) = chats.into_iter().partition(|chat| came_before(chat));
    let first = first
        .iter()
        .map(|chat| handle_chat(app, chat, &of_accounts, until));
    let mut given_back = join_all(first).await;
    // Suspects run one at a time: a crash must not count against other chats.
    for chat in &suspects {
        given_back.push(handle_chat(app, chat, &of_accounts, until).await);
    }
    let mut response = SqsBatchResponse::default();
    for record in given_back.into_iter().flatten() {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier.clone_from(&record.message_id);
        response.batch_item_failures.push(failure);
    }
    response
}

/// Messages of each group, in the order of the batch.
fn by_chat(records: Vec<Record>) -> Vec<Vec<Record>> {
    let mut chats: Vec<Vec<Record>> = Vec::new();
    for record in records {
        match chats.iter_mut().find(|chat| chat[0].group == record.group) {
            Some(chat) => chat.push(record),
            None => chats.push(vec![record]),
        }
    }
    chats
}

/// Whether a message of this chat was received before.
fn came_before(chat: &[Record]) -> bool {
    chat.iter().any(|record| record.received > 1)
}

/// How far a chat's messages have come.
#[derive(Default)]
struct Progress {
    /// How many of its messages are settled whole.
    done: usize,
    /// Whether an event is under way.
    in_event: bool,
}

/// Handles one chat's messages; tells which are given back.
async fn handle_chat<'a, M: Module>(
    app: &App<M>,
    records: &'a [Record],
    of_accounts: &[Event],
    until: Timestamp,
) -> &'a [Record] {
    let mut progress = Progress::default();
    let left = until.since(app.now());
    let work = handle_in_order(app, records, of_accounts, until, &mut progress);
    let result = Timeout::new(work, app.sleep.sleep(left)).await;
    let requeue = match result {
        Ok(Ok(())) => return &[],
        Ok(Err(requeue)) => requeue,
        Err(_) if progress.in_event => Requeue::not_yet("the time is up"),
        Err(_) => Requeue::Untried,
    };
    let rest = &records[progress.done..];
    let wait = wait(app, &requeue, rest);
    let receipts: Vec<_> = rest.iter().map(|record| record.receipt.clone()).collect();
    // Where that fails they come back when their visibility ends: later, but not lost.
    let giving = app.queue.give_back(&receipts, wait);
    let _ = Timeout::new(giving, app.sleep.sleep(FOR_GIVING_BACK)).await;
    rest
}

/// How long the messages wait for their next try. What was not tried waits no longer for
/// having come often: at a busy hour its reply tokens would not live that long.
fn wait<M>(app: &App<M>, requeue: &Requeue, rest: &[Record]) -> Duration {
    let messages = rest.len();
    match requeue {
        Requeue::Untried => {
            tracing::info!(messages, "no time was left for a chat's messages");
            return Duration::from_secs(app.random.below(UNTRIED_WAIT_BELOW));
        }
        Requeue::NotYet(reason, Some(wait)) => {
            tracing::info!(reason, messages, "a chat's messages wait");
            return *wait;
        }
        Requeue::NotYet(reason, None) => {
            tracing::warn!(reason, messages, "a chat's messages are given back");
        }
        Requeue::Transient(reason) => {
            tracing::warn!(reason, messages, "a chat's messages are given back");
        }
    }
    backoff(rest[0].received)
}

async fn handle_in_order<M: Module>(
    app: &App<M>,
    records: &[Record],
    of_accounts: &[Event],
    until: Timestamp,
    progress: &mut Progress,
) -> Result<(), Requeue> {
    for record in records {
        match &record.job {
            Ok(job) => {
                let in_hand = in_hand(job, records, of_accounts);
                handle_job(app, record, job, &in_hand, until, progress).await?;
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
    until: Timestamp,
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
            received: record.received,
            // A detach has nothing to open again: it is asked for as it was the first time.
            replay: job.replay.filter(|_| sent.detach_mark().is_none()),
            in_hand,
            until,
        };
        progress.in_event = true;
        let handled = handle_event(app, &work, sent).await;
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
    let result = match sent.detach_mark() {
        Some(mark) => detach(app, work, mark).await.map(|()| Settled::Done),
        None => settle(app, work).await,
    };
    let settled = match result {
        Err(Requeue::Transient(reason)) => after_failure(app, work, reason).await?,
        result => result?,
    };
    if let Settled::Parked = settled {
        let LedgerKey { bot, event, .. } = &work.key;
        tracing::error!(%bot, %event, "an event is parked");
    }
    Ok(())
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
        let unread = app.store.note_unread(&record.message_id, now);
        if !is_overdue(unread.await?, now) {
            return Err(Requeue::not_yet("the job is of a newer version"));
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

fn events(job: &Job) -> impl Iterator<Item = Event> {
    // A replay's job was made now, and its event has come long ago.
    let first_receipt = job.replay.and_then(|replay| replay.first_receipt);
    let received_at = first_receipt.unwrap_or(job.received_at);
    job.events.iter().map(move |sent| {
        let raw = sent.raw.get();
        read(&job.bot, &sent.id, &sent.kind, raw, received_at)
    })
}

impl Record {
    /// If it is of an account itself: its events.
    fn events_of_account(&self) -> Vec<Event> {
        let job = self.job.as_ref().ok().filter(|job| job.chat.is_none());
        job.map(|job| events(job).collect()).unwrap_or_default()
    }

    fn read(message: SqsMessage) -> Option<Self> {
        let message_id = message.message_id?;
        let attribute = |name: &str| message.attributes.get(name);
        let body = message.body.unwrap_or_default();
        Some(Self {
            receipt: Receipt(message.receipt_handle.unwrap_or_default()),
            received: attribute("ApproximateReceiveCount")
                .and_then(|n| n.parse().ok())
                .unwrap_or(1),
            // Without a group each message is a chat of its own.
            group: attribute("MessageGroupId")
                .cloned()
                .unwrap_or_else(|| message_id.clone()),
            job: Job::read(&body),
            body,
            message_id,
        })
    }
}
