#![doc = include_str!("../README.md")]

pub mod aws;
pub mod connector;
#[cfg(all(feature = "client", feature = "random", feature = "store"))]
pub mod control;
#[cfg(all(feature = "queue", feature = "store"))]
pub mod detach;
pub mod domain;
pub mod env;
#[cfg(all(feature = "queue", feature = "store"))]
pub mod erase;
pub mod gateway;
pub mod ground;
pub mod hash;
pub mod hmac_sha256;
pub mod invitation;
#[cfg(all(feature = "client", feature = "store"))]
pub mod limits;
pub mod line;
pub mod metrics;
#[cfg(feature = "pages")]
pub mod pages;
#[cfg(feature = "queue")]
pub mod queue;
#[cfg(feature = "random")]
pub mod random;
#[cfg(all(feature = "queue", feature = "store"))]
pub mod replay;
pub mod secret;
#[cfg(all(feature = "random", feature = "store"))]
pub mod session;
pub mod start;
#[cfg(feature = "store")]
pub mod store;
