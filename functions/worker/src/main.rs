//! Wiring. The crate `module` is the one that the root Cargo.toml names so.

use std::process::ExitCode;

use lambda_runtime::{LambdaEvent, service_fn};
use line_module::{Router, without_faults};
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
        // Boxed: one future for all of a batch's is more than the runtime's own can hold.
        Ok::<_, std::convert::Infallible>(Box::pin(answer(app, event.payload, deadline)).await)
    };
    start::ended(lambda_runtime::run(service_fn(handler)).await)
}

fn app(env: &Env) -> Result<App<Router>, ConfigError> {
    let config = Config::read(env)?;
    let module = without_faults(module::module())?;
    Ok(App::new(config, module, &Ground::from_env(env)?))
}
