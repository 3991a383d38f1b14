//! The functions in a process of their own, which is killed without a word.

use std::process::Stdio;
use std::time::Duration;

use local::bundle::{self, Variables};
use local::stack::template;
use shared::ground::Ground;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child as Process, Command};

use crate::live::module::Repeats;

/// How long it may take to be there.
const STARTING: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Child {
    process: Process,
    port: u16,
    variables: String,
    /// Where its functions are invoked.
    pub(crate) endpoint: String,
}

impl Child {
    pub(crate) async fn start(variables: &Variables) -> Result<Self, String> {
        let variables = serde_json::to_string(variables).map_err(|e| e.to_string())?;
        let (process, port) = start(&variables, 0).await?;
        let endpoint = format!("http://127.0.0.1:{port}");
        Ok(Self {
            process,
            port,
            variables,
            endpoint,
        })
    }

    /// SIGKILL, and another one at the same place.
    pub(crate) async fn kill_and_start_again(&mut self) -> Result<(), String> {
        self.process.kill().await.map_err(|e| e.to_string())?;
        (self.process, _) = start(&self.variables, self.port).await?;
        Ok(())
    }
}

async fn start(variables: &str, port: u16) -> Result<(Process, u16), String> {
    let program = std::env::current_exe().map_err(|e| e.to_string())?;
    let mut process = Command::new(program)
        .args(["--functions", variables, "--port", &port.to_string()])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| e.to_string())?;
    let output = process.stdout.take().ok_or("the child has no output")?;
    let mut lines = BufReader::new(output).lines();
    let read = tokio::time::timeout(STARTING, lines.next_line())
        .await
        .map_err(|_| "the child does not start")?;
    let line = read.ok().flatten().ok_or("the child has ended")?;
    let port = line
        .parse()
        .map_err(|_| format!("the child says {line:?}"))?;
    Ok((process, port))
}

/// What the child does: serves the functions for a stack in another process, and
/// says where.
///
/// # Errors
/// One sentence.
pub(crate) async fn serve(variables: &str, port: u16) -> Result<(), String> {
    let variables: Variables = serde_json::from_str(variables).map_err(|e| e.to_string())?;
    let template = template().map_err(|e| e.to_string())?;
    let definitions = template.functions().map_err(|e| e.to_string())?;
    let ground = Ground::emulated()
        .with_dynamodb_at(&variables["AWS_ENDPOINT_URL_DYNAMODB"])
        .with_sqs_at(&variables["AWS_ENDPOINT_URL_SQS"]);
    let functions = bundle::functions(&definitions, &variables, &ground, &Repeats)
        .map_err(|e| e.to_string())?;
    let listener = TcpListener::bind(("127.0.0.1", port))
        .await
        .map_err(|e| e.to_string())?;
    let port = listener.local_addr().map_err(|e| e.to_string())?.port();
    println!("{port}");
    let served = local::invoke_api::serve(listener, functions.into_values());
    served.await.map_err(|e| e.to_string())
}

/// A function's own name, by its logical one: `worker` of `WorkerFunction`.
pub(crate) fn name(logical: &str) -> String {
    logical.trim_end_matches("Function").to_lowercase()
}
