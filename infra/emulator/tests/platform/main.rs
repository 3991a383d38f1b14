//! The emulator over real HTTP, as the bundle, a script and a browser meet it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests may panic as the tests do"
)]

mod api;
mod control;
mod initiative;
mod keeping;
mod life;
mod link;
mod list;
mod pages;
mod stage;
mod traces;
mod webhooks;
