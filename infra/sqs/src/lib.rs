//! A small SQS server: it stands in for Amazon SQS locally and in tests.
//!
//! It speaks the AWS JSON 1.0 protocol, so the real SDKs talk to it, and does what a bundle needs of
//! SQS: standard and FIFO queues, long polling, visibility time-outs, deduplication and redrive.
//! Everything is in memory. Where Amazon's documentation and recordings of the real service differ,
//! it does what was recorded; [`Queue`] says where.
//!
//! - [`Queue`] is one queue as a state machine: its methods take the time and never wait.
//! - [`Sqs`] is a set of queues with a clock, and what waits: long polling.
//! - The server (`server.rs`, `actions.rs`, `protocol.rs`) is the only part that knows HTTP and JSON.

mod actions;
mod attributes;
mod batch;
mod clock;
mod content;
mod deduplication;
mod error;
mod faults;
mod groups;
mod lambda_event;
mod message;
mod protocol;
mod queue;
mod receipt;
mod server;
mod service;
mod stored;

pub use attributes::{Attributes, DeadLetter, arn};
pub use clock::{Clock, ManualClock, SystemClock};
pub use error::Error;
pub use faults::Faults;
pub use lambda_event::lambda_event;
pub use message::{MessageAttribute, NewMessage, ReceivedMessage, Sent, Value};
pub use queue::{Dead, Depth, Queue, Queued, Received};
pub use service::Sqs;
