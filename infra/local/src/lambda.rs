//! The functions as real Lambda processes, under `cargo lambda watch`, which rebuilds them when their code changes.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use futures::future::try_join_all;
use tracing::level_filters::LevelFilter;

use crate::bundle::Variables;
use crate::function::Function;
use crate::process::Program;
use template_file::{FunctionDefinition, REGION};

const PROGRAM: &str = "cargo-lambda";

/// How long the functions may take to start, once they are built: each waits for whoever else is building here.
const STARTING: Duration = Duration::from_secs(180);
/// How often is looked whether the Invoke call is there.
const LOOK: Duration = Duration::from_millis(50);

/// A running `cargo lambda watch`. It ends with its functions when it is dropped.
#[derive(Debug)]
pub struct Lambda {
    program: Program,
    endpoint: String,
    log: Option<PathBuf>,
}

/// Why the functions do not run as processes.
#[derive(Debug, thiserror::Error)]
pub enum LambdaError {
    /// There is no cargo-lambda.
    #[error(
        "cargo-lambda is not installed, or not on PATH: `pip install cargo-lambda` installs it"
    )]
    NotInstalled,
    /// Cargo has said why.
    #[error("the functions do not build")]
    Build,
    /// A program or file could not be used.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// It is over before it began.
    #[error("cargo lambda watch has ended by itself; {said}")]
    Ended {
        /// Where it says why.
        said: String,
    },
    /// A function does not start.
    #[error("the function {function} does not start; {said}")]
    NotStarted {
        /// Its name.
        function: String,
        /// Where it says why.
        said: String,
    },
}

impl Lambda {
    /// Builds the functions, starts them all, and returns when each is there.
    ///
    /// # Errors
    /// [`LambdaError`], in one sentence.
    pub async fn start(
        definitions: &[FunctionDefinition],
        variables: &Variables,
    ) -> Result<Self, LambdaError> {
        find_program().await?;
        let names: Vec<_> = definitions.iter().map(binary).collect();
        build(&names).await?;
        let port = free_port().map_err(io_error("a free port"))?;
        let (out, err, log) = output()?;
        let mut command = watch(port, variables);
        let program = Program::start(command.stdout(out).stderr(err)).map_err(io_error(PROGRAM))?;
        let mut lambda = Self {
            program,
            endpoint: format!("http://127.0.0.1:{port}"),
            log,
        };
        lambda.all_started(&names).await?;
        Ok(lambda)
    }

    /// The functions, by their logical names.
    pub fn functions(&self, definitions: &[FunctionDefinition]) -> HashMap<String, Function> {
        let function = |definition: &FunctionDefinition| {
            let name = binary(definition);
            let invoked = Function::invoked(&self.endpoint, name, definition.timeout);
            (definition.logical_name.clone(), invoked)
        };
        definitions.iter().map(function).collect()
    }

    async fn all_started(&mut self, names: &[&str]) -> Result<(), LambdaError> {
        let said = self.said();
        let starting = try_join_all(
            names
                .iter()
                .map(|name| started(&self.endpoint, name, &said)),
        );
        tokio::select! {
            started = starting => started.map(drop),
            _ = self.program.end() => Err(LambdaError::Ended { said: said.clone() }),
        }
    }

    fn said(&self) -> String {
        match &self.log {
            Some(log) => format!("{} says why", log.display()),
            None => "it has said why above".to_owned(),
        }
    }
}

/// A function's package and binary have the name of its folder.
fn binary(definition: &FunctionDefinition) -> &str {
    let folder = Path::new(&definition.code_uri).file_name();
    folder.and_then(|name| name.to_str()).unwrap_or_default()
}

async fn find_program() -> Result<(), LambdaError> {
    let mut command = Command::new(PROGRAM);
    command.args(["lambda", "--version"]);
    let mut program = Program::start(quiet(&mut command)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => LambdaError::NotInstalled,
        _ => io_error(PROGRAM)(error),
    })?;
    program.end().await.map(drop).map_err(io_error(PROGRAM))
}

/// Before `cargo lambda watch` does it, which would go on waiting where the code has a mistake. It is the same build:
/// of binaries of the whole workspace, without a package being named.
async fn build(names: &[&str]) -> Result<(), LambdaError> {
    eprintln!("Building the functions; the first time this takes minutes.");
    let mut command = cargo("cargo");
    command
        .arg("build")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    for name in names {
        command.args(["--bin", name]);
    }
    let mut program = Program::start(&mut command).map_err(io_error("cargo"))?;
    let status = program.end().await.map_err(io_error("cargo"))?;
    if status.success() {
        Ok(())
    } else {
        Err(LambdaError::Build)
    }
}

/// `cargo lambda watch`. The functions' variables go through cargo's own configuration: a variable set there by
/// force comes before those in CargoLambda.toml, which are for a watch without this stack.
fn watch(port: u16, variables: &Variables) -> Command {
    let mut command = cargo(PROGRAM);
    command
        .args(["lambda", "watch", "--disable-cors"])
        .args(["--invoke-address", "127.0.0.1"])
        .args(["--invoke-port", &port.to_string()])
        .stdin(Stdio::null());
    let level = LevelFilter::current().max(LevelFilter::INFO).to_string();
    let of_lambda = [
        ("AWS_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", "emulated"),
        ("AWS_SECRET_ACCESS_KEY", "emulated"),
        ("LOG_LEVEL", &level),
    ];
    let variables = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in variables.chain(of_lambda) {
        let value = serde_json::Value::from(value); // a JSON string is a TOML string, too
        command.args(["--config", &format!("env.{name}.value={value}")]);
        command.args(["--config", &format!("env.{name}.force=true")]);
    }
    command
}

/// A program in the workspace. The variables that `cargo run` has set for this one are not passed on: some crates are
/// built again where they differ.
fn cargo(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        let about_us = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ];
        let text = name.to_string_lossy();
        if about_us.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    command
}

fn quiet(command: &mut Command) -> &mut Command {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}

/// Where it and the functions log: on standard error from `LOG_LEVEL=info` up, else in a file.
fn output() -> Result<(Stdio, Stdio, Option<PathBuf>), LambdaError> {
    if LevelFilter::current() >= LevelFilter::INFO {
        return Ok((io::stderr().into(), io::stderr().into(), None));
    }
    let path = root().join("target/cargo-lambda.log");
    let file = log_file(&path).map_err(io_error(&path.display().to_string()))?;
    let again = file
        .try_clone()
        .map_err(io_error(&path.display().to_string()))?;
    Ok((file.into(), again.into(), Some(path)))
}

/// Truncated at the start; appended to, so that two stacks do not write over each other's lines.
fn log_file(path: &Path) -> io::Result<File> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    File::create(path)?;
    OpenOptions::new().append(true).open(path)
}

fn free_port() -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?.port())
}

/// A function is started by its first call, and answers it when it is there. This one is no JSON, so that the Lambda
/// runtime refuses it, and no function does anything.
async fn started(endpoint: &str, name: &str, said: &str) -> Result<(), LambdaError> {
    let client = reqwest::Client::new();
    let url = crate::function::invoke_url(endpoint, name);
    let answered = async {
        while client.post(&url).body("start").send().await.is_err() {
            tokio::time::sleep(LOOK).await;
        }
    };
    let late = |_| LambdaError::NotStarted {
        function: name.to_owned(),
        said: said.to_owned(),
    };
    tokio::time::timeout(STARTING, answered).await.map_err(late)
}

fn io_error(what: &str) -> impl FnOnce(io::Error) -> LambdaError {
    let what = what.to_owned();
    move |source| LambdaError::Io { what, source }
}

/// The working copy that this was built from.
fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().unwrap_or(root)
}
