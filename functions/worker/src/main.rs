//! Wiring. The crate `module` is the one that the root Cargo.toml names so.

use std::process::ExitCode;
use std::time::Duration;

use aws_lambda_events::sqs::SqsEvent;
use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::{LambdaEvent, service_fn};
use shared::aws::{Aws, Patience, tokio_sleep};
use shared::connector::connector;
use shared::env::{ConfigError, Env};
use shared::limits::counted_in;
use shared::line::LineClient;
use shared::line::http::Http;
use shared::module::Router;
use shared::queue::Queue;
use shared::random::Random;
use shared::secret::ChannelSecret;
use shared::start;
use shared::store::Store;
use worker::{App, Config, EndedAttempts, handle};

/// What template.yaml gives it for a batch, for where nobody tells the deadline.
const TIME: Duration = Duration::from_secs(8);

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let env = Env::process();
    start::logs(&env);
    let app = match app(&env) {
        Ok(app) => app,
        Err(error) => return start::refuse(&error),
    };
    let app = &app;
    let handler = |event: LambdaEvent<SqsEvent>| async move {
        let deadline = start::deadline(event.context.deadline, app.clock.now().into(), TIME);
        // Boxed: one future for all of a batch's is more than the runtime's own can hold.
        Ok::<_, std::convert::Infallible>(Box::pin(handle(app, event.payload, deadline)).await)
    };
    start::ended(lambda_runtime::run(service_fn(handler)).await)
}

fn app(env: &Env) -> Result<App<Router>, ConfigError> {
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
        Duration::from_secs(3),
    );
    let store = Store::new(
        aws.dynamodb(config.dynamodb_endpoint, Patience::WORKER),
        config.table,
    );
    let line = LineClient::new(http, config.channel, secret).counted_by(counted_in(store.clone()));
    Ok(App {
        module: module::module(),
        store,
        queue: Queue::new(
            aws.sqs(config.sqs_endpoint, Patience::WORKER),
            config.queue_url,
        ),
        line,
        default_active: config.default_active,
        clock,
        sleep: tokio_sleep(),
        random: Random::system(),
        ended_attempts: EndedAttempts::default(),
    })
}
