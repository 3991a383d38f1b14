#![doc = include_str!("../README.md")]

mod arguments;
mod data;
mod doctor;
mod failure;
mod look;
mod mend;
mod output;
mod site;
mod usage;
mod when;
mod why;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use arguments::{Arguments, Command};
use failure::Failure;
use output::Screen;
use site::Site;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("modctl: {failure}");
            failure.exit_code()
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Failure> {
    let mut screen = Screen::of_process(arguments.output.json);
    match arguments.command {
        Command::Completions { shell } => {
            let command = &mut Arguments::command();
            clap_complete::generate(shell, command, "modctl", &mut std::io::stdout());
            Ok(())
        }
        Command::OfSite(command) => {
            let site = Site::open(&arguments.site).await?;
            command.run(&site, &mut screen).await
        }
    }
}
