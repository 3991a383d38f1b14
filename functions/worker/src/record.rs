//! One message of the queue, as a batch has it.

use aws_lambda_events::sqs::SqsMessage;
use shared::domain::{Event, Timestamp};
use shared::queue::{Job, Receipt, UnreadableJob};

use crate::work::events;

/// One message, as the batch has it.
pub(crate) struct Record {
    pub(crate) message_id: String,
    pub(crate) receipt: Receipt,
    /// How often it was received, this time included.
    pub(crate) received: u32,
    /// When the queue took it.
    pub(crate) sent_at: Option<Timestamp>,
    pub(crate) group: String,
    pub(crate) body: String,
    pub(crate) job: Result<Job, UnreadableJob>,
}

impl Record {
    /// None if it has no id: then it can neither be given back nor acknowledged.
    pub(crate) fn read(message: SqsMessage) -> Option<Self> {
        let message_id = message.message_id?;
        let attribute = |name: &str| message.attributes.get(name);
        let number = |name: &str| attribute(name)?.parse::<i64>().ok();
        let body = message.body.unwrap_or_default();
        let received = number("ApproximateReceiveCount");
        Some(Self {
            receipt: Receipt(message.receipt_handle.unwrap_or_default()),
            received: received.and_then(|n| n.try_into().ok()).unwrap_or(1),
            sent_at: number("SentTimestamp").map(Timestamp),
            // Without a group each message is a chat of its own.
            group: attribute("MessageGroupId")
                .cloned()
                .unwrap_or_else(|| message_id.clone()),
            job: Job::read(&body),
            body,
            message_id,
        })
    }

    /// If it is of an account itself: its events.
    pub(crate) fn events_of_account(&self) -> Vec<Event> {
        let job = self.job.as_ref().ok().filter(|job| job.chat.is_none());
        job.map(|job| events(job).collect()).unwrap_or_default()
    }
}
