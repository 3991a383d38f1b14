//! The rules of LINE's Messaging API reference, each with a call on either side of it.
//!
//! The files in `rules` are written from LINE's documents alone and know nothing of how the
//! emulator checks. Each value of a rule is a test of its own. Where the emulator still differs,
//! `known.toml` has the test with the difference; a test that is in there fails as soon as the
//! difference is gone or another one. What LINE's documents leave in doubt is ignored unless asked
//! for with `--include-ignored`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests may panic as the tests do"
)]

mod chapter;
mod checks;
mod judge;
mod known;
mod notation;
mod plan;
#[expect(dead_code, reason = "the tests of the platform use more of it")]
#[path = "../platform/stage.rs"]
mod stage;
mod trial;
mod world;
mod worlds;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = libtest_mimic::Arguments::from_args();
    let mut trials = checks::all();
    trials.extend(trial::all());
    libtest_mimic::run(&arguments, trials).exit_code()
}
