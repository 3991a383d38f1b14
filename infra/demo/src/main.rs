//! `cargo demo`: the main job as a script, with a transcript. It ends with 0 only
//! if every step did what it should. It is a package of its own because it needs the example
//! module by its name, whichever module the workspace has chosen.

use std::process::ExitCode;

use clap::Parser;
use line_module::{Context, Event, EventKind, Handled, Next, Router};
use local::demo::{self, Register};
use local::stack::Options;
use reservation::{Change, Crm, Entry};
use tracing::level_filters::LevelFilter;

/// Attach an account, talk to it, and show each answer, on a stack of its own on free ports. Ends
/// with 0 only if every step did what it should.
#[derive(Parser)]
#[command(name = "cargo demo", bin_name = "cargo demo")]
struct Arguments {
    /// Run the functions as real Lambda processes, under `cargo lambda watch`. Their worker runs the module that the
    /// workspace has chosen, which must be the example.
    #[arg(long)]
    lambda: bool,
}

/// The demo's register, as the example's.
struct Noted(Register);

impl Crm for Noted {
    async fn note(&self, _: &str, entry: &Entry) -> Result<(), String> {
        let change = match entry.change {
            Change::Reserved => "reserved",
            Change::Cancelled => "cancelled",
        };
        self.0.note(format!("{} {change}", entry.time));
        Ok(())
    }
}

fn example(register: &Register) -> Router {
    reservation::module_with(Noted(register.clone())).wrap(crash)
}

/// Ends an attempt at an entry of the register, after the handler and before the commit. It is a
/// panic without a word on the screen.
async fn crash(cx: &mut Context<'_>, event: &Event, next: Next<'_>) -> Handled {
    next.run(cx, event).await?;
    let is_entry = matches!(event.kind, EventKind::Signal { .. });
    if is_entry && cx.shared::<Noted>()?.0.crashes() {
        std::panic::resume_unwind(Box::new("the worker's attempt ends here"));
    }
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options {
        lambda: Arguments::parse().lambda,
        ..Options::default()
    };
    // The demo brings about failures on purpose: its transcript tells of them.
    local::start_logs(LevelFilter::OFF);
    let (register, mut out) = (Register::default(), std::io::stdout());
    let result = tokio::select! {
        result = demo::run(&options, example(&register), &register, &mut out) => result,
        () = local::asked_to_end() => return ExitCode::FAILURE,
    };
    match result {
        Ok(steps) => {
            println!("\nAll {steps} steps did what they should.");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("\ncargo demo: {error}");
            ExitCode::FAILURE
        }
    }
}
