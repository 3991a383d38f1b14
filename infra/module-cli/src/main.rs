#![doc = include_str!("../README.md")]

mod manifest;
mod name;
mod new;
mod refusal;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use manifest::Workspace;
use name::Name;
use refusal::Refusal;

/// A module to begin with, and which one the worker and `cargo dev` run.
#[derive(Parser)]
#[command(name = "cargo module", bin_name = "cargo module", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// The workspace's folder; without it, it is looked for upwards.
    #[arg(long, global = true, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Writes a module to begin with into modules/NAME, and chooses it.
    New {
        /// The name of its crate, such as my-module.
        name: String,
    },
    /// Chooses the module in modules/NAME: the worker and `cargo dev` run it.
    Choose {
        /// The name of its crate.
        name: String,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(words) => {
            print!("{words}");
            ExitCode::SUCCESS
        }
        Err(refusal) => {
            eprintln!("cargo module: {refusal}");
            ExitCode::FAILURE
        }
    }
}

/// Does it; gives the words for the person.
fn run(arguments: Arguments) -> Result<String, Refusal> {
    let mut workspace = open(arguments.dir)?;
    match arguments.command {
        Command::New { name } => new::new(&mut workspace, &Name::read(&name)?),
        Command::Choose { name } => choose(&mut workspace, &Name::read(&name)?),
    }
}

fn open(dir: Option<PathBuf>) -> Result<Workspace, Refusal> {
    match dir {
        Some(dir) => Workspace::open(&dir),
        None => {
            let here = Path::new(".").canonicalize();
            Workspace::around(&here.map_err(|_| Refusal::NoWorkspace)?)
        }
    }
}

fn choose(workspace: &mut Workspace, name: &Name) -> Result<String, Refusal> {
    workspace.check_there(name)?;
    workspace.choose(name)?;
    workspace.save()?;
    Ok(format!("The worker and `cargo dev` run {name} now.\n"))
}
