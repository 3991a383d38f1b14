//! Wiring.

use std::process::ExitCode;

use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use shared::aws::{Aws, Patience, tokio_sleep};
use shared::env::{ConfigError, Env};
use shared::queue::Queue;
use shared::start;
use shared::store::Store;
use timer::{App, Config, TIME, handle};

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
        let deadline = start::deadline(event.context.deadline, app.clock.now().into(), TIME);
        let done = handle(app, deadline).await;
        done.map_err(lambda_runtime::Error::from)
    };
    start::ended(lambda_runtime::run(service_fn(handler)).await)
}

fn app(env: &Env) -> Result<App, ConfigError> {
    let config = Config::read(env)?;
    let aws = Aws::from_env(env)?;
    Ok(App {
        store: Store::new(
            aws.dynamodb(config.dynamodb_endpoint, Patience::WORKER),
            config.table,
        ),
        queue: Queue::new(
            aws.sqs(config.sqs_endpoint, Patience::WORKER),
            config.queue_url,
        ),
        clock: SharedTimeSource::default(),
        sleep: tokio_sleep(),
    })
}
