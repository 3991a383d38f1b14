//! The event queue, which refuses what SQS refuses and remembers what it took.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use serde::Deserialize;
use serde_json::{Value, json};
use shared::queue::Message;
use sqs::{Attributes, NewMessage, Queue};

use crate::doors::wire::Wire;

/// Maximum number of bytes in one request to SQS.
const MOST_BYTES: usize = 1024 * 1024;

/// The event queue. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sqs(Arc<Mutex<Vec<Message>>>);

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Batch {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    id: String,
    #[serde(default)]
    message_body: String,
    #[serde(default)]
    message_group_id: String,
    #[serde(default)]
    message_deduplication_id: String,
}

impl Sqs {
    /// The way to it.
    pub(crate) fn wire(&self) -> Wire {
        let queue = self.clone();
        Wire::new(move |request| queue.answer(request))
    }

    /// What it took since it was last asked.
    pub(crate) fn taken(&self) -> Vec<Message> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn answer(&self, request: &HttpRequest) -> (u16, Vec<u8>) {
        let body = request.body().bytes().unwrap_or_default();
        let batch: Batch = serde_json::from_slice(body).expect("a batch");
        let bytes: usize = batch.entries.iter().map(|e| e.message_body.len()).sum();
        if batch.entries.len() > 10 || bytes > MOST_BYTES {
            return (400, br#"{"__type":"BatchRequestTooLong"}"#.to_vec());
        }
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let sends = target.ends_with("SendMessageBatch");
        let (taken, refused): (Vec<_>, Vec<_>) = batch
            .entries
            .into_iter()
            .map(|entry| match sends {
                true => self.take(entry),
                false => Ok(json!({"Id": entry.id})),
            })
            .partition(Result::is_ok);
        let taken: Vec<Value> = taken.into_iter().flatten().collect();
        let refused: Vec<Value> = refused.into_iter().filter_map(Result::err).collect();
        let answer = json!({"Successful": taken, "Failed": refused});
        (200, answer.to_string().into_bytes())
    }

    fn take(&self, entry: Entry) -> Result<Value, Value> {
        let message = Message {
            group: entry.message_group_id,
            deduplication_id: entry.message_deduplication_id,
            body: entry.message_body,
        };
        check(&message)
            .map_err(|reason| json!({"Id": entry.id, "Code": reason, "SenderFault": true}))?;
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(message);
        Ok(json!({"Id": entry.id, "MessageId": entry.id, "MD5OfMessageBody": ""}))
    }
}

/// The local queue knows SQS's limits; each message has a new one, where it is no duplicate.
fn check(message: &Message) -> Result<(), String> {
    let now = SystemTime::UNIX_EPOCH;
    let given = [("FifoQueue".to_owned(), "true".to_owned())].into();
    let attributes = Attributes::parse("events.fifo", given).expect("a FIFO queue's attributes");
    let Message {
        group,
        deduplication_id,
        body,
    } = message.clone();
    let message = NewMessage::fifo(body, group, deduplication_id);
    let sent = Queue::new("events.fifo", attributes, now).send(message, now);
    sent.map(drop).map_err(|error| error.to_string())
}
