//! Wiring.

use std::process::ExitCode;
use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::{LambdaEvent, service_fn};
use reconciler::{App, Config, handle};
use serde_json::Value;
use shared::aws::{Aws, Patience, tokio_sleep};
use shared::connector::connector;
use shared::env::{ConfigError, Env};
use shared::line::LineClient;
use shared::line::http::Http;
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::ChannelSecret;
use shared::start;
use shared::store::Store;

/// What template.yaml gives it for a run, for where nobody tells the deadline.
const TIME: Duration = Duration::from_secs(900);

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
        let walk = handle(app, deadline).await;
        walk.map_err(lambda_runtime::Error::from)
    };
    start::ended(lambda_runtime::run(service_fn(handler)).await)
}

fn app(env: &Env) -> Result<App, ConfigError> {
    let config = Config::read(env)?;
    let aws = Aws::from_env(env)?;
    let clock = SharedTimeSource::default();
    let secret = ChannelSecret::new(
        config.secret,
        || aws.secrets_manager(Patience::WORKER),
        clock.clone(),
    );
    let connector = connector(Duration::from_secs(1));
    let http = Http::new(
        connector,
        clock.clone(),
        tokio_sleep(),
        Duration::from_secs(10),
    );
    Ok(App {
        store: Store::new(
            aws.dynamodb(config.dynamodb_endpoint, Patience::WORKER),
            config.table,
        ),
        queue: Queue::new(
            aws.sqs(config.sqs_endpoint, Patience::WORKER),
            config.queue_url,
        ),
        line: LineClient::new(http, config.channel, secret),
        clock,
        sleep: tokio_sleep(),
        random: Random::system(),
    })
}
