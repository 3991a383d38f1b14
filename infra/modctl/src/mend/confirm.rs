//! Asking before something is changed.

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use clap::Args;

use crate::failure::Failure;

/// How many of what is changed are shown before it is.
const SAMPLE: usize = 5;

/// That somebody is sure.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Sure {
    /// Do it without asking.
    #[arg(long)]
    pub(crate) yes: bool,
}

impl Sure {
    /// Shows how many and a sample of them, and asks. One alone needs no question.
    ///
    /// # Errors
    /// [`Failure::Refused`]: the person has not said yes, or there is nobody to be asked.
    pub(crate) fn of(self, what: &str, all: &[String]) -> Result<(), Failure> {
        if all.len() < 2 {
            return Ok(());
        }
        eprintln!("{what}: {}, such as", all.len());
        for one in all.iter().take(SAMPLE) {
            eprintln!("  {one}");
        }
        self.asked("Go on?")
    }

    /// Asks, unless it is said already.
    ///
    /// # Errors
    /// As [`Sure::of`].
    pub(crate) fn asked(self, question: &str) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        let answer = ask(&format!("{question} [y/N] "), "--yes")?;
        match answer.to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::Refused("nothing is changed".into())),
        }
    }
}

/// A person's answer. `instead` is the argument that says it where nobody can be asked.
///
/// # Errors
/// [`Failure::Refused`] if there is no terminal.
pub(crate) fn ask(question: &str, instead: &str) -> Result<String, Failure> {
    let (input, output) = (std::io::stdin(), std::io::stderr());
    if !input.is_terminal() || !output.is_terminal() {
        return Err(Failure::Refused(format!(
            "nothing is changed: there is no terminal to ask at, so say it with {instead}"
        )));
    }
    eprint!("{question}");
    let _ = output.lock().flush();
    let mut answer = String::new();
    let read = input.lock().read_line(&mut answer);
    read.map_err(|error| Failure::Refused(error.to_string()))?;
    Ok(answer.trim().to_owned())
}
