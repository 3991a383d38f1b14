//! The whole bundle in memory, driven step by step: LINE's webhooks go to the webhook function, the queue's
//! messages to the worker, until nothing is left to do.

mod company;
mod due;
mod look;
mod stand_ins;
mod webhooks;
mod work;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use emulator::{Emulator, NewAccount};
use futures::FutureExt as _;
use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use shared::detach::detach;
use shared::domain::{BotId, ChatId, EventId, LedgerEntry, Scopes, Timestamp};
use shared::hash::sha256_hex;
use shared::line::event;
use shared::queue::{Job, JobEvent};
use shared::store::LedgerKey;
use sqs::Sqs;
use table_model::Table;
use worker::{Shadow, ShadowError};

use crate::failures::Failures;
use crate::harness::Setup;
use crate::lock;
use crate::parts::{Parts, Worker};
use crate::time::Time;
use crate::transcript::Transcript;
use crate::wire::Wire;

pub(crate) use look::Came;
use stand_ins::{DEFINITIONS, line, queues};

/// How long whatever anyone does takes, so that no two events have the same time.
const A_MOMENT: Duration = Duration::from_secs(1);

/// Makes a worker's process.
pub(crate) type Hire = Box<dyn Fn(&Parts) -> Box<dyn Worker> + Send + Sync>;

/// One account's world: LINE, and the bundle.
pub(crate) struct World {
    pub(crate) line: Emulator,
    pub(crate) bot: String,
    pub(crate) wire: Wire,
    pub(crate) transcript: Transcript,
    pub(crate) failures: Arc<Failures>,
    parts: Parts,
    sqs: Sqs,
    webhook: webhook::App,
    inbox: inbox::App,
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
    /// The names of users and groups, by their ids.
    users: BTreeMap<String, String>,
    /// Events that are not settled, and the last word on each.
    open: Vec<(LedgerKey, Option<String>)>,
    /// The key of every event that the bundle has received.
    received: Vec<LedgerKey>,
    /// The timers, signals and commands among them, each with its kind.
    not_of_line: Vec<(String, ReceivedEvent)>,
    /// Whether the webhook cannot be reached.
    unreachable: bool,
    /// Whether no worker takes the queue's messages.
    is_idle: bool,
    /// How many deeds are being worked off.
    busy: usize,
    /// LINE's events, each with the number of the delivery that brought it.
    delivered: Vec<(u64, ReceivedEvent)>,
}

/// An event as the bundle has received it.
#[derive(Debug, Clone)]
pub(crate) struct ReceivedEvent {
    pub(crate) key: LedgerKey,
    pub(crate) raw: String,
}

impl World {
    /// One attached account, which was reported to the module.
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
            failures: Arc::default(),
            webhook: parts.webhook(),
            inbox: parts.inbox(),
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
        let event = event::of_unreported(&bot, &row.state).expect("an attach that is news");
        let key = LedgerKey {
            bot: bot.clone(),
            chat: None,
            event: event.0.clone(),
        };
        lock(&self.progress).received.push(key.clone());
        lock(&self.progress).open.push((key, None));
        let job = Job::of_account(bot, now, event).expect("a job is JSON");
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

    /// The id of the user of this name; a friend, if they are new.
    pub(crate) fn user(&self, name: &str) -> String {
        let users = &mut lock(&self.progress).users;
        if let Some(id) = id_of(users, 'L', name) {
            return id;
        }
        let new_user = json!({ "name": name, "friend": true });
        let user = serde_json::from_value(new_user).expect("a user");
        let made = self.line.make_user(&self.bot, user).now_or_never();
        let id = made.expect("it waits for nothing").expect("a user");
        users.insert(id.clone(), name.to_owned());
        id
    }

    /// The id of the group of this name.
    pub(crate) fn group(&self, name: &str) -> String {
        let users = &mut lock(&self.progress).users;
        if let Some(id) = id_of(users, 'C', name) {
            return id;
        }
        let id = format!("C{}", &sha256_hex([name])[..32]);
        users.insert(id.clone(), name.to_owned());
        id
    }

    /// A chat's name in the transcript.
    pub(crate) fn name(&self, chat: &str) -> String {
        let known = lock(&self.progress).users.get(chat).cloned();
        known.unwrap_or_else(|| chat.to_owned())
    }

    /// Someone does something, which is recorded; then all that comes of it is done.
    pub(crate) async fn deed<T>(
        &self,
        words: impl Into<String>,
        deed: impl Future<Output = Result<T, emulator::Error>>,
    ) -> Came {
        let _deed = self.wire.begins().await;
        let is_one_of_several = self.wire.is_shared();
        self.line.let_pass(A_MOMENT);
        self.transcript.note(words);
        let before = self.last_delivery(is_one_of_several).await;
        if let Err(error) = deed.await {
            panic!("{error}\n\n{}", self.transcript.text());
        }
        let last = self.last_delivery(is_one_of_several).await;
        let came = self.settle().await;
        // Others may have taken its events, and it theirs.
        match before.zip(last) {
            Some((before, last)) => self.look(self.delivered(before + 1..=last)).boxed().await,
            None => came,
        }
    }

    /// The number of LINE's newest delivery, where that is asked for: LINE counts all it has.
    async fn last_delivery(&self, is_asked: bool) -> Option<u64> {
        match is_asked {
            true => Some(self.line.state().await.last_delivery),
            false => None,
        }
    }

    /// Whether a message waits in the queue for its next try.
    pub(crate) fn is_waiting(&self) -> bool {
        self.sqs.depth(&DEFINITIONS.queue) != (0, 0)
    }

    /// The worker's process of today.
    pub(crate) fn worker(&self) -> Arc<dyn Worker> {
        lock(&self.worker).clone()
    }

    /// The key of every event that the bundle has received, in the order in which they first came.
    pub(crate) fn all_received(&self) -> Vec<LedgerKey> {
        lock(&self.progress).received.clone()
    }

    /// Every timer, signal and command that the bundle has received, with its kind in the queue.
    pub(crate) fn not_of_line(&self) -> Vec<(String, ReceivedEvent)> {
        lock(&self.progress).not_of_line.clone()
    }

    /// Such an event comes by the queue, whoever has planned it, and all that comes of it is done.
    pub(crate) async fn comes_by_queue(
        &self,
        chat: Option<ChatId>,
        kind: &str,
        id: EventId,
        event: &Value,
    ) -> Came {
        self.line.let_pass(A_MOMENT);
        let word = event["name"].as_str().unwrap_or_default();
        let kind_word = kind.trim_start_matches('@');
        self.transcript
            .note(format!("A {kind_word} comes: {word} {}", event["payload"]));
        let event = JobEvent {
            id,
            kind: kind.to_owned(),
            raw: to_raw_value(event).expect("it is JSON"),
        };
        let job = Job::new(self.bot_id(), chat, self.now(), vec![event]);
        self.queue_job(job).await;
        self.settle().await
    }

    /// Whether LINE reaches the webhook from now on.
    pub(crate) fn set_reachable(&self, reachable: bool) {
        lock(&self.progress).unreachable = !reachable;
    }

    /// Whether a worker takes the queue's messages from now on.
    pub(crate) fn set_at_work(&self, at_work: bool) {
        lock(&self.progress).is_idle = !at_work;
    }

    /// Whether a worker takes the queue's messages.
    fn is_at_work(&self) -> bool {
        !lock(&self.progress).is_idle
    }

    /// An event's row of the ledger.
    pub(crate) async fn row(&self, key: &LedgerKey) -> Option<LedgerEntry> {
        let row = self.parts.store.ledger(key).await;
        row.expect("the ledger can be read")
    }

    /// What the module would do with an event now.
    pub(crate) async fn shadow(&self, event: &ReceivedEvent) -> Result<Shadow, ShadowError> {
        let worker = self.worker();
        worker.shadow(&event.key, &event.raw).await
    }
}

/// The id of this name that begins so.
fn id_of(users: &BTreeMap<String, String>, begin: char, name: &str) -> Option<String> {
    let mut users = users.iter();
    let found = users.find(|(id, known)| id.starts_with(begin) && *known == name);
    found.map(|(id, _)| id.clone())
}
