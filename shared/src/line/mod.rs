//! The LINE Platform. The only place that knows LINE's JSON, its headers and
//! its rules; everything behind it sees our own words.

#[cfg(feature = "client")]
pub mod assertion;
#[cfg(feature = "client")]
pub mod attach;
#[cfg(feature = "client")]
pub mod body;
#[cfg(feature = "client")]
mod bot_client;
#[cfg(feature = "client")]
mod channel;
#[cfg(feature = "client")]
pub mod client;
pub mod command;
#[cfg(feature = "client")]
pub mod endpoint;
#[cfg(feature = "client")]
pub mod endpoints;
pub mod entitlement;
#[cfg(feature = "client")]
pub mod error;
pub mod event;
#[cfg(feature = "client")]
mod health;
#[cfg(feature = "client")]
pub mod http;
#[cfg(feature = "client")]
pub mod limit;
mod members;
#[cfg(feature = "client")]
pub mod message;
pub mod own_event;
#[cfg(feature = "client")]
pub mod quota;
#[cfg(feature = "client")]
mod recipient;
#[cfg(feature = "client")]
mod sent_counts;
pub mod signature;
#[cfg(feature = "client")]
pub mod token;
pub mod webhook;

#[cfg(feature = "client")]
pub use bot_client::BotClient;
#[cfg(feature = "client")]
pub use channel::Channel;
#[cfg(feature = "client")]
pub use client::LineClient;
#[cfg(feature = "client")]
pub use error::LineError;
#[cfg(feature = "client")]
pub use recipient::recipient_object;
pub use signature::{Signature, VerifiedBody};
