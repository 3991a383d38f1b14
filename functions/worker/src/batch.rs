//! A batch of messages: chats side by side. A chat that is settled is acknowledged at once;
//! what is not done is given back, a chat's messages together.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::AsyncSleep as _;
use futures::future::{join, join_all};
use line_module::Module;
use shared::domain::{Event, Timestamp};
use shared::metrics::Metric;
use shared::queue::Receipt;

use crate::App;
use crate::channel_pause;
use crate::chat::{Progress, Turn, handle_in_order};
use crate::record::Record;
use crate::requeue::{Cause, Requeue, Untried};
use crate::wait::wait;

/// Work stops this long before Lambda would stop it, so that what is left can
/// be given back.
pub(crate) const BEFORE_DEADLINE: Duration = Duration::from_millis(1_000);

/// Acknowledging chats and giving them back takes no longer than this, and is over this long
/// after work stops: also where the suspect's turn comes after all others'.
const FOR_QUEUE: Duration = Duration::from_millis(700);

/// A batch under way.
struct Batch<'a, M> {
    app: &'a App<M>,
    /// The events of accounts themselves.
    of_accounts: Vec<Event>,
    /// When work stops.
    until: Timestamp,
    /// Number of chats that have not ended.
    unfinished: AtomicUsize,
    /// Whether a chat waits to run alone.
    has_suspect: AtomicBool,
    /// Messages that are settled and not acknowledged.
    settled: Mutex<Vec<Receipt>>,
    /// Whose turn it is to acknowledge.
    acknowledging: tokio::sync::Mutex<()>,
}

/// What has become of a chat beside the others.
enum ChatEnd<'r> {
    /// These of its messages are given back: none if it is settled.
    GivenBack(&'r [Record]),
    /// These wait until all other chats have ended, to run alone.
    Suspect(&'r [Record]),
}

/// Handles a batch. The messages it names as failed come again; `deadline` is
/// Lambda's.
pub async fn handle<M: Module>(
    app: &App<M>,
    event: SqsEvent,
    deadline: Timestamp,
) -> SqsBatchResponse {
    let records: Vec<_> = event.records.into_iter().filter_map(Record::read).collect();
    let of_accounts = records.iter().flat_map(Record::events_of_account).collect();
    let chats = by_chat(records);
    channel_pause::renew(app).await;
    let batch = Batch {
        app,
        of_accounts,
        until: deadline.minus(BEFORE_DEADLINE),
        unfinished: AtomicUsize::new(chats.len()),
        has_suspect: AtomicBool::new(false),
        settled: Mutex::default(),
        acknowledging: tokio::sync::Mutex::default(),
    };
    // Boxed: a chat's future is large, and a thread's stack is not.
    let side_by_side = chats.iter().map(|chat| Box::pin(batch.handle_chat(chat)));
    let mut given_back = Vec::new();
    for end in join_all(side_by_side).await {
        given_back.extend(match end {
            ChatEnd::GivenBack(rest) => rest,
            ChatEnd::Suspect(rest) => Box::pin(batch.handle_suspect(rest)).await,
        });
    }
    // Also where there were none, so that an alarm sees that none were settled.
    app.metrics.add(Metric::EventsSettled, 0);
    app.metrics.flush();
    failed(&given_back)
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

fn failed(given_back: &[&Record]) -> SqsBatchResponse {
    let mut response = SqsBatchResponse::default();
    for record in given_back {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier.clone_from(&record.message_id);
        response.batch_item_failures.push(failure);
    }
    response
}

impl<M: Module> Batch<'_, M> {
    /// Handles a chat beside the others. Of the suspects a batch runs one, after all others:
    /// one that ends the process again must take nobody with it.
    async fn handle_chat<'r>(&self, records: &'r [Record]) -> ChatEnd<'r> {
        let (done, requeue) = self.run(records, false).await;
        let (done, rest) = records.split_at(done);
        let is_suspect = matches!(requeue, Some(Requeue::Untried(Untried::Suspect)));
        if is_suspect && !self.has_suspect.swap(true, Ordering::Relaxed) {
            self.within_limit(self.acknowledge(done)).await;
            return ChatEnd::Suspect(rest);
        }
        self.end(done, rest, requeue).await;
        ChatEnd::GivenBack(rest)
    }

    /// Handles the one suspect, when nothing else is under way. Gives what is given back.
    async fn handle_suspect<'r>(&self, records: &'r [Record]) -> &'r [Record] {
        let (done, requeue) = self.run(records, true).await;
        let (done, rest) = records.split_at(done);
        self.end(done, rest, requeue).await;
        rest
    }

    /// Handles a chat's messages: how many of them are settled, and why the others are not.
    async fn run(&self, records: &[Record], is_alone: bool) -> (usize, Option<Requeue>) {
        let app = self.app;
        let turn = Turn {
            of_accounts: &self.of_accounts,
            until: self.until,
            is_alone,
        };
        let mut progress = Progress::default();
        let left = self.until.since(app.now());
        let work = handle_in_order(app, records, &turn, &mut progress);
        let requeue = match Timeout::new(work, app.sleep.sleep(left)).await {
            Ok(Ok(())) => None,
            Ok(Err(requeue)) => Some(requeue),
            Err(_) if progress.in_event => Some(Requeue::transient(Cause::Time, "the time is up")),
            Err(_) => Some(Requeue::Untried(Untried::NoTime)),
        };
        (progress.done, requeue)
    }

    /// A chat has come to its end in this batch.
    async fn end(&self, done: &[Record], rest: &[Record], requeue: Option<Requeue>) {
        self.unfinished.fetch_sub(1, Ordering::Relaxed);
        let give_back = async {
            if let (Some(requeue), Some(first)) = (requeue, rest.first()) {
                let wait = wait(self.app, &requeue, first, rest.len());
                self.app.queue.give_back(&receipts(rest), wait).await;
            }
        };
        // Where that fails they come back when their visibility ends: later, but not lost.
        self.within_limit(join(give_back, self.acknowledge(done)))
            .await;
    }

    /// Takes settled messages out of the queue while other chats go on: whatever becomes of
    /// this invocation, they do not come again, and their group is free. What is settled while a
    /// request is under way goes with the next: each one is paid. The last chat's are
    /// acknowledged by the batch's answer, as are those that could not be here.
    async fn acknowledge(&self, done: &[Record]) {
        if done.is_empty() {
            return;
        }
        self.settled().extend(receipts(done));
        let _turn = self.acknowledging.lock().await;
        if self.unfinished.load(Ordering::Relaxed) > 0 {
            let settled = std::mem::take(&mut *self.settled());
            self.app.queue.acknowledge(&settled).await;
        }
    }

    fn settled(&self) -> MutexGuard<'_, Vec<Receipt>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn within_limit(&self, work: impl Future<Output = impl Sized>) {
        let end = self.until.plus(FOR_QUEUE);
        let left = end.since(self.app.now()).min(FOR_QUEUE);
        let _ = Timeout::new(work, self.app.sleep.sleep(left)).await;
    }
}

fn receipts(records: &[Record]) -> Vec<Receipt> {
    records
        .iter()
        .map(|record| record.receipt.clone())
        .collect()
}
