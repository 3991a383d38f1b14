//! Wiring.

use std::process::ExitCode;

use inbox::{App, Call, Config, handle};
use lambda_runtime::{LambdaEvent, service_fn};
use shared::env::{ConfigError, Env};
use shared::ground::Ground;
use shared::start;

// One thread: a Lambda handles one request at a time, and a scheduler of many
// threads only costs time.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let env = Env::process();
    start::logs(&env);
    let app = match app(&env) {
        Ok(app) => app,
        Err(error) => return start::refuse(&error),
    };
    // While Lambda still gives the start its extra time; if it fails, the first
    // call tries again.
    let _ = app.keys.get().await;
    let handler = |event: LambdaEvent<Call>| async {
        let answer = handle(&app, event.payload).await;
        answer.map_err(lambda_runtime::Error::from)
    };
    start::ended(lambda_runtime::run(service_fn(handler)).await)
}

fn app(env: &Env) -> Result<App, ConfigError> {
    Ok(App::new(Config::read(env)?, &Ground::from_env(env)?))
}
