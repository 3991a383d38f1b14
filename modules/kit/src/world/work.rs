//! The queue's messages, handed to the worker until nothing is left to do.

use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use line_module::daily::Daily;
use serde_json::Value;
use shared::queue::{COMMAND, Job, JobEvent, SIGNAL, TIMER};
use shared::store::LedgerKey;
use sqs::{ReceivedMessage, lambda_event};

use super::stand_ins::DEFINITIONS;
use super::{Came, ReceivedEvent, World};
use crate::lock;

/// Lambda's batches of this queue.
const BATCH: usize = 10;

impl World {
    /// Does all that can be done now. In a box, as the compiler follows a test's futures only so deep.
    pub(crate) fn settle(&self) -> BoxFuture<'_, Came> {
        self.settle_all().boxed()
    }

    async fn settle_all(&self) -> Came {
        let mut received = Vec::new();
        loop {
            lock(&self.progress).busy += 1;
            let news = self.take_webhooks().await;
            let rung = self.work().await;
            lock(&self.progress).busy -= 1;
            let is_idle = news.is_empty() && rung.is_none();
            received.extend(news.into_iter().chain(rung.into_iter().flatten()));
            // What another deed's work has taken may be of this one.
            let others = lock(&self.progress).busy;
            match (is_idle, others) {
                (true, 0) => break,
                (true, _) => tokio::task::yield_now().await,
                (false, _) => {}
            }
        }
        self.look(received).await
    }

    /// Hands the queue's messages to the worker; gives the timers, signals and commands that come by them. None if there is no message.
    async fn work(&self) -> Option<Vec<ReceivedEvent>> {
        let mut rung = None;
        while self.is_at_work() {
            let queue = &DEFINITIONS.queue;
            let messages = self
                .sqs
                .receive(queue, BATCH, Duration::ZERO, None)
                .await
                .expect("the queue is there");
            if messages.is_empty() {
                return rung;
            }
            rung.get_or_insert_default().extend(self.ring(&messages));
            self.hand_over(&messages).await;
            self.note_calls().await;
        }
        rung
    }

    /// The events of timers, signals and commands among the queue's messages that come for the first time.
    fn ring(&self, messages: &[ReceivedMessage]) -> Vec<ReceivedEvent> {
        let jobs = messages.iter().filter_map(|it| Job::read(&it.body).ok());
        let events = jobs.flat_map(|job| {
            let (bot, chat) = (job.bot, job.chat);
            let is_ours =
                |event: &JobEvent| [TIMER, SIGNAL, COMMAND].contains(&event.kind.as_str());
            let ours = job.events.into_iter().filter(is_ours);
            ours.map(move |event| {
                let key = LedgerKey {
                    bot: bot.clone(),
                    chat: chat.clone(),
                    event: event.id,
                };
                let raw = event.raw.get().to_owned();
                (event.kind, ReceivedEvent { key, raw })
            })
        });
        let known = self.all_received();
        let new = events.filter(|(_, event)| !known.contains(&event.key));
        let new = new.inspect(|(kind, event)| {
            let planned = (kind.clone(), event.clone());
            lock(&self.progress).not_of_line.push(planned);
            if kind == TIMER {
                self.note_ring(event);
            }
        });
        let new: Vec<_> = new.map(|(_, event)| event).collect();
        self.open(&new);
        new
    }

    /// A timer rings: its name, and what it carries. Those of daily handlers ring each day, and are left out.
    fn note_ring(&self, event: &ReceivedEvent) {
        let read: Value = serde_json::from_str(&event.raw).unwrap_or_default();
        let name = read["name"].as_str().unwrap_or_default();
        if Daily::is_timer(name) {
            return;
        }
        let chat = event.key.chat.as_ref();
        let whose = chat.map_or_else(|| "the account".into(), |chat| self.name(chat.as_str()));
        let payload = match &read["payload"] {
            Value::Null => String::new(),
            payload => format!(" {payload}"),
        };
        let words = format!("A timer rings for {whose}: {name}{payload}");
        self.transcript.note(words);
    }

    /// Until the worker has ended or its process has: then what it was given comes again.
    async fn hand_over(&self, messages: &[ReceivedMessage]) {
        let worker = self.worker();
        let json = lambda_event(&DEFINITIONS.queue, messages);
        let event = serde_json::from_str(&json).expect("an event of SQS");
        let work = worker.handle(event, self.now().plus(worker::TIMEOUT));
        self.wire.set_of_worker(true);
        let answer = tokio::select! {
            biased;
            answer = work => Some(answer),
            () = self.wire.crashes() => None,
        };
        self.wire.set_of_worker(false);
        let Some(answer) = answer else {
            self.transcript.note("  = the worker's process ends here");
            *lock(&self.worker) = (self.hire)(&self.parts).into();
            return;
        };
        let failed: Vec<_> = answer
            .batch_item_failures
            .into_iter()
            .map(|failure| failure.item_identifier)
            .collect();
        let done: Vec<_> = messages
            .iter()
            .filter(|it| !failed.contains(&it.message_id))
            .map(|message| message.receipt_handle.clone())
            .collect();
        let deleted = self.sqs.delete_batch(&DEFINITIONS.queue, &done);
        deleted.expect("the queue is there");
    }

    async fn note_calls(&self) {
        let since = lock(&self.progress).calls;
        for call in self.line.calls(since).await {
            lock(&self.progress).calls = call.number;
            self.transcript.call(&call, |chat| self.name(chat));
        }
    }
}
