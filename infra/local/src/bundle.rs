//! The bundle's functions, in this process: each with the configuration that it
//! would have in AWS, read by its own code, and the real SDK clients.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use shared::aws::{Aws, Patience, tokio_sleep};
use shared::connector::connector;
use shared::domain::Timestamp;
use shared::env::{ConfigError, Env};
use shared::limits::counted_in;
use shared::line::LineClient;
use shared::line::attach::{AttachClient, Credentials};
use shared::line::http::Http;
use shared::module::Module;
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::{ChannelSecret, SecretPlace};
use shared::store::Store;

use crate::function::Function;
use crate::template::FunctionDefinition;

/// LINE is on this machine: an answer that takes longer is none.
const LINE_PATIENCE: Duration = Duration::from_secs(3);

/// The functions' variables, by name.
pub type Variables = BTreeMap<String, String>;

/// Why the bundle cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A function refuses its configuration.
    #[error("{function} refuses to start: {source}")]
    Config {
        /// The function.
        function: String,
        /// What it says.
        source: ConfigError,
    },
    /// The template has a function that the local stack cannot run.
    #[error("the template has the function {0}, which the local stack does not know")]
    Unknown(String),
}

impl BundleError {
    pub(crate) fn worker(source: ConfigError) -> Self {
        Self::Config {
            function: "WorkerFunction".into(),
            source,
        }
    }
}

/// The functions that the template defines, by their logical names; the worker runs
/// `module`. They go by `clock`, and so do their deadlines.
///
/// # Errors
/// [`BundleError`].
pub fn functions<M: Module + Clone>(
    definitions: &[FunctionDefinition],
    variables: &Variables,
    clock: &SharedTimeSource,
    module: &M,
) -> Result<HashMap<String, Function>, BundleError> {
    let function = |definition: &FunctionDefinition| {
        let name = definition.logical_name.clone();
        let made = match name.as_str() {
            "AttachFunction" => attach(variables, definition.timeout, clock),
            "ReconcilerFunction" => reconciler(variables, definition.timeout, clock),
            "TimerFunction" => timer(variables, definition.timeout, clock),
            "WebhookFunction" => webhook(variables, definition.timeout, clock),
            "WorkerFunction" => worker(variables, definition.timeout, clock, module.clone()),
            _ => return Err(BundleError::Unknown(name)),
        };
        let made = made.map_err(|source| BundleError::Config {
            function: name.clone(),
            source,
        })?;
        Ok((name, made.with_clock(clock.clone())))
    };
    definitions.iter().map(function).collect()
}

fn webhook(
    variables: &Variables,
    timeout: Duration,
    clock: &SharedTimeSource,
) -> Result<Function, ConfigError> {
    let config = webhook::Config::read(&Env::from_map(variables.clone()))?;
    let app = webhook::App {
        secret: secret(config.secret, clock),
        queue: Queue::new(
            Aws::emulated().sqs(config.sqs_endpoint, Patience::WEBHOOK),
            config.queue_url,
        ),
        clock: clock.clone(),
        sleep: tokio_sleep(),
    };
    Ok(Function::typed(
        "webhook",
        timeout,
        move |event: LambdaEvent<_>| {
            let app = app.clone();
            async move { Ok::<_, Infallible>(webhook::handle(&app, event.payload).await) }
        },
    ))
}

fn attach(
    variables: &Variables,
    timeout: Duration,
    clock: &SharedTimeSource,
) -> Result<Function, ConfigError> {
    let config = attach::Config::read(&Env::from_map(variables.clone()))?;
    let secret = secret(config.secret, clock);
    let id = config.channel.id.clone();
    let app = attach::App {
        offer: config.offer,
        attach: AttachClient::new(
            http(clock),
            config.manager_url,
            id,
            secret.clone(),
            Credentials::Basic,
        ),
        line: LineClient::new(http(clock), config.channel, secret),
        store: Store::new(
            Aws::emulated().dynamodb(config.dynamodb_endpoint, Patience::WORKER),
            config.table,
        ),
        queue: Queue::new(
            Aws::emulated().sqs(config.sqs_endpoint, Patience::WORKER),
            config.queue_url,
        ),
        clock: clock.clone(),
        random: Random::system(),
    };
    Ok(Function::typed(
        "attach",
        timeout,
        move |event: LambdaEvent<_>| {
            let app = app.clone();
            async move { Ok::<_, Infallible>(attach::handle(&app, event.payload).await) }
        },
    ))
}

fn worker<M: Module + Clone>(
    variables: &Variables,
    timeout: Duration,
    clock: &SharedTimeSource,
    module: M,
) -> Result<Function, ConfigError> {
    let app = worker_app(variables, clock, module)?;
    Ok(Function::typed(
        "worker",
        timeout,
        move |event: LambdaEvent<_>| {
            let app = app.clone();
            let deadline = Timestamp(i64::try_from(event.context.deadline).unwrap_or(i64::MAX));
            async move { Ok::<_, Infallible>(worker::handle(&app, event.payload, deadline).await) }
        },
    ))
}

/// What the worker works with.
///
/// # Errors
/// What it refuses of its configuration.
pub fn worker_app<M>(
    variables: &Variables,
    clock: &SharedTimeSource,
    module: M,
) -> Result<worker::App<M>, ConfigError> {
    let config = worker::Config::read(&Env::from_map(variables.clone()))?;
    let aws = Aws::emulated();
    let store = Store::new(
        aws.dynamodb(config.dynamodb_endpoint, Patience::WORKER),
        config.table,
    );
    let line = LineClient::new(http(clock), config.channel, secret(config.secret, clock))
        .counted_by(counted_in(store.clone()));
    Ok(worker::App {
        module,
        store,
        queue: Queue::new(
            aws.sqs(config.sqs_endpoint, Patience::WORKER),
            config.queue_url,
        ),
        line,
        default_active: config.default_active,
        clock: clock.clone(),
        sleep: tokio_sleep(),
        random: Random::system(),
        ended_attempts: worker::EndedAttempts::default(),
    })
}

fn reconciler(
    variables: &Variables,
    timeout: Duration,
    clock: &SharedTimeSource,
) -> Result<Function, ConfigError> {
    let config = reconciler::Config::read(&Env::from_map(variables.clone()))?;
    let aws = Aws::emulated();
    let app = reconciler::App {
        store: Store::new(
            aws.dynamodb(config.dynamodb_endpoint, Patience::WORKER),
            config.table,
        ),
        queue: Queue::new(
            aws.sqs(config.sqs_endpoint, Patience::WORKER),
            config.queue_url,
        ),
        line: LineClient::new(http(clock), config.channel, secret(config.secret, clock)),
        clock: clock.clone(),
        sleep: tokio_sleep(),
        random: Random::system(),
    };
    Ok(Function::typed(
        "reconciler",
        timeout,
        move |event: LambdaEvent<Value>| {
            let app = app.clone();
            let deadline = Timestamp(i64::try_from(event.context.deadline).unwrap_or(i64::MAX));
            async move { reconciler::handle(&app, deadline).await }
        },
    ))
}

fn timer(
    variables: &Variables,
    timeout: Duration,
    clock: &SharedTimeSource,
) -> Result<Function, ConfigError> {
    let config = timer::Config::read(&Env::from_map(variables.clone()))?;
    let aws = Aws::emulated();
    let app = timer::App {
        store: Store::new(
            aws.dynamodb(config.dynamodb_endpoint, Patience::WORKER),
            config.table,
        ),
        queue: Queue::new(
            aws.sqs(config.sqs_endpoint, Patience::WORKER),
            config.queue_url,
        ),
        clock: clock.clone(),
        sleep: tokio_sleep(),
    };
    Ok(Function::typed(
        "timer",
        timeout,
        move |event: LambdaEvent<Value>| {
            let app = app.clone();
            let deadline = Timestamp(i64::try_from(event.context.deadline).unwrap_or(i64::MAX));
            async move { timer::handle(&app, deadline).await }
        },
    ))
}

fn http(clock: &SharedTimeSource) -> Http {
    let connector = connector(LINE_PATIENCE);
    Http::new(connector, clock.clone(), tokio_sleep(), LINE_PATIENCE)
}

fn secret(place: SecretPlace, clock: &SharedTimeSource) -> ChannelSecret {
    let client = || Aws::emulated().secrets_manager(Patience::WORKER);
    ChannelSecret::new(place, client, clock.clone())
}
