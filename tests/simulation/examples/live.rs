//! The live run, alone.

use std::process::ExitCode;

use clap::Parser;
use simulation::live::{self, Plan};

#[derive(Parser)]
struct Arguments {
    /// Events.
    #[arg(long, default_value_t = 2000)]
    events: usize,
    /// Chats.
    #[arg(long, default_value_t = 200)]
    chats: usize,
    /// Kills.
    #[arg(long, default_value_t = 10)]
    kills: usize,
    /// Be the functions, told these variables.
    #[arg(long, hide = true)]
    functions: Option<String>,
    #[arg(long, hide = true, default_value_t = 0)]
    port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(variables) = arguments.functions {
        return match live::serve(&variables, arguments.port).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let Arguments {
        events,
        chats,
        kills,
        ..
    } = arguments;
    let plan = Plan {
        events,
        chats,
        kills,
    };
    match live::run(plan).await {
        Ok(figures) => {
            println!("{figures}");
            match figures.verdicts.good() {
                true => ExitCode::SUCCESS,
                false => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
