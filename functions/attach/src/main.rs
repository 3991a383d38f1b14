//! Wiring.

use std::process::ExitCode;

use attach::{App, Config, handle};
use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::{LambdaEvent, service_fn};
use shared::aws::Aws;
use shared::env::{ConfigError, Env};
use shared::gateway::Request;
use shared::start;

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
    let (config, aws) = (Config::read(env)?, Aws::from_env(env)?);
    Ok(App::new(config, &aws, SharedTimeSource::default()))
}
