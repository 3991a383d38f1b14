//! The commands that change something, as an operator gives them: the program itself, against a
//! bundle on free ports.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod aws;
mod bench;
mod bundle;
mod checkup;
mod doctor;
mod replay;
mod secret;
mod service;
