//! Wiring. The crate `module` is the one that the root Cargo.toml names so.

use std::process::ExitCode;

use console::{App, Config, handle};
use lambda_runtime::{LambdaEvent, service_fn};
use line_module::{Router, without_faults};
use shared::env::{ConfigError, Env};
use shared::gateway::Request;
use shared::ground::Ground;
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

fn app(env: &Env) -> Result<App<Router>, ConfigError> {
    let config = Config::read(env)?;
    let module = without_faults(module::module())?;
    Ok(App::new(config, module, &Ground::from_env(env)?))
}
