#![doc = include_str!("../README.md")]

pub mod aws;
pub mod domain;
pub mod env;
pub mod line;
#[cfg(feature = "module")]
pub mod module;
#[cfg(feature = "queue")]
pub mod queue;
pub mod secret;
#[cfg(feature = "store")]
pub mod store;
