//! A batch of messages: chats side by side, each chat in order. What is not
//! done is given back, a chat's messages together.

use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::AsyncSleep as _;
use futures::future::join_all;
use shared::domain::{Event, Timestamp};
use shared::module::Module;
use shared::queue::{Job, Receipt, UnreadableJob, backoff};
use shared::store::LedgerKey;

use crate::detach::detach;
use crate::park::{is_overdue, park, park_message};
use crate::settle::settle;
use crate::work::{Work, read};
use crate::{Again, App};

/// Work stops this long before Lambda would stop it, so that what is left can
/// be given back.
const BEFORE_DEADLINE: Duration = Duration::from_millis(1_000);

/// Giving back takes no longer than this.
const FOR_GIVING_BACK: Duration = Duration::from_millis(700);

/// One message, as the batch has it.
struct Record {
    message_id: String,
    receipt: Receipt,
    received: u32,
    sent_at: Timestamp,
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
    let (again, first): (Vec<_>, Vec<_>) = chats.into_iter().partition(|chat| came_before(chat));
    let first = first.iter();
    let first = first.map(|chat| handle_chat(app, chat, &of_accounts, until));
    let mut given_back = join_all(first).await;
    // One that ends the process would take the others' attempts with it.
    for chat in &again {
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

/// Handles one chat's messages; tells which are given back.
async fn handle_chat<'a, M: Module>(
    app: &App<M>,
    records: &'a [Record],
    of_accounts: &[Event],
    until: Timestamp,
) -> &'a [Record] {
    let mut done = 0;
    let left = until.since(app.now());
    let work = handle_in_order(app, records, of_accounts, until, &mut done);
    let result = Timeout::new(work, app.sleep.sleep(left)).await;
    let again = match result {
        Ok(Ok(())) => return &[],
        Ok(Err(again)) => again,
        Err(_) => Again::not_yet("the time is up"),
    };
    let rest = &records[done..];
    let wait = wait(&again, rest);
    let receipts: Vec<_> = rest.iter().map(|record| record.receipt.clone()).collect();
    // Where that fails they come back when their visibility ends: later, but not lost.
    let giving = app.queue.give_back(&receipts, wait);
    let _ = Timeout::new(giving, app.sleep.sleep(FOR_GIVING_BACK)).await;
    rest
}

/// How long the messages wait for their next try.
fn wait(again: &Again, rest: &[Record]) -> Duration {
    let messages = rest.len();
    match again {
        Again::NotYet(reason, Some(wait)) => {
            tracing::info!(reason, messages, "a chat's messages wait");
            return *wait;
        }
        Again::NotYet(reason, None) => {
            tracing::warn!(reason, messages, "a chat's messages are given back");
        }
        Again::BadMoment(reason) => {
            tracing::warn!(reason, messages, "a chat's messages are given back");
        }
    }
    backoff(rest[0].received)
}

/// Counts in `done` the messages that are settled whole.
async fn handle_in_order<M: Module>(
    app: &App<M>,
    records: &[Record],
    of_accounts: &[Event],
    until: Timestamp,
    done: &mut usize,
) -> Result<(), Again> {
    for record in records {
        let job = match &record.job {
            Ok(job) => job,
            Err(error) => {
                set_aside(app, record, error).await?;
                *done += 1;
                continue;
            }
        };
        if let Some(mark) = job.detach_mark() {
            detach(app, job, mark).await?;
            *done += 1;
            continue;
        }
        let in_hand = in_hand(job, records, of_accounts);
        for (event, sent) in events(job).zip(&job.events) {
            let key = LedgerKey {
                bot: job.bot.clone(),
                chat: job.chat.clone(),
                event: sent.id.clone(),
            };
            let work = Work {
                key,
                event,
                kind: &sent.kind,
                raw: sent.raw.get(),
                received_at: job.received_at,
                received: record.received,
                replay: job.replay,
                in_hand: &in_hand,
                until,
            };
            settle_or_park(app, &work).await?;
        }
        *done += 1;
    }
    Ok(())
}

/// Every event of this job's chat in the batch, and every one of its account.
fn in_hand(job: &Job, records: &[Record], of_accounts: &[Event]) -> Vec<Event> {
    let same_chat = |other: &&Job| other.bot == job.bot && other.chat == job.chat;
    let jobs = records.iter().filter_map(|record| record.job.as_ref().ok());
    let of_chat = jobs.filter(same_chat).flat_map(events);
    let of_account = of_accounts.iter().cloned();
    let of_account = of_account.filter(|event| event.bot == job.bot && event.kind.is_of_bot());
    of_chat.chain(of_account).collect()
}

/// Settles an event; one that has met bad moments for hours is parked, and the
/// chat goes on.
async fn settle_or_park<M: Module>(app: &App<M>, work: &Work<'_>) -> Result<(), Again> {
    match settle(app, work).await {
        Err(Again::BadMoment(reason)) if is_overdue(work.received_at, app.now()) => {
            park(app, work, &reason).await
        }
        result => result,
    }
}

/// What is no job is parked; a newer version's waits for its worker for hours.
async fn set_aside<M: Module>(
    app: &App<M>,
    record: &Record,
    error: &UnreadableJob,
) -> Result<(), Again> {
    let newer = matches!(error, UnreadableJob::Version(_));
    if newer && !is_overdue(record.sent_at, app.now()) {
        return Err(Again::not_yet("the job is of a newer version"));
    }
    park_message(app, &record.message_id, &record.body, &error.to_string()).await
}

fn events(job: &Job) -> impl Iterator<Item = Event> {
    job.events.iter().map(|sent| {
        let raw = sent.raw.get();
        read(&job.bot, &sent.id, &sent.kind, raw, job.received_at)
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
            sent_at: attribute("SentTimestamp")
                .and_then(|at| at.parse().ok())
                .map_or(Timestamp(i64::MAX), Timestamp),
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
