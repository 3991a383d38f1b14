//! A worker of the test's own beside the stack's: with any module, a clock to
//! move, and connections that can be made to fail.

use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_smithy_async::time::SharedTimeSource;
use line_module::Module;
use serde_json::Value;
use serde_json::value::RawValue;
use shared::aws::Timeouts;
use shared::domain::{BotId, ChatId, Delivery, EventId, LedgerEntry, Timestamp};
use shared::env::Env;
use shared::queue::{Job, JobEvent};
use worker::{App, Config};

use crate::Bundle;
use crate::clock::Clock;
use crate::faulty::Faulty;
use crate::measured::Lines;

/// How long a worker has for a batch: more than any test takes.
pub(crate) const TIME: Duration = Duration::from_secs(60);
/// No call is given up before a test is.
pub(crate) const TIMEOUTS: Timeouts = Timeouts {
    connect: Duration::from_secs(5),
    attempt: TIME,
    operation: TIME,
};

/// A worker with the module `M`.
pub struct Worker<M> {
    /// The function.
    pub app: App<M>,
    /// Its connection to DynamoDB. The SDK tries a call whose answer is lost once again.
    pub table: Faulty,
    /// Its connection to SQS.
    pub queue: Faulty,
    /// Its connection to LINE.
    pub line: Faulty,
    pub clock: Clock,
    /// Its metric lines.
    pub lines: Lines,
}

impl<M: Module> Worker<M> {
    /// A worker over a bundle's table, queue and LINE.
    pub fn new(bundle: &Bundle, module: M) -> Self {
        Self::configured(bundle, &bundle.env(), module)
    }

    /// The same, with these variables.
    pub fn configured(bundle: &Bundle, env: &Env, module: M) -> Self {
        Self::made(bundle, env, Clock::default(), module)
    }

    /// The same, by a clock that the module moves too.
    pub fn on_clock(bundle: &Bundle, clock: Clock, module: M) -> Self {
        Self::made(bundle, &bundle.env(), clock, module)
    }

    fn made(bundle: &Bundle, env: &Env, clock: Clock, module: M) -> Self {
        let [table, queue, line] = [(); 3].map(|()| Faulty::default());
        let lines = Lines::default();
        let ground = bundle
            .stack
            .ground
            .clone()
            .with_timeouts(TIMEOUTS)
            .with_clock(SharedTimeSource::new(clock.clone()))
            .with_line_over(line.connector())
            .with_dynamodb_over(table.client())
            .with_sqs_over(queue.client())
            .with_metrics(lines.sink());
        let config = Config::read(env).expect("its variables");
        let app = App::new(config, module, &ground);
        Self {
            app,
            table,
            queue,
            line,
            clock,
            lines,
        }
    }

    /// Is given messages, as one batch; tells which it gives back.
    pub async fn is_given<'a>(
        &self,
        messages: impl IntoIterator<Item = &'a Message>,
    ) -> Vec<String> {
        self.is_given_within(messages, TIME).await
    }

    /// The same, with this much time before Lambda's deadline.
    pub async fn is_given_within<'a>(
        &self,
        messages: impl IntoIterator<Item = &'a Message>,
        time: Duration,
    ) -> Vec<String> {
        let mut batch = SqsEvent::default();
        batch.records = messages.into_iter().map(Message::record).collect();
        let deadline = self.clock.timestamp().plus(time);
        let answer = worker::handle(&self.app, batch, deadline).await;
        let failures = answer.batch_item_failures.into_iter();
        failures.map(|failure| failure.item_identifier).collect()
    }

    /// Is given one message, and settles it.
    pub async fn settles(&self, message: &Message) {
        assert!(
            self.is_given([message]).await.is_empty(),
            "it is given back"
        );
    }

    /// Is given one message, and gives it back.
    pub async fn gives_back(&self, message: &Message) {
        assert!(!self.is_given([message]).await.is_empty(), "it is settled");
    }
}

/// A queue's message, to be given to workers as often as a test likes.
#[derive(Debug, Clone)]
pub struct Message {
    id: String,
    group: String,
    body: String,
    received: u32,
    sent_at: Timestamp,
}

impl Message {
    /// The same, as it is received for the `times`th time.
    #[must_use]
    pub fn received(mut self, times: u32) -> Self {
        self.received = times;
        self
    }

    /// The same, of a webhook that was received at this moment.
    #[must_use]
    pub fn received_at(mut self, at: Timestamp) -> Self {
        let mut job: Value = serde_json::from_str(&self.body).expect("a job is JSON");
        job["received_at"] = at.0.into();
        self.body = job.to_string();
        self
    }

    /// A message of any body.
    pub fn raw(id: &str, body: &str) -> Self {
        Self {
            id: id.to_owned(),
            group: "a chat's".into(),
            body: body.to_owned(),
            received: 1,
            sent_at: Clock::default().timestamp(),
        }
    }

    /// A job of our own, as a message of the queue.
    pub fn of(job: Job) -> Self {
        let mut messages = Self::all_of(job);
        assert_eq!(messages.len(), 1, "events that fit into one message");
        messages.remove(0)
    }

    /// A job of our own, as the messages of the queue that carry it, in order.
    pub fn all_of(job: Job) -> Vec<Self> {
        let messages = job.into_messages().expect("a job is JSON").into_iter();
        let message = |message: shared::queue::Message| {
            let body: Value = serde_json::from_str(&message.body).expect("a job is JSON");
            let id = body["events"][0]["id"].as_str().unwrap_or_default();
            Self {
                group: message.group,
                ..Self::raw(id, &message.body)
            }
        };
        messages.map(message).collect()
    }

    fn record(&self) -> SqsMessage {
        let mut record = SqsMessage::default();
        record.message_id = Some(self.id.clone());
        record.receipt_handle = Some("none".into());
        record.body = Some(self.body.clone());
        record.attributes = [
            ("MessageGroupId", self.group.clone()),
            ("ApproximateReceiveCount", self.received.to_string()),
            ("SentTimestamp", self.sent_at.0.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        record
    }
}

impl Bundle {
    /// Events of a chat, made by the emulator, as one message of the queue. The
    /// first event's id is the message's.
    pub async fn message(&self, chat: &str, events: Vec<Value>) -> Message {
        self.message_of(Some(chat), events).await
    }

    /// The same for events of a chat, or of the account itself.
    pub async fn message_of(&self, chat: Option<&str>, events: Vec<Value>) -> Message {
        let held = self.line_holds(chat, events).await;
        let body: Value = serde_json::from_str(&held.body).expect("a webhook is JSON");
        let events = body["events"].as_array().expect("events").iter();
        let bot = BotId::new(&self.bot).expect("an id");
        let chat = chat.map(|chat| ChatId::new(chat).expect("an id"));
        let now = Clock::default().timestamp();
        Message::of(Job::new(bot, chat, now, events.map(event).collect()))
    }

    /// What the ledger has of an event of the first user's chat.
    pub async fn recorded(&self, event: &str) -> LedgerEntry {
        let row = self.record(Some(&self.guest), event).await;
        row.expect("the event is recorded")
    }

    /// The texts that the first user has received, by reply or push.
    pub async fn received(&self) -> Vec<String> {
        let all = self.stack.line.conversation(&self.bot, &self.guest).await;
        all.iter()
            .filter(|bubble| bubble.from == emulator::Speaker::Account)
            .filter_map(|bubble| bubble.text().map(str::to_owned))
            .collect()
    }
}

fn event(event: &Value) -> JobEvent {
    let text = |name: &str| event[name].as_str().unwrap_or_default();
    JobEvent {
        id: EventId::new(text("webhookEventId")).expect("an id"),
        kind: text("type").to_owned(),
        raw: RawValue::from_string(event.to_string()).expect("JSON"),
    }
}

/// How many tries to send are open.
pub fn open_tries(row: &LedgerEntry) -> usize {
    row.sends().map_or(0, |sends| sends.open.len())
}

/// The state of each send, in a word.
pub fn states(row: &LedgerEntry) -> Vec<&'static str> {
    row.effects().iter().map(Delivery::name).collect()
}
