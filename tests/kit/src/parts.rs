//! The functions over the wire: the real webhook, the real worker with any module, the real store.

use std::time::Duration;

use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use aws_sdk_dynamodb::config::retry::{RetryPartition, TokenBucket};
use aws_smithy_async::rt::sleep::SharedAsyncSleep;
use aws_smithy_async::time::SharedTimeSource;
use emulator::Settings;
use fastrand::Rng;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use shared::aws::{Aws, Patience};
use shared::domain::Timestamp;
use shared::env::Env;
use shared::line::http::Http;
use shared::line::{Channel, LineClient};
use shared::module::Module;
use shared::module::settings::Schema;
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::{ChannelSecret, SecretPlace};
use shared::store::{LedgerKey, Store};
use worker::{App, Shadow, ShadowError};

use crate::lock;
use crate::time::Time;
use crate::wire::{NOWHERE, Wire};

/// As the worker's own.
const LINES_LIMIT: Duration = Duration::from_secs(3);

/// What the functions are made of.
#[derive(Clone)]
pub(crate) struct Parts {
    pub(crate) store: Store,
    queue: Queue,
    secret: ChannelSecret,
    channel: Channel,
    default_active: bool,
    time: Time,
    wire: Wire,
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

    /// What each account may set of the module.
    fn settings(&self) -> &Schema;
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

    fn settings(&self) -> &Schema {
        self.module.settings()
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
        let url = format!("{NOWHERE}/000000000000/{queue}");
        Self {
            store: Store::new(dynamodb(time, wire), table.to_owned()),
            queue: Queue::new(sqs(time, wire), url),
            secret: secret(settings, time),
            channel: channel(settings),
            default_active: settings.default_active,
            time: time.clone(),
            wire: wire.clone(),
        }
    }

    /// A worker's process with this module.
    pub(crate) fn worker<M: Module>(&self, module: M) -> Box<dyn Worker> {
        let http = Http::new(
            self.wire.connector(),
            self.clock(),
            self.sleep(),
            LINES_LIMIT,
        );
        Box::new(App {
            module,
            store: self.store.clone(),
            queue: self.queue.clone(),
            line: LineClient::new(http, self.channel.clone(), self.secret.clone()),
            default_active: self.default_active,
            clock: self.clock(),
            sleep: self.sleep(),
            random: repeatable(),
            ended_attempts: worker::EndedAttempts::default(),
        })
    }

    /// The webhook function.
    pub(crate) fn webhook(&self) -> webhook::App {
        webhook::App {
            secret: self.secret.clone(),
            queue: self.queue.clone(),
            clock: self.clock(),
            sleep: self.sleep(),
        }
    }

    /// The timer function.
    pub(crate) fn timer(&self) -> timer::App {
        timer::App {
            store: self.store.clone(),
            queue: self.queue.clone(),
            clock: self.clock(),
            sleep: self.sleep(),
        }
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
        SharedTimeSource::new(self.time.clone())
    }

    fn sleep(&self) -> SharedAsyncSleep {
        SharedAsyncSleep::new(self.time.clone())
    }
}

fn dynamodb(time: &Time, wire: &Wire) -> aws_sdk_dynamodb::Client {
    let aws = Aws::emulated().with_http(wire.client());
    let client = aws.dynamodb(Some(NOWHERE.into()), Patience::WORKER);
    let config = client.config().to_builder();
    let config = config
        .sleep_impl(time.clone())
        .time_source(time.clone())
        .retry_partition(own_retries());
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

fn sqs(time: &Time, wire: &Wire) -> aws_sdk_sqs::Client {
    let aws = Aws::emulated().with_http(wire.client());
    let client = aws.sqs(Some(NOWHERE.into()), Patience::WORKER);
    let config = client.config().to_builder();
    let config = config
        .sleep_impl(time.clone())
        .time_source(time.clone())
        .retry_partition(own_retries());
    aws_sdk_sqs::Client::from_conf(config.build())
}

/// Else all harnesses of a test process would share one.
fn own_retries() -> RetryPartition {
    let bucket = TokenBucket::builder().build();
    RetryPartition::custom("kit").token_bucket(bucket).build()
}

fn channel(settings: &Settings) -> Channel {
    Channel {
        id: settings.channel_id.clone(),
        bot_header: settings.bot_header.parse().expect("a header's name"),
        api_url: NOWHERE.into(),
        data_api_url: NOWHERE.into(),
    }
}

fn secret(settings: &Settings, time: &Time) -> ChannelSecret {
    let env = [(
        "LINE_CHANNEL_SECRET".to_owned(),
        settings.channel_secret.clone(),
    )];
    let place = SecretPlace::from_env(&Env::from_map(env.into())).expect("the secret");
    let clock = SharedTimeSource::new(time.clone());
    ChannelSecret::new(place, || unreachable!("it is known"), clock)
}

/// Chance that is the same in every run.
fn repeatable() -> Random {
    let chance = std::sync::Mutex::new(Rng::with_seed(1));
    Random::from_fn(move |bytes| lock(&chance).fill(bytes))
}
