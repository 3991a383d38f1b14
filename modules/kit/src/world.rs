//! The whole bundle in memory, driven step by step: LINE's webhooks go to the webhook function, the queue's
//! messages to the worker, until nothing is left to do.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use emulator::{Delivery, Emulator, Held, NewAccount, Settings};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};
use shared::detach::detach;
use shared::domain::{BotId, Scopes, Timestamp};
use shared::line::event;
use shared::line::webhook::Webhook;
use shared::line::{VerifiedBody, webhook::RawEvent};
use shared::queue::{Job, TIMER};
use shared::store::{LedgerKey, LedgerRow, Trace};
use sqs::lambda_event;
use sqs::{ReceivedMessage, Sqs};
use table_model::Table;
use template_file::{QueueDefinition, Template};
use worker::{Shadow, ShadowError};

use crate::harness::Setup;
use crate::lock;
use crate::parts::{Parts, Worker};
use crate::time::Time;
use crate::transcript::Transcript;
use crate::wire::Wire;

/// What template.yaml gives the worker.
const WORKERS_TIME: Duration = Duration::from_secs(8);
/// Whatever anyone does takes so long, so that no two events have the same time.
const A_MOMENT: Duration = Duration::from_secs(1);
/// Lambda's batches of this queue.
const BATCH: usize = 10;

/// template.yaml, as far as it is needed here.
struct Definitions {
    table: String,
    create: Value,
    queue: String,
    queues: Vec<QueueDefinition>,
}

static DEFINITIONS: LazyLock<Definitions> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    let template = Template::load(path).expect("the template");
    let table = template.table("Table").expect("the table");
    let mut queues = template.queues().expect("the queues");
    queues.sort_by_key(QueueDefinition::redrives); // a dead-letter queue comes first
    Definitions {
        table: table.name,
        create: table.create,
        queue: template.queue("EventQueue").expect("the queue").name,
        queues,
    }
});

/// Makes a worker's process.
pub(crate) type Hire = Box<dyn Fn(&Parts) -> Box<dyn Worker> + Send + Sync>;

/// One account's world: LINE, and the bundle.
pub(crate) struct World {
    pub(crate) line: Emulator,
    pub(crate) bot: String,
    pub(crate) wire: Wire,
    pub(crate) transcript: Transcript,
    parts: Parts,
    sqs: Sqs,
    webhook: webhook::App,
    timer: timer::App,
    hire: Hire,
    worker: Mutex<Arc<dyn Worker>>,
    progress: Mutex<Progress>,
}

/// How much of what LINE has done was looked at.
#[derive(Default)]
struct Progress {
    deliveries: u64,
    calls: u64,
    users: BTreeMap<String, String>,
    /// Events that are not settled, and the last word on each.
    open: Vec<(LedgerKey, Option<String>)>,
    /// Every event that the bundle was told of.
    told: Vec<LedgerKey>,
    /// Whether the webhook cannot be reached.
    unreachable: bool,
}

/// An event as the bundle was told of it.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) key: LedgerKey,
    pub(crate) raw: String,
}

impl World {
    /// One attached account, of which the module has heard.
    pub(crate) async fn new(setup: &Setup, hire: Hire) -> Self {
        let line = line(setup);
        let time = Time(line.clone());
        let sqs = queues(&time);
        let table = Table::new(&DEFINITIONS.create);
        let wire = Wire::new(&line, table, sqs.clone());
        let settings = line.settings();
        let parts = Parts::new(
            &settings,
            &time,
            &wire,
            &DEFINITIONS.table,
            &DEFINITIONS.queue,
        );
        let account = NewAccount {
            display_name: setup.account.clone(),
            scopes: setup.scopes.clone(),
            ..NewAccount::default()
        };
        let bot = line.make_account(account).await.expect("an account");
        let world = Self {
            transcript: Transcript::default(),
            webhook: parts.webhook(),
            timer: parts.timer(),
            worker: Mutex::new(hire(&parts).into()),
            progress: Mutex::default(),
            line,
            bot,
            wire,
            parts,
            sqs,
            hire,
        };
        world.attach(setup).await;
        world
    }

    /// As the attach function does it.
    async fn attach(&self, setup: &Setup) {
        self.transcript.note("The account is attached");
        let (bot, now) = (self.bot_id(), self.now());
        let scopes = Scopes::granted(setup.scopes.clone());
        let row = self.parts.store.update_bot(&bot, |row| {
            row.state.attach(now, &scopes);
            row.display_name = Some(setup.account.clone());
        });
        let row = row.await.expect("the table answers");
        let told = event::of_unheard(&bot, &row.state).expect("an attach that is news");
        let key = LedgerKey {
            bot: bot.clone(),
            chat: None,
            event: told.0.clone(),
        };
        lock(&self.progress).told.push(key.clone());
        lock(&self.progress).open.push((key, None));
        let job = Job::of_account(bot, now, told).expect("a job is JSON");
        self.queue_job(job).await;
        let _ = self.settle().await;
    }

    /// Queues a job of the bundle's own.
    pub(crate) async fn queue_job(&self, job: Job) {
        let queued = self.parts.queue().send_jobs(vec![job]).await;
        queued.expect("the queue takes it");
    }

    /// Marks the account as to be detached, and asks the worker for the rest.
    pub(crate) async fn begin_detach(&self) {
        let (parts, bot) = (&self.parts, self.bot_id());
        let begun = detach(&parts.store, parts.queue(), &bot, &parts.clock()).await;
        begun.expect("table and queue take it");
    }

    pub(crate) fn bot_id(&self) -> BotId {
        BotId::new(&self.bot).expect("an id")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.line.now().into()
    }

    pub(crate) fn store(&self) -> &shared::store::Store {
        &self.parts.store
    }

    /// The id of the user of this name; a friend, if they are new.
    pub(crate) fn user(&self, name: &str) -> String {
        let users = &mut lock(&self.progress).users;
        if let Some((id, _)) = users.iter().find(|(_, known)| *known == name) {
            return id.clone();
        }
        let user = json!({ "name": name, "friend": true });
        let user = serde_json::from_value(user).expect("a user");
        let made = self.line.make_user(&self.bot, user).now_or_never();
        let id = made.expect("it waits for nothing").expect("a user");
        users.insert(id.clone(), name.to_owned());
        id
    }

    /// A chat's name in the transcript.
    pub(crate) fn name(&self, chat: &str) -> String {
        let known = lock(&self.progress).users.get(chat).cloned();
        known.unwrap_or_else(|| chat.to_owned())
    }

    /// Someone does something, which is taken down; then all that comes of it is done.
    pub(crate) async fn deed<T>(
        &self,
        words: impl Into<String>,
        deed: impl Future<Output = Result<T, emulator::Error>>,
    ) -> Came {
        self.line.let_pass(A_MOMENT);
        self.transcript.note(words);
        if let Err(error) = deed.await {
            panic!("{error}\n\n{}", self.transcript.text());
        }
        self.settle().await
    }

    /// Lets time go by; what becomes due meanwhile is done when it is due.
    pub(crate) async fn advance(&self, by: Duration) -> Came {
        let end = self.line.now() + by;
        let mut came = Came::default();
        while let Some(next) = self.next_due().filter(|next| *next <= end) {
            self.move_to(next).await;
            came.add(self.settle().await);
        }
        self.move_to(end).await;
        came.add(self.settle().await);
        came
    }

    async fn move_to(&self, at: SystemTime) {
        let by = at.duration_since(self.line.now()).unwrap_or_default();
        self.line.advance_clock(by).await;
        self.run_what_is_due().await;
    }

    /// What the bundle does by itself when time has gone by.
    async fn run_what_is_due(&self) {
        if self.next_timer().is_some_and(|due| due <= self.now()) {
            let deadline = self.now().plus(timer::TIMEOUT);
            let rung = timer::handle(&self.timer, deadline).await;
            rung.expect("the timers are found and queued");
        }
    }

    /// When something is next due: a timer, or another try of a message.
    fn next_due(&self) -> Option<SystemTime> {
        let timer = self.next_timer();
        let timer = timer.and_then(|due| u64::try_from(due.0).ok());
        let timer = timer.map(|due| UNIX_EPOCH + Duration::from_millis(due));
        let message = self.sqs.next_visible(&DEFINITIONS.queue);
        timer.into_iter().chain(message).min()
    }

    /// The schedule's runs that find nothing are left out.
    fn next_timer(&self) -> Option<Timestamp> {
        let rows = self.wire.rows();
        let is_timer = |row: &&Value| row["chat_id"]["S"].as_str().is_some_and(is_timer);
        let due = |row: &Value| row["due_at"]["N"].as_str()?.parse().ok().map(Timestamp);
        rows.iter().filter(is_timer).filter_map(due).min()
    }

    /// The worker's process of today.
    pub(crate) fn worker(&self) -> Arc<dyn Worker> {
        lock(&self.worker).clone()
    }

    /// Whether a message waits in the queue for its next try.
    pub(crate) fn is_waiting(&self) -> bool {
        self.sqs.depth(&DEFINITIONS.queue) != (0, 0)
    }

    /// Does all that can be done now. In a box, as the compiler follows a test's futures only so deep.
    pub(crate) fn settle(&self) -> BoxFuture<'_, Came> {
        self.settle_all().boxed()
    }

    async fn settle_all(&self) -> Came {
        let mut told = Vec::new();
        loop {
            let news = self.take_webhooks().await;
            let idle = news.is_empty();
            told.extend(news);
            match self.work().await {
                Some(rung) => told.extend(rung),
                None if idle => break,
                None => {}
            }
        }
        self.look(told).await
    }

    /// Hands LINE's new webhooks to the function.
    async fn take_webhooks(&self) -> Vec<Told> {
        let since = lock(&self.progress).deliveries;
        let mut told = Vec::new();
        for delivery in self.line.deliveries(since).await {
            lock(&self.progress).deliveries = delivery.number;
            told.extend(self.take_webhook(&delivery).await);
        }
        told
    }

    async fn take_webhook(&self, delivery: &Delivery) -> Vec<Told> {
        if lock(&self.progress).unreachable {
            self.transcript.note("  = the webhook is not reached");
            return Vec::new();
        }
        let request = json!({
            "headers": { "x-line-signature": delivery.signature },
            "body": delivery.body,
        });
        let request = serde_json::from_value(request).expect("a request");
        let answer = webhook::handle(&self.webhook, request).await;
        if answer.status_code != 200 {
            let status = answer.status_code;
            self.transcript
                .note(format!("  = the webhook is answered {status}"));
        }
        let events = self.read(&delivery.body, delivery.signature.as_deref());
        let events = events.await;
        for event in &events {
            self.transcript.line_tells(event, |chat| self.name(chat));
        }
        let told = events.into_iter().map(|event| self.told(event));
        let told: Vec<_> = told.collect();
        self.open(&told);
        told
    }

    /// A webhook's events, by the ids that the bundle gives them.
    async fn read(&self, body: &str, signature: Option<&str>) -> Vec<RawEvent> {
        let secrets = self.parts.secret().get().await.expect("the secret");
        let body = body.as_bytes().to_vec();
        let body = VerifiedBody::check(body, signature, secrets.accepted()).ok();
        let webhook = body.and_then(|body| Webhook::parse(&body).ok().flatten());
        webhook.map(|webhook| webhook.events).unwrap_or_default()
    }

    /// The events of a webhook that was held back.
    pub(crate) async fn read_held(&self, held: &Held) -> Vec<Told> {
        let events = self.read(&held.body, Some(&held.signature)).await;
        events.into_iter().map(|event| self.told(event)).collect()
    }

    fn told(&self, event: RawEvent) -> Told {
        let key = LedgerKey {
            bot: self.bot_id(),
            chat: event.chat.map(|chat| chat.id),
            event: event.id,
        };
        let raw = event.raw.get().to_owned();
        Told { key, raw }
    }

    /// Looks out for what becomes of these events.
    fn open(&self, told: &[Told]) {
        let progress = &mut *lock(&self.progress);
        for key in told.iter().map(|told| &told.key) {
            if !progress.told.contains(key) {
                progress.told.push(key.clone());
            }
            if progress.open.iter().all(|(known, _)| known != key) {
                progress.open.push((key.clone(), None));
            }
        }
    }

    /// Every event that the bundle was told of, in the order of their first telling.
    pub(crate) fn all_told(&self) -> Vec<LedgerKey> {
        lock(&self.progress).told.clone()
    }

    /// Whether LINE reaches the webhook from now on.
    pub(crate) fn set_reachable(&self, reachable: bool) {
        lock(&self.progress).unreachable = !reachable;
    }

    /// Hands the queue's messages to the worker; gives the timers that ring by them. None if there is no message.
    async fn work(&self) -> Option<Vec<Told>> {
        let mut rung = None;
        loop {
            let queue = &DEFINITIONS.queue;
            let messages = self.sqs.receive(queue, BATCH, Duration::ZERO, None).await;
            let messages = messages.expect("the queue is there");
            if messages.is_empty() {
                return rung;
            }
            rung.get_or_insert_default().extend(self.ring(&messages));
            self.hand_over(&messages).await;
            self.note_calls().await;
        }
    }

    /// The timers' events among the queue's messages that come for the first time.
    fn ring(&self, messages: &[ReceivedMessage]) -> Vec<Told> {
        let jobs = messages.iter().filter_map(|it| Job::read(&it.body).ok());
        let told = jobs.flat_map(|job| {
            let (bot, chat) = (job.bot, job.chat);
            let events = job.events.into_iter().filter(|event| event.kind == TIMER);
            events.map(move |event| Told {
                key: LedgerKey {
                    bot: bot.clone(),
                    chat: chat.clone(),
                    event: event.id,
                },
                raw: event.raw.get().to_owned(),
            })
        });
        let known = self.all_told();
        let told: Vec<_> = told.filter(|told| !known.contains(&told.key)).collect();
        for chat in told.iter().filter_map(|told| told.key.chat.as_ref()) {
            let name = self.name(chat.as_str());
            self.transcript.note(format!("A timer rings for {name}"));
        }
        self.open(&told);
        told
    }

    /// Until the worker has ended or its process has: then what it was given comes again.
    async fn hand_over(&self, messages: &[ReceivedMessage]) {
        let worker = self.worker();
        let event = lambda_event(&DEFINITIONS.queue, messages);
        let event = serde_json::from_value(event).expect("an event of SQS");
        let work = worker.handle(event, self.now().plus(WORKERS_TIME));
        self.wire.is_workers(true);
        let answer = tokio::select! {
            biased;
            answer = work => Some(answer),
            () = self.wire.crashes() => None,
        };
        self.wire.is_workers(false);
        let Some(answer) = answer else {
            self.transcript.note("  = the worker's process ends here");
            *lock(&self.worker) = (self.hire)(&self.parts).into();
            return;
        };
        let failed = answer.batch_item_failures.into_iter();
        let failed: Vec<_> = failed.map(|failure| failure.item_identifier).collect();
        let done = messages
            .iter()
            .filter(|it| !failed.contains(&it.message_id));
        let done: Vec<_> = done.map(|message| message.receipt_handle.clone()).collect();
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

    /// What has become of each event that was told, and of those that were not settled.
    async fn look(&self, told: Vec<Told>) -> Came {
        let open = std::mem::take(&mut lock(&self.progress).open);
        let mut traces = Vec::new();
        for (key, before) in open {
            let trace = self.row(&key).await.map(|row| row.trace());
            let word = trace.as_ref().and_then(verdict);
            if let Some(word) = word.clone().filter(|_| word != before) {
                self.transcript.note(format!("  = {word}"));
            }
            if !trace.as_ref().is_some_and(is_settled) {
                lock(&self.progress).open.push((key.clone(), word));
            }
            traces.push((key, trace));
        }
        let with_trace = |told: Told| {
            let found = traces.iter().find(|(key, _)| *key == told.key);
            let trace = found.and_then(|(_, trace)| trace.clone());
            (told, trace)
        };
        Came {
            events: told.into_iter().map(with_trace).collect(),
        }
    }

    /// An event's row of the ledger.
    pub(crate) async fn row(&self, key: &LedgerKey) -> Option<LedgerRow> {
        let row = self.parts.store.ledger(key).await;
        row.expect("the ledger can be read")
    }

    /// What the module would do with an event now.
    pub(crate) async fn shadow(&self, told: &Told) -> Result<Shadow, ShadowError> {
        let worker = self.worker();
        worker.shadow(&told.key, &told.raw).await
    }
}

/// What came of what someone did.
#[derive(Debug, Clone, Default)]
#[must_use]
pub(crate) struct Came {
    pub(crate) events: Vec<(Told, Option<Trace>)>,
}

impl Came {
    fn add(&mut self, other: Self) {
        self.events.extend(other.events);
    }
}

fn line(setup: &Setup) -> Emulator {
    let settings = Settings {
        control_event_delay_ms: 0,
        default_active: setup.default_active,
        ..Settings::default()
    };
    let line = Emulator::new(settings).expect("LINE");
    line.stop_clock(setup.begins);
    line
}

fn queues(time: &Time) -> Sqs {
    let sqs = Sqs::new(time.clone());
    for queue in &DEFINITIONS.queues {
        let made = sqs.create_queue(&queue.name, queue.attributes.clone());
        made.expect("a queue of the template");
    }
    sqs
}

/// Whether a row of this key is a timer.
fn is_timer(key: &str) -> bool {
    key.starts_with("@timer#")
}

fn is_settled(trace: &Trace) -> bool {
    use shared::store::Outcome::{Done, Parked};
    matches!(trace.outcome, Done | Parked)
}

/// What is worth telling of an event: not that it was handled.
fn verdict(trace: &Trace) -> Option<String> {
    use shared::store::{Outcome, Verdict};
    // LINE's request id is another one in each run, and some reasons begin with the verdict.
    let reason = trace.reason.as_deref().map(|reason| {
        let reason = reason.split(" (LINE's request id").next().unwrap_or(reason);
        let word = trace.verdict.to_string();
        let reason = reason.strip_prefix(&word).unwrap_or(reason);
        format!(": {}", reason.trim_start_matches(": "))
    });
    let reason = reason.unwrap_or_default();
    let again = match trace.outcome {
        Outcome::Failed | Outcome::Planned => ", and comes again",
        _ => "",
    };
    (trace.verdict != Verdict::Handled).then(|| format!("{}{again}{reason}", trace.verdict))
}
