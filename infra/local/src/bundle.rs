//! The bundle's functions, in this process: each with the configuration that it
//! would have in AWS, read by its own code, and the real SDK clients.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use lambda_runtime::LambdaEvent;
use line_module::{Module, without_faults};
use serde_json::Value;
use shared::domain::Timestamp;
use shared::env::{ConfigError, Env};
use shared::ground::Ground;

use crate::function::Function;
use template_file::FunctionDefinition;

/// The functions' variables, by name.
pub type Variables = BTreeMap<String, String>;

/// Why the bundle cannot be put together.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A function refuses its configuration.
    #[error("{function} refuses to start: {source}")]
    Config {
        function: String,
        /// What it says.
        source: ConfigError,
    },
    /// The template has a function that the local stack cannot run.
    #[error("the template has the function {0}, which the local stack does not know")]
    Unknown(String),
}

/// The functions that the template defines, by their logical names; the worker runs
/// `module`. They go by the ground's clock, and so do their deadlines.
///
/// # Errors
/// [`BundleError`].
pub fn functions<M: Module + Clone>(
    definitions: &[FunctionDefinition],
    variables: &Variables,
    ground: &Ground,
    module: &M,
) -> Result<HashMap<String, Function>, BundleError> {
    let env = Env::from_map(variables.clone());
    let function = |definition: &FunctionDefinition| {
        let name = definition.logical_name.clone();
        let made =
            function(definition, &env, ground, module).map_err(|source| BundleError::Config {
                function: name.clone(),
                source,
            })?;
        let made = made.ok_or_else(|| BundleError::Unknown(name.clone()))?;
        Ok((name, made.with_clock(ground.clock.clone())))
    };
    definitions.iter().map(function).collect()
}

/// A function over its `App`: what it does with an event, and with Lambda's deadline.
macro_rules! over {
    ($name:literal, $definition:ident, $app:expr, |$with:ident, $event:ident $(: $type:ty)?, $deadline:ident| $handle:expr) => {{
        let app = $app;
        let run = move |event: LambdaEvent<_>| {
            let $with = app.clone();
            let $deadline = Timestamp(i64::try_from(event.context.deadline).unwrap_or(i64::MAX));
            async move {
                let $event $(: $type)? = event.payload;
                $handle
            }
        };
        Function::typed($name, $definition.timeout, run)
    }};
}

/// Every function of the bundle, by its logical name in template.yaml: a line for each.
fn function<M: Module + Clone>(
    definition: &FunctionDefinition,
    env: &Env,
    ground: &Ground,
    module: &M,
) -> Result<Option<Function>, ConfigError> {
    let module = || module.clone();
    Ok(Some(match definition.logical_name.as_str() {
        "AttachFunction" => over!(
            "attach",
            definition,
            attach::App::new(attach::Config::read(env)?, module().about().clone(), ground),
            |app, request, _deadline| Ok::<_, Infallible>(attach::handle(&app, request).await)
        ),
        "ConsoleFunction" => over!(
            "console",
            definition,
            console::App::new(
                console::Config::read(env)?,
                without_faults(module())?,
                ground
            ),
            |app, request, _deadline| Ok::<_, Infallible>(console::handle(&app, request).await)
        ),
        "InboxFunction" => over!(
            "inbox",
            definition,
            inbox::App::new(inbox::Config::read(env)?, ground),
            |app, call, _deadline| inbox::handle(&app, call).await
        ),
        "ReconcilerFunction" => over!(
            "reconciler",
            definition,
            reconciler::App::new(reconciler::Config::read(env)?, ground),
            |app, _event: Value, deadline| reconciler::handle(&app, deadline).await
        ),
        "TimerFunction" => over!(
            "timer",
            definition,
            timer::App::new(timer::Config::read(env)?, ground),
            |app, _event: Value, deadline| timer::handle(&app, deadline).await
        ),
        "UsageFunction" => over!(
            "usage",
            definition,
            usage::App::new(usage::Config::read(env)?, ground),
            |app, batch: Value, _deadline| usage::handle(&app, batch).await
        ),
        "WebhookFunction" => over!(
            "webhook",
            definition,
            webhook::App::new(webhook::Config::read(env)?, ground),
            |app, request, _deadline| Ok::<_, Infallible>(webhook::handle(&app, request).await)
        ),
        "WorkerFunction" => over!(
            "worker",
            definition,
            worker::App::new(
                worker::Config::read(env)?,
                without_faults(module())?,
                ground
            ),
            |app, call, deadline| Ok::<_, Infallible>(worker::answer(&app, call, deadline).await)
        ),
        _ => return Ok(None),
    }))
}

/// What the worker works with.
///
/// # Errors
/// What it refuses of its configuration.
pub fn worker_app<M>(
    variables: &Variables,
    ground: &Ground,
    module: M,
) -> Result<worker::App<M>, BundleError> {
    let config = worker::Config::read(&Env::from_map(variables.clone())).map_err(|source| {
        BundleError::Config {
            function: "WorkerFunction".into(),
            source,
        }
    })?;
    Ok(worker::App::new(config, module, ground))
}
