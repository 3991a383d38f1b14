//! Wiring.

use std::process::ExitCode;

use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::{LambdaEvent, service_fn};
use shared::aws::{Aws, Patience, tokio_sleep};
use shared::env::{ConfigError, Env};
use shared::gateway::Request;
use shared::queue::Queue;
use shared::secret::ChannelSecret;
use shared::start;
use webhook::{App, Config, handle};

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
    // request tries again.
    let _ = app.secret.get().await;
    let handler = |event: LambdaEvent<Request>| async {
        Ok::<_, std::convert::Infallible>(handle(&app, event.payload).await)
    };
    start::ended(lambda_runtime::run(service_fn(handler)).await)
}

fn app(env: &Env) -> Result<App, ConfigError> {
    let config = Config::read(env)?;
    let aws = Aws::from_env(env)?;
    let clock = SharedTimeSource::default();
    let secret = ChannelSecret::new(
        config.secret,
        || aws.secrets_manager(Patience::WEBHOOK),
        clock.clone(),
    );
    let queue = Queue::new(
        aws.sqs(config.sqs_endpoint, Patience::WEBHOOK),
        config.queue_url,
    );
    Ok(App {
        secret,
        queue,
        clock,
        sleep: tokio_sleep(),
    })
}
