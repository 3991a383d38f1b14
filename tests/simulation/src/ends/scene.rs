//! The table, the queue and the workers of a run.

use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use aws_lambda_events::sqs::{SqsEvent, SqsMessage};
use aws_smithy_async::future::timeout::Timeout;
use fastrand::Rng;
use line_module::{Context, Event, EventKind, Handled, Module};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use shared::aws::Timeouts;
use shared::domain::{BotId, ChatId, EventId, Timestamp};
use shared::env::Env;
use shared::ground::Ground;
use shared::queue::{Job, JobEvent, Message};
use shared::random::Random;
use shared::store::{BotRow, Store};
use table_model::Table;
use table_model::connector::{Connector, End, Fate, Refusal};
use template_file::Template;

use crate::clients::own_retries;
use crate::doors::sqs::Sqs;
use crate::doors::wire::Wire;
use crate::ends::{Ended, Plan};
use crate::time::Time;

const TABLE: &str = "Table";
/// Lambda's for a worker.
const TIME: Duration = Duration::from_secs(8);
const HOUR: Duration = Duration::from_secs(3600);
const TIMEOUTS: Timeouts = Timeouts {
    connect: HOUR,
    attempt: HOUR,
    operation: HOUR,
};

static CREATE: LazyLock<Value> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    let template = Template::load(path).expect("the template");
    template.table(TABLE).expect("the table").create
});

pub(crate) fn bot() -> BotId {
    BotId::new("Ubot").expect("an id")
}

/// The module has heard of all that is new.
pub(crate) fn is_reported(row: &mut BotRow) {
    while let Some(change) = row.state.unreported() {
        row.state.mark_reported(change);
    }
}

/// What a run comes to, when it has ended.
#[derive(Clone, Default)]
pub(crate) struct Verdict(Arc<Mutex<Option<Result<Ended, String>>>>);

impl Verdict {
    pub(crate) fn take(&self) -> Option<Result<Ended, String>> {
        lock(&self.0).take()
    }
}

/// A run. Clones are the same one.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) time: Time,
    pub(crate) plan: Plan,
    pub(crate) table: Connector,
    queue: Sqs,
    chance: Arc<Mutex<Rng>>,
    vanished: Arc<Mutex<usize>>,
    verdict: Verdict,
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scene {
    pub(crate) fn new(time: Time, plan: Plan, chance: Rng) -> Self {
        Self {
            time,
            plan,
            table: Connector::new(Table::new(&CREATE)),
            queue: Sqs::default(),
            chance: Arc::new(Mutex::new(chance)),
            vanished: Arc::default(),
            verdict: Verdict::default(),
        }
    }

    pub(crate) fn result(&self) -> Verdict {
        self.verdict.clone()
    }

    pub(crate) fn end(&self, result: Result<Ended, String>) {
        *lock(&self.verdict.0) = Some(result);
    }

    pub(crate) fn vanished(&self) -> usize {
        *lock(&self.vanished)
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp(self.time.millis(0))
    }

    fn below(&self, most: u64) -> u64 {
        lock(&self.chance).u64(0..=most)
    }

    /// The worker; all is well with its calls if it is calm.
    fn worker(&self, is_calm: bool) -> worker::App<Keeps> {
        let config = worker::Config::read(&env()).expect("its variables");
        worker::App::new(config, Keeps, &self.ground(is_calm))
    }

    /// The SDK waits by the scene's time as well: by any other its retries would never come.
    fn ground(&self, is_calm: bool) -> Ground {
        let (to_table, to_queue) = (self.time.clone(), self.time.clone());
        let chance = self.chance.clone();
        let random = Random::from_fn(move |bytes| lock(&chance).fill(bytes));
        Ground::emulated()
            .with_timeouts(TIMEOUTS)
            .with_clock(self.time.clock(0).shared())
            .with_sleep(self.time.shared_sleep())
            .with_random(random)
            .with_line_over(Wire::new(|_| (500, Vec::new())).connector())
            .with_dynamodb_at("http://table.example")
            .with_dynamodb_over(self.way_to_table(is_calm).client())
            .with_dynamodb_tuned(move |config| {
                let config = config.sleep_impl(to_table.clone());
                config.retry_partition(own_retries())
            })
            .with_sqs_at("http://queue.example")
            .with_sqs_over(self.queue.wire().client())
            .with_sqs_tuned(move |config| {
                let config = config.sleep_impl(to_queue.clone());
                config.retry_partition(own_retries())
            })
    }

    fn way_to_table(&self, is_calm: bool) -> Connector {
        if is_calm {
            return self.table.clone();
        }
        let (plan, dice) = (self.plan, self.chance.clone());
        self.table
            .with_fates(self.time.shared_sleep(), move |_| fate(plan, &dice))
    }

    pub(crate) fn store(&self) -> Store {
        self.worker(true).store
    }

    /// Somebody writes the account's row, whatever the table does.
    pub(crate) async fn writes(&self, change: impl Fn(&mut BotRow)) {
        let written = self.store().update_bot(&bot(), change).await;
        written.expect("nothing goes wrong with this way");
    }

    /// Usage names nobody.
    pub(crate) fn keep_usage(&self) {
        let item =
            json!({"bot_id": {"S": bot()}, "chat_id": {"S": "@usage#2027-01"}, "v": {"N": "1"}});
        let put = json!({"TableName": TABLE, "Item": item}).to_string();
        let (status, _) = self.table.table().handle("PutItem", put.as_bytes());
        assert_eq!(status, 200, "a row is put");
    }

    /// Messages of users, in two chats.
    pub(crate) fn happen(&self, word: &str, number: usize) -> Vec<Message> {
        (0..number).map(|n| self.event(word, n)).collect()
    }

    fn event(&self, word: &str, n: usize) -> Message {
        let (chat, id) = (format!("U{}", n % 2), format!("{word}{n}"));
        let raw = json!({
            "type": "message", "mode": "active", "timestamp": self.now(),
            "source": {"type": "user", "userId": chat},
            "message": {"type": "text", "id": id, "text": "hello"},
        });
        let event = JobEvent {
            id: EventId::new(id).expect("an id"),
            kind: "message".into(),
            raw: to_raw_value(&raw).expect("JSON"),
        };
        let chat = ChatId::new(chat).ok();
        let job = Job::new(bot(), chat, self.now(), vec![event]);
        job.into_messages().expect("JSON").remove(0)
    }

    /// A message is settled at once: nothing goes wrong.
    pub(crate) async fn calm(&self, message: &Message) {
        assert!(self.is_given(message, 1, true).await, "it is settled");
    }

    /// A message is given to workers until it is settled.
    pub(crate) async fn settles(&self, message: &Message) {
        for received in 1.. {
            // In the end all is well, as it is one day.
            if self.is_given(message, received, received > 60).await {
                return;
            }
            let wait = self.below(2_000);
            self.time.sleep(Duration::from_millis(wait)).await;
        }
    }

    /// A copy of an event that was handled comes some time.
    pub(crate) async fn copied(&self, message: &Message) {
        let after = self.below(self.plan.slowest_ms * 60);
        self.time.sleep(Duration::from_millis(after)).await;
        self.settles(message).await;
    }

    async fn is_given(&self, message: &Message, received: u32, is_calm: bool) -> bool {
        let deadline = self.now().plus(TIME);
        let worker = self.worker(is_calm);
        let work = worker::handle(&worker, batch(message, received), deadline);
        let lives = match self.below(9) {
            0 if !is_calm => Duration::from_millis(self.below(self.plan.slowest_ms * 10)),
            _ => TIME,
        };
        match Timeout::new(work, self.time.sleep(lives)).await {
            Ok(answer) => answer.batch_item_failures.is_empty(),
            Err(_) => {
                *lock(&self.vanished) += 1;
                false
            }
        }
    }

    /// The jobs that were queued since.
    pub(crate) fn queued(&self) -> Vec<Message> {
        let mut taken = self.queue.taken();
        taken.retain(|message| message.body.contains("\"@erase\""));
        taken
    }
}

fn fate(plan: Plan, dice: &Mutex<Rng>) -> Fate {
    let below = |most: u64| lock(dice).u64(0..=most);
    let delay = || Duration::from_millis(below(plan.slowest_ms));
    let end = match below(u64::from(plan.one_in) * 3) {
        0 => End::AnswerLost,
        1 => End::RequestLost,
        2 => End::Refused(Refusal::Throttled),
        _ => End::Done,
    };
    Fate {
        there: delay(),
        end,
        back: delay(),
    }
}

fn batch(message: &Message, received: u32) -> SqsEvent {
    let mut record = SqsMessage::default();
    record.message_id = Some(message.deduplication_id.clone());
    record.receipt_handle = Some("none".into());
    record.body = Some(message.body.clone());
    record.attributes = [
        ("MessageGroupId", message.group.clone()),
        ("ApproximateReceiveCount", received.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let mut batch = SqsEvent::default();
    batch.records = vec![record];
    batch
}

fn env() -> Env {
    let variables = [
        ("LINE_CHANNEL_ID", "1234567890"),
        ("LINE_CHANNEL_SECRET", "a-secret"),
        ("LINE_BOT_HEADER", "x-bot"),
        ("TABLE_NAME", TABLE),
        ("EVENT_QUEUE_URL", "http://queue.example/1/events.fifo"),
    ];
    let owned = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Env::from_map(owned.into())
}

/// Keeps each message: in the chat's state, in a row of its own, by a timer.
pub(crate) struct Keeps;

impl Module for Keeps {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Handled {
        let EventKind::Message(_) = event.kind else {
            return Ok(());
        };
        let mut list: Vec<String> = cx.state()?;
        list.push(event.id.to_string());
        cx.set_state(&list)?;
        let key = format!("kept/{}", event.id);
        if cx.row::<u32>(&key).await?.is_none() {
            cx.create(key, &1)?;
        }
        cx.after(event.id.as_str(), HOUR, &1)
    }
}
