//! The operator's command line, against the stack.

use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::deploy::STACK;
use crate::error::{Failed, because};
use crate::world::World;

/// What `modctl` has said, and its exit code.
struct Said {
    text: String,
    code: Option<i32>,
}

impl World {
    /// Runs `modctl` against the stack; gives what it prints.
    ///
    /// # Errors
    /// It does not end with exit code 0, or cannot be run.
    pub(crate) async fn modctl(&self, arguments: &[&str]) -> Result<String, Failed> {
        self.modctl_with_input(arguments, "").await
    }

    /// The same, with an input.
    pub(crate) async fn modctl_with_input(
        &self,
        arguments: &[&str],
        input: &str,
    ) -> Result<String, Failed> {
        let Said { text, code } = self.run_modctl(arguments, input).await?;
        match code {
            Some(0) => Ok(text),
            _ => Err(Failed(format!(
                "modctl {}: {code:?} {text}",
                arguments.join(" ")
            ))),
        }
    }

    /// What `modctl doctor` finds, whether something is wrong or not.
    pub(crate) async fn doctor(&self) -> Result<String, Failed> {
        let said = self.run_modctl(&["doctor"], "").await?;
        Ok(said.text)
    }

    async fn run_modctl(&self, arguments: &[&str], input: &str) -> Result<Said, Failed> {
        let mut child = Command::new(program()?)
            .args(["--stack", STACK])
            .args(arguments)
            .envs(self.aws.variables())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(because("modctl"))?;
        if let Some(mut stdin) = child.stdin.take() {
            let written = stdin.write_all(input.as_bytes()).await;
            written.map_err(because("the input of modctl"))?;
        }
        let output = child.wait_with_output().await.map_err(because("modctl"))?;
        let text = [output.stdout, output.stderr].concat();
        Ok(Said {
            text: String::from_utf8_lossy(&text).into_owned(),
            code: output.status.code(),
        })
    }
}

/// The one that was built beside this program.
fn program() -> Result<PathBuf, Failed> {
    let us = std::env::current_exe().map_err(because("this program's path"))?;
    let path = us.with_file_name("modctl");
    match path.exists() {
        true => Ok(path),
        false => Err(Failed(format!(
            "{} is not built: cargo build --bin modctl",
            path.display()
        ))),
    }
}
