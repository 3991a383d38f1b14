//! Wiring.

use std::process::ExitCode;
use std::time::Duration;

use attach::{App, Config, handle};
use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::{LambdaEvent, service_fn};
use shared::aws::{Aws, Patience, tokio_sleep};
use shared::connector::connector;
use shared::env::{ConfigError, Env};
use shared::gateway::Request;
use shared::line::LineClient;
use shared::line::attach::{AttachClient, Credentials};
use shared::line::http::Http;
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::ChannelSecret;
use shared::start;
use shared::store::Store;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let env = Env::process();
    start::logs(&env);
    let app = match app(&env) {
        Ok(app) => app,
        Err(error) => return start::refuse(&error),
    };
    let app = &app;
    let handler = |event: LambdaEvent<Request>| async move {
        Ok::<_, std::convert::Infallible>(handle(app, event.payload).await)
    };
    start::ended(lambda_runtime::run(service_fn(handler)).await)
}

fn app(env: &Env) -> Result<App, ConfigError> {
    let Config {
        channel,
        secret,
        manager_url,
        offer,
        table,
        queue_url,
        dynamodb_endpoint,
        sqs_endpoint,
    } = Config::read(env)?;
    let aws = Aws::from_env(env)?;
    let clock = SharedTimeSource::default();
    let secret = ChannelSecret::new(
        secret,
        || aws.secrets_manager(Patience::WORKER),
        clock.clone(),
    );
    let connector = connector(Duration::from_secs(1));
    let http = Http::new(
        connector,
        clock.clone(),
        tokio_sleep(),
        Duration::from_secs(4),
    );
    let id = channel.id.clone();
    Ok(App {
        offer,
        attach: AttachClient::new(
            http.clone(),
            manager_url,
            id,
            secret.clone(),
            Credentials::Basic,
        ),
        line: LineClient::new(http, channel, secret),
        store: Store::new(aws.dynamodb(dynamodb_endpoint, Patience::WORKER), table),
        queue: Queue::new(aws.sqs(sqs_endpoint, Patience::WORKER), queue_url),
        clock,
        random: Random::system(),
    })
}
