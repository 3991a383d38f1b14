//! The event queue: SQS FIFO, one group per chat, so that a chat's events are
//! handled one after the other and chats beside each other.

mod acknowledge;
mod give_back;
mod job;
mod send;

pub use give_back::Receipt;
pub use job::{
    COMMAND, ENTITLEMENT, ERASE, Erasure, Job, JobEvent, Message, Replay, SIGNAL, TIMER,
    UnreadableJob, group,
};
pub use send::NotQueued;

#[derive(Debug, Clone)]
pub struct Queue {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Queue {
    /// By its URL, `EVENT_QUEUE_URL`.
    pub fn new(client: aws_sdk_sqs::Client, url: String) -> Self {
        Self { client, url }
    }
}
