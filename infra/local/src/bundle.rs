//! The bundle's functions, in this process: each with the configuration that it
//! would have in AWS, read by its own code, and the real SDK clients.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::LambdaEvent;
use serde_json::Value;
use shared::aws::Aws;
use shared::domain::Timestamp;
use shared::env::{ConfigError, Env};
use shared::module::Module;

use crate::function::Function;
use crate::template::FunctionDefinition;

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
    let config = webhook::Config::read(&env(variables))?;
    let app = webhook::App::new(config, &Aws::emulated(), clock.clone());
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
    let config = attach::Config::read(&env(variables))?;
    let app = attach::App::new(config, &Aws::emulated(), clock.clone());
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
    let config = worker::Config::read(&env(variables))?;
    let aws = Aws::emulated();
    Ok(worker::App::new(config, &aws, clock.clone(), module))
}

fn reconciler(
    variables: &Variables,
    timeout: Duration,
    clock: &SharedTimeSource,
) -> Result<Function, ConfigError> {
    let config = reconciler::Config::read(&env(variables))?;
    let app = reconciler::App::new(config, &Aws::emulated(), clock.clone());
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
    let config = timer::Config::read(&env(variables))?;
    let app = timer::App::new(config, &Aws::emulated(), clock.clone());
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

fn env(variables: &Variables) -> Env {
    Env::from_map(variables.clone())
}
