//! The worker of a bad release: its module sets each message aside.

use std::process::ExitCode;

use lambda_runtime::{LambdaEvent, service_fn};
use line_module::{Active, Context, Event, Handled, ModuleError, Router, Routes, without_faults};
use shared::env::{ConfigError, Env};
use shared::ground::Ground;
use shared::start;
use worker::{App, Call, Config, TIMEOUT, answer};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let env = Env::process();
    start::logs(&env);
    let app = match app(&env) {
        Ok(app) => app,
        Err(error) => return start::refuse(&error),
    };
    let app = &app;
    let handler = |event: LambdaEvent<Call>| async move {
        let deadline = start::deadline(event.context.deadline, app.clock.now().into(), TIMEOUT);
        Ok::<_, std::convert::Infallible>(Box::pin(answer(app, event.payload, deadline)).await)
    };
    start::ended(lambda_runtime::run(service_fn(handler)).await)
}

fn app(env: &Env) -> Result<App<Router>, ConfigError> {
    let module = Router::new().active(Routes::new().message(set_aside));
    let (config, module) = (Config::read(env)?, without_faults(module)?);
    Ok(App::new(config, module, &Ground::from_env(env)?))
}

async fn set_aside(_: &mut Context<'_, Active>, _: &Event) -> Handled {
    Err(ModuleError::Park("this release is a bad one".into()))
}
