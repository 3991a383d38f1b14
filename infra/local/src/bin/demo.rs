//! `cargo demo`: the main job as a script, with a transcript. It ends with 0 only
//! if every step did what it should.

use std::process::ExitCode;

use local::demo;

#[tokio::main]
async fn main() -> ExitCode {
    local::start_logs();
    match demo::run(&local::stack::Options::default(), &mut std::io::stdout()).await {
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
