//! The event source mapping between a queue and a function: batches in, and what the answer says deleted.

mod answer;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use crate::function::Function;
use crate::journal::Journal;
use serde_json::Value;
use sqs::{Error, ReceivedMessage, Sqs, lambda_event};
use template_file::EventSource;

/// As long as Lambda's own long polls. A message that comes ends the wait.
const LONG_POLL: Duration = Duration::from_secs(20);

/// What Lambda starts at most for a queue whose event source sets no limit.
const DEFAULT_CONCURRENCY: u64 = 1000;

/// How long to leave a queue alone that could not be received from.
const PAUSE: Duration = Duration::from_secs(1);

/// Feeds a function from a queue. Clones are the same mapping.
#[derive(Clone)]
pub struct EventSourceMapping {
    inner: Arc<Inner>,
}

struct Inner {
    sqs: Sqs,
    source: EventSource,
    function: Function,
    enabled: watch::Sender<bool>,
    /// Follows what is handed over.
    journal: Option<Journal>,
}

impl EventSourceMapping {
    /// A mapping that does nothing until it is run.
    pub fn new(sqs: Sqs, source: EventSource, function: Function) -> Self {
        Self::of(sqs, source, function, None)
    }

    /// The same, with a journal of what it hands over.
    pub(crate) fn with_journal(
        sqs: Sqs,
        source: EventSource,
        function: Function,
        journal: Journal,
    ) -> Self {
        Self::of(sqs, source, function, Some(journal))
    }

    fn of(sqs: Sqs, source: EventSource, function: Function, journal: Option<Journal>) -> Self {
        let inner = Inner {
            sqs,
            source,
            function,
            enabled: watch::Sender::new(true),
            journal,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// One that is not enabled receives nothing; what it has handed over already goes on.
    pub fn set_enabled(&self, enabled: bool) {
        self.inner.enabled.send_replace(enabled);
    }

    /// Receives and hands over until `shutdown`, then waits for the batches under way.
    ///
    /// When the future is dropped instead, those batches' messages come back after their visibility time-out.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send) {
        let maximum = self.inner.source.maximum_concurrency;
        let of_source = usize::try_from(maximum.unwrap_or(DEFAULT_CONCURRENCY)).unwrap_or(1);
        // Messages wait in the queue, not with their visibility running before a function that is busy.
        let of_function = self.inner.function.concurrency().unwrap_or(of_source);
        let limit = of_source.min(of_function);
        let free = Arc::new(Semaphore::new(limit));
        let mut batches = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            let (permit, messages) = tokio::select! {
                next = self.next_batch(&free) => next,
                () = &mut shutdown => break,
            };
            let mapping = self.clone();
            batches.spawn(async move {
                mapping.hand_over(messages).await;
                drop(permit);
            });
            while batches.try_join_next().is_some() {}
        }
        while batches.join_next().await.is_some() {}
    }

    /// Waits until another batch may run, and then until there is one.
    async fn next_batch(
        &self,
        free: &Arc<Semaphore>,
    ) -> (Option<OwnedSemaphorePermit>, Vec<ReceivedMessage>) {
        // There is always a permit in the end, since the semaphore is never closed.
        let permit = Arc::clone(free).acquire_owned().await.ok();
        let mut enabled = self.inner.enabled.subscribe();
        loop {
            let _ = enabled.wait_for(|enabled| *enabled).await;
            let received = tokio::select! {
                received = self.receive(LONG_POLL) => received,
                _ = enabled.wait_for(|enabled| !*enabled) => continue,
            };
            match received {
                Ok(messages) if messages.is_empty() => {}
                Ok(messages) => return (permit, messages),
                Err(error) => {
                    let queue = &self.inner.source.queue;
                    tracing::error!(error = %error, queue, "cannot receive");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Receives one batch, waiting up to `wait` for it, hands it over and deletes what was done. Gives the number of
    /// messages received.
    pub async fn run_once(&self, wait: Duration) -> Result<usize, Error> {
        let messages = self.receive(wait).await?;
        let number = messages.len();
        self.hand_over(messages).await;
        Ok(number)
    }

    async fn receive(&self, wait: Duration) -> Result<Vec<ReceivedMessage>, Error> {
        let Inner { sqs, source, .. } = &*self.inner;
        // SQS gives ten at most; larger batches are only for queues that are not FIFO.
        let most = usize::try_from(source.batch_size).map_or(10, |size| size.min(10));
        sqs.receive(&source.queue, most, wait, None).await
    }

    async fn hand_over(&self, messages: Vec<ReceivedMessage>) {
        if messages.is_empty() {
            return;
        }
        let Inner {
            sqs,
            source,
            function,
            ..
        } = &*self.inner;
        if let Some(journal) = &self.inner.journal {
            messages.iter().for_each(|it| journal.handed_over(&it.body));
        }
        let event = event(&source.queue, &messages);
        let answer = function.call(event).await;
        let done = match answer {
            Ok(answer) if source.report_batch_item_failures => answer::done(&answer, &messages),
            Ok(_) => Ok(messages.iter().collect()),
            Err(error) => {
                tracing::error!(error = %error, "function error: the batch is kept");
                return;
            }
        };
        match done {
            Ok(done) => delete(sqs, &source.queue, &done),
            Err(reason) => tracing::error!(
                function = function.name(),
                reason,
                "malformed answer: the batch is kept"
            ),
        }
    }
}

#[expect(clippy::expect_used, reason = "it was JSON a moment ago")]
fn event(queue: &str, messages: &[ReceivedMessage]) -> Value {
    serde_json::from_str(&lambda_event(queue, messages)).expect("an event is JSON")
}

fn delete(sqs: &Sqs, queue: &str, done: &[&ReceivedMessage]) {
    let handles: Vec<String> = done.iter().map(|m| m.receipt_handle.clone()).collect();
    match sqs.delete_batch(queue, &handles) {
        Ok(deleted) => {
            for error in deleted.into_iter().filter_map(Result::err) {
                // Its visibility ended before the function did: it is handed over again.
                tracing::warn!(error = %error, queue, "cannot delete a message");
            }
        }
        Err(error) => tracing::error!(error = %error, queue, "cannot delete"),
    }
}

#[cfg(test)]
mod tests;
