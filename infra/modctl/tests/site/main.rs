//! modctl against a bundle: a `cargo dev` as it runs on this machine, and a deployed stack whose
//! CloudFormation is a stand-in.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod example;
mod look;
mod scene;
mod stack;
mod why;
