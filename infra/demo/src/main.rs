//! `cargo demo`: the main job as a script, with a transcript. It ends with 0 only
//! if every step did what it should. It is a package of its own because it needs the example
//! module by its name, whichever module the workspace has chosen.

use std::process::ExitCode;

use clap::Parser;
use local::demo;
use local::stack::Options;
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

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options {
        lambda: Arguments::parse().lambda,
        ..Options::default()
    };
    // The demo brings about failures on purpose: its transcript tells of them.
    local::start_logs(LevelFilter::OFF);
    let mut out = std::io::stdout();
    let result = tokio::select! {
        result = demo::run(&options, reservation::module(), &mut out) => result,
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
