//! Scenarios: files of steps and expectations, run against an emulator and a bundle that are
//! running already.
//!
//! A file is TOML. `[names]` gives names to ids; `${name}` stands for an id in any text after that,
//! `${name/person}` for the id of a user of that account. Each `[[step]]` does one thing or several,
//! and each `[[step.expect]]` waits for what should come of it.

mod expect;
mod file;
mod judge;
mod record;
mod report;
mod runner;
mod world;

pub use self::file::{Control, Expect, Link, Say, Scenario, Set, Step, Tap};
pub use self::record::record;
pub use self::report::{Outcome, Report};
pub use self::runner::run;
pub use self::world::Place;

/// Why a scenario could not go on, in a sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Stopped(pub String);

impl Stopped {
    fn because(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}
