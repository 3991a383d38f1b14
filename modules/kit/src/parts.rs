//! The functions over the wire: the real webhook, the real worker with any module, the real store.

use std::collections::BTreeMap;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::config::retry::{RetryPartition, TokenBucket};
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use emulator::Settings;
use fastrand::Rng;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use line_module::settings::{SaveError, Values, save};
use line_module::{Module, without_faults};
use shared::aws::Timeouts;
use shared::domain::{BotId, Timestamp};
use shared::env::Env;
use shared::ground::Ground;
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::{ChannelSecret, SecretPlace};
use shared::store::{LedgerKey, Store};
use worker::{App, Shadow, ShadowError};

use crate::lock;
use crate::time::Time;
use crate::wire::{NOWHERE, Wire};

/// The key with which the company's systems sign.
pub(crate) const INBOX_KEY: &str = "the kit's inbox key";

/// What the functions are made of.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) queue: Queue,
    secret: ChannelSecret,
    ground: Ground,
    variables: BTreeMap<String, String>,
}

/// A worker, whatever its module is.
pub(crate) trait Worker: Send + Sync {
    /// Handles a batch of the queue's messages.
    fn handle(&self, batch: SqsEvent, deadline: Timestamp) -> BoxFuture<'_, SqsBatchResponse>;

    /// What the module would do with an event now.
    fn shadow<'a>(
        &'a self,
        key: &'a LedgerKey,
        raw: &'a str,
    ) -> BoxFuture<'a, Result<Shadow, ShadowError>>;

    /// Saves what an account sets of the module.
    fn save<'a>(
        &'a self,
        bot: &'a BotId,
        values: &'a Values,
    ) -> BoxFuture<'a, Result<(), SaveError>>;
}

impl<M: Module> Worker for App<M> {
    fn handle(&self, batch: SqsEvent, deadline: Timestamp) -> BoxFuture<'_, SqsBatchResponse> {
        worker::handle(self, batch, deadline).boxed()
    }

    fn shadow<'a>(
        &'a self,
        key: &'a LedgerKey,
        raw: &'a str,
    ) -> BoxFuture<'a, Result<Shadow, ShadowError>> {
        worker::shadow(self, key, raw).boxed()
    }

    fn save<'a>(
        &'a self,
        bot: &'a BotId,
        values: &'a Values,
    ) -> BoxFuture<'a, Result<(), SaveError>> {
        let now = self.clock.now().into();
        save(&self.store, bot, &self.module, values, now).boxed()
    }
}

impl Parts {
    /// Over a LINE of these settings, the table and the queue of these names.
    pub(crate) fn new(
        settings: &Settings,
        time: &Time,
        wire: &Wire,
        table: &str,
        queue: &str,
    ) -> Self {
        let ground = ground(time, wire);
        let queue_url = format!("{NOWHERE}/000000000000/{queue}");
        let variables = variables(settings, table, &queue_url);
        let place = SecretPlace::from_env(&Env::from_map(variables.clone()));
        Self {
            store: ground.table(table.to_owned()),
            queue: ground.queue(queue_url, Timeouts::DEFAULT),
            secret: ground.secret(place.expect("the secret"), Timeouts::DEFAULT),
            ground,
            variables,
        }
    }

    /// A worker's process with this module.
    pub(crate) fn worker<M: Module>(&self, module: M) -> Box<dyn Worker> {
        let config = worker::Config::read(&self.env()).expect("its variables");
        let module = without_faults(module).unwrap_or_else(|fault| panic!("{fault}"));
        let ground = self.ground.clone().with_random(repeatable());
        Box::new(App::new(config, module, &ground))
    }

    /// The webhook function.
    pub(crate) fn webhook(&self) -> webhook::App {
        let config = webhook::Config::read(&self.env()).expect("its variables");
        webhook::App::new(config, &self.ground)
    }

    /// The inbox function.
    pub(crate) fn inbox(&self) -> inbox::App {
        let config = inbox::Config::read(&self.env()).expect("its variables");
        inbox::App::new(config, &self.ground)
    }

    /// The timer function.
    pub(crate) fn timer(&self) -> timer::App {
        let config = timer::Config::read(&self.env()).expect("its variables");
        timer::App::new(config, &self.ground)
    }

    /// The queue, as the functions know it.
    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// The channel's secret.
    pub(crate) fn secret(&self) -> &ChannelSecret {
        &self.secret
    }

    pub(crate) fn clock(&self) -> SharedTimeSource {
        self.ground.clock.clone()
    }

    fn env(&self) -> Env {
        Env::from_map(self.variables.clone())
    }
}

/// Everything goes by the harness's time and over its wire.
fn ground(time: &Time, wire: &Wire) -> Ground {
    let (dynamodb, sqs) = (time.clone(), time.clone());
    let ground = Ground::emulated()
        .with_dynamodb_at(NOWHERE)
        .with_dynamodb_over(wire.client())
        .with_dynamodb_tuned(move |config| {
            let config = config
                .sleep_impl(dynamodb.clone())
                .time_source(dynamodb.clone());
            config.retry_partition(own_retries())
        })
        .with_sqs_at(NOWHERE)
        .with_sqs_over(wire.client())
        .with_sqs_tuned(move |config| {
            let config = config.sleep_impl(sqs.clone()).time_source(sqs.clone());
            config.retry_partition(own_retries())
        });
    ground
        .with_clock(SharedTimeSource::new(time.clone()))
        .with_sleep(SharedAsyncSleep::new(time.clone()))
        .with_line_over(wire.connector())
}

/// The functions' environment variables.
fn variables(settings: &Settings, table: &str, queue_url: &str) -> BTreeMap<String, String> {
    let default_active = settings.default_active.to_string();
    let variables = [
        ("LINE_CHANNEL_ID", settings.channel_id.as_str()),
        ("LINE_CHANNEL_SECRET", &settings.channel_secret),
        ("INBOX_KEY", INBOX_KEY),
        ("LINE_BOT_HEADER", &settings.bot_header),
        ("LINE_API_URL", NOWHERE),
        ("LINE_DATA_API_URL", NOWHERE),
        ("LINE_DEFAULT_ACTIVE", &default_active),
        ("TABLE_NAME", table),
        ("EVENT_QUEUE_URL", queue_url),
    ];
    variables
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
}

/// Else all harnesses of a test process would share one.
fn own_retries() -> RetryPartition {
    let bucket = TokenBucket::builder().build();
    RetryPartition::custom("kit").token_bucket(bucket).build()
}

/// Chance that is the same in every run.
fn repeatable() -> Random {
    let chance = std::sync::Mutex::new(Rng::with_seed(1));
    Random::from_fn(move |bytes| lock(&chance).fill(bytes))
}
