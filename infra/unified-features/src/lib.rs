//! Cargo builds a crate once for each set of features, and a build of one package turns on fewer of them than a build of
//! the whole workspace: `cargo test --package my-module` would build again what `cargo test` and `cargo dev` have built.
//! The kit depends on this crate, which turns on what is missing; no function does.
//!
//! `.ci/run one_build` names what is missing in its Cargo.toml.
