//! The emulator over real HTTP, as the bundle, a script and a browser meet it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests may panic as the tests do"
)]

mod accounts;
mod apart;
mod api;
mod builders;
mod channels;
mod content;
mod control;
mod endpoints;
mod events;
mod extras;
mod fidelity;
mod initiative;
mod keeping;
mod life;
mod limits;
mod link;
mod list;
mod menus;
mod others;
mod pages;
mod people;
mod redelivery;
mod scenarios;
mod sends;
mod settings;
mod stage;
mod statistics;
mod taps;
mod tokens;
mod traces;
mod webhooks;
