//! Wiring.

use std::process::ExitCode;

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use shared::env::{ConfigError, Env};
use shared::ground::Ground;
use shared::start;
use usage::{App, Config, handle};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let env = Env::process();
    start::logs(&env);
    let app = match app(&env) {
        Ok(app) => app,
        Err(error) => return start::refuse(&error),
    };
    let app = &app;
    let handler = |event: LambdaEvent<Value>| async move {
        let answer = handle(app, event.payload).await;
        answer.map_err(lambda_runtime::Error::from)
    };
    start::ended(lambda_runtime::run(service_fn(handler)).await)
}

fn app(env: &Env) -> Result<App, ConfigError> {
    Ok(App::new(Config::read(env)?, &Ground::from_env(env)?))
}
