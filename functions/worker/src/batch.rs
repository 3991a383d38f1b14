//! A batch of messages: chats side by side, each chat in order. What is not
//! done is given back, a chat's messages together.

use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent, SqsMessage};
use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::AsyncSleep as _;
use futures::future::join_all;
use shared::domain::{Event, Timestamp};
use shared::line::event;
use shared::module::Module;
use shared::queue::{Job, Receipt, backoff};
use shared::store::LedgerKey;

use crate::detach::detach;
use crate::settle::settle;
use crate::work::Work;
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
    group: String,
    body: String,
}

/// Handles a batch. The messages it names as failed come again; `deadline` is
/// Lambda's.
pub async fn handle<M: Module>(
    app: &App<M>,
    batch: SqsEvent,
    deadline: Timestamp,
) -> SqsBatchResponse {
    let until = deadline.minus(BEFORE_DEADLINE);
    let chats = by_chat(batch.records.into_iter().filter_map(Record::read).collect());
    let given_back = join_all(chats.iter().map(|chat| handle_chat(app, chat, until))).await;
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

/// Handles one chat's messages; tells which are given back.
async fn handle_chat<'a, M: Module>(
    app: &App<M>,
    records: &'a [Record],
    until: Timestamp,
) -> &'a [Record] {
    let mut done = 0;
    let left = until.since(app.now());
    let work = handle_in_order(app, records, until, &mut done);
    let result = Timeout::new(work, app.sleep.sleep(left)).await;
    let Again(reason, wait) = match result {
        Ok(Ok(())) => return &[],
        Ok(Err(again)) => again,
        Err(_) => Again::because("the time is up"),
    };
    let rest = &records[done..];
    let messages = rest.len();
    let wait = match wait {
        Some(wait) => {
            tracing::info!(reason, messages, "a chat's messages wait");
            wait
        }
        None => {
            tracing::warn!(reason, messages, "a chat's messages are given back");
            backoff(rest[0].received)
        }
    };
    let receipts: Vec<_> = rest.iter().map(|record| record.receipt.clone()).collect();
    // Where that fails they come back when their visibility ends: later, but not lost.
    let giving = app.queue.give_back(&receipts, wait);
    let _ = Timeout::new(giving, app.sleep.sleep(FOR_GIVING_BACK)).await;
    rest
}

/// Counts in `done` the messages that are settled whole.
async fn handle_in_order<M: Module>(
    app: &App<M>,
    records: &[Record],
    until: Timestamp,
    done: &mut usize,
) -> Result<(), Again> {
    let jobs: Vec<_> = records
        .iter()
        .map(|record| Job::read(&record.body))
        .collect();
    for job in &jobs {
        let job = job
            .as_ref()
            .map_err(|error| Again::because(&error.to_string()))?;
        if let Some(mark) = job.detach_mark() {
            detach(app, job, mark).await?;
            *done += 1;
            continue;
        }
        let same_chat = |other: &&Job| other.bot == job.bot && other.chat == job.chat;
        let in_hand: Vec<Event> = jobs
            .iter()
            .flatten()
            .filter(same_chat)
            .flat_map(events)
            .collect();
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
                in_hand: &in_hand,
                until,
            };
            settle(app, &work).await?;
        }
        *done += 1;
    }
    Ok(())
}

fn events(job: &Job) -> impl Iterator<Item = Event> {
    job.events
        .iter()
        .map(|sent| event::read(&job.bot, &sent.id, sent.raw.get(), job.received_at))
}

impl Record {
    fn read(message: SqsMessage) -> Option<Self> {
        let message_id = message.message_id?;
        let attribute = |name: &str| message.attributes.get(name);
        Some(Self {
            receipt: Receipt(message.receipt_handle.unwrap_or_default()),
            received: attribute("ApproximateReceiveCount")
                .and_then(|n| n.parse().ok())
                .unwrap_or(1),
            // Without a group each message is a chat of its own.
            group: attribute("MessageGroupId")
                .cloned()
                .unwrap_or_else(|| message_id.clone()),
            body: message.body.unwrap_or_default(),
            message_id,
        })
    }
}
