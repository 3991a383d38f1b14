//! Putting messages into the queue, in as few requests as SQS allows.

use aws_sdk_sqs::operation::send_message_batch::SendMessageBatchOutput;
use aws_sdk_sqs::types::SendMessageBatchRequestEntry;
use futures::StreamExt as _;

use crate::aws::reasons;
use crate::queue::{Job, Message, Queue};

/// SQS takes this many messages in one request,
const LARGEST_BATCH: usize = 10;
/// and this many bytes; a little is left for what is around the bodies.
const MOST_BYTES: usize = 1024 * 1024 - 4096;
/// Maximum number of requests under way at once.
const SIDE_BY_SIDE: usize = 16;
/// Maximum number of tries of an entry that SQS could not take.
const ROUNDS: usize = 2;

/// Some messages may not be in the queue.
#[derive(Debug, thiserror::Error)]
#[error("{failed} of the messages could not be queued: {reason}")]
pub struct NotQueued {
    /// How many.
    pub failed: usize,
    /// What SQS, or the way to it, said of one of them.
    pub reason: String,
}

/// A message, and which chat's it is.
struct Entry {
    chat: usize,
    message: Message,
}

impl Queue {
    /// Queues jobs, each of a chat or account of its own.
    ///
    /// # Errors
    /// [`NotQueued`] if any may not be in the queue.
    pub async fn send_jobs(&self, jobs: Vec<Job>) -> Result<(), NotQueued> {
        let messages: Result<Vec<_>, _> = jobs.into_iter().map(Job::into_messages).collect();
        let unwritable = |error: serde_json::Error| NotQueued {
            failed: 1,
            reason: error.to_string(),
        };
        self.send(messages.map_err(unwritable)?).await
    }

    /// Queues the messages of each chat in order. After one that failed, nothing
    /// more of that chat is sent; other chats go on.
    ///
    /// # Errors
    /// [`NotQueued`] if any message may not be in the queue.
    pub async fn send(&self, chats: Vec<Vec<Message>>) -> Result<(), NotQueued> {
        all_of(self.send_each(chats).await)
    }

    /// The same; tells of each chat whether all of it is in the queue.
    pub async fn send_each(&self, chats: Vec<Vec<Message>>) -> Vec<Result<(), NotQueued>> {
        let mut results: Vec<_> = chats.iter().map(|_| Ok(())).collect();
        let mut rest: Vec<_> = chats.into_iter().map(Vec::into_iter).collect();
        // One part of each chat at a time: a request may take some of its
        // messages and not others, and two parts must not change places.
        loop {
            let next = |(chat, parts): (usize, &mut std::vec::IntoIter<Message>)| {
                Some(Entry {
                    chat,
                    message: parts.next()?,
                })
            };
            let wave: Vec<_> = rest
                .iter_mut()
                .enumerate()
                .filter(|(chat, _)| results[*chat].is_ok())
                .filter_map(next)
                .collect();
            if wave.is_empty() {
                return results;
            }
            for (chat, reason) in self.send_wave(wave).await {
                results[chat] = Err(NotQueued { failed: 1, reason });
            }
        }
    }

    /// Sends one message of each chat; gives back the chats whose message failed.
    async fn send_wave(&self, wave: Vec<Entry>) -> Vec<(usize, String)> {
        let requests = batches(wave)
            .into_iter()
            .map(|batch| self.send_batch(batch));
        let failed: Vec<_> = futures::stream::iter(requests)
            .buffer_unordered(SIDE_BY_SIDE)
            .collect()
            .await;
        failed.into_iter().flatten().collect()
    }

    async fn send_batch(&self, mut batch: Vec<Entry>) -> Vec<(usize, String)> {
        let mut reasons = Vec::new();
        for _ in 0..ROUNDS {
            (batch, reasons) = self.send_once(batch).await;
            if batch.is_empty() {
                return Vec::new();
            }
        }
        batch
            .into_iter()
            .map(|entry| entry.chat)
            .zip(reasons)
            .collect()
    }

    /// Gives back what was not taken, with the reasons.
    async fn send_once(&self, batch: Vec<Entry>) -> (Vec<Entry>, Vec<String>) {
        let entries: Result<Vec<_>, _> = batch
            .iter()
            .enumerate()
            .map(|(id, entry)| wire(id, &entry.message))
            .collect();
        let request = self.client.send_message_batch().queue_url(&self.url);
        let sent = match entries {
            Ok(entries) => request
                .set_entries(Some(entries))
                .send()
                .await
                .map_err(|e| reasons(&e)),
            Err(error) => Err(error.to_string()),
        };
        let answer = match sent {
            Ok(answer) => answer,
            Err(reason) => return batch.into_iter().map(|e| (e, reason.clone())).unzip(),
        };
        let failed = batch
            .into_iter()
            .enumerate()
            .filter_map(|(id, entry)| Some((entry, refusal(&answer, &id.to_string())?)));
        failed.unzip()
    }
}

/// Why an entry is not in the queue, if it is not: in it is only what SQS says is.
fn refusal(answer: &SendMessageBatchOutput, id: &str) -> Option<String> {
    if answer.successful.iter().any(|entry| entry.id == id) {
        return None;
    }
    let failed = answer.failed.iter().find(|entry| entry.id == id);
    Some(failed.map_or_else(|| "SQS does not say".into(), |entry| entry.code.clone()))
}

fn all_of(results: Vec<Result<(), NotQueued>>) -> Result<(), NotQueued> {
    let failures = results.into_iter().filter_map(Result::err);
    failures
        .reduce(|first, more| NotQueued {
            failed: first.failed + more.failed,
            ..first
        })
        .map_or(Ok(()), Err)
}

fn wire(
    id: usize,
    message: &Message,
) -> Result<SendMessageBatchRequestEntry, aws_sdk_sqs::error::BuildError> {
    SendMessageBatchRequestEntry::builder()
        .id(id.to_string())
        .message_group_id(&message.group)
        .message_deduplication_id(&message.deduplication_id)
        .message_body(&message.body)
        .build()
}

fn batches(entries: Vec<Entry>) -> Vec<Vec<Entry>> {
    let mut batches: Vec<Vec<Entry>> = Vec::new();
    let mut bytes = 0;
    for entry in entries {
        let size = entry.message.body.len();
        match batches.last_mut() {
            Some(batch) if batch.len() < LARGEST_BATCH && bytes + size <= MOST_BYTES => {
                batch.push(entry);
                bytes += size;
            }
            _ => {
                batches.push(vec![entry]);
                bytes = size;
            }
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::types::{BatchResultErrorEntry, SendMessageBatchResultEntry};

    use super::*;

    fn entries(count: usize, bytes: usize) -> Vec<Entry> {
        let message = Message {
            group: "g".into(),
            deduplication_id: "d".into(),
            body: "x".repeat(bytes),
        };
        (0..count)
            .map(|chat| Entry {
                chat,
                message: message.clone(),
            })
            .collect()
    }

    #[test]
    fn ten_messages_go_in_one_request_and_fewer_only_for_their_size() {
        let sizes = |entries| batches(entries).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(sizes(entries(25, 100)), [10, 10, 5]);
        assert_eq!(sizes(entries(12, 200 * 1024)), [5, 5, 2]);
        assert_eq!(sizes(entries(2, 512 * 1024)), [1, 1]); // a little more than a request takes
        assert_eq!(sizes(entries(0, 1)), [0; 0]);
    }

    #[test]
    fn what_sqs_does_not_call_queued_is_not_with_its_own_reason() {
        let queued = SendMessageBatchResultEntry::builder()
            .id("0")
            .message_id("m")
            .md5_of_message_body("x");
        let failed = |id: &str, code: &str| {
            let entry = BatchResultErrorEntry::builder().id(id).code(code);
            entry.sender_fault(false).build().unwrap()
        };
        let answer = SendMessageBatchOutput::builder()
            .successful(queued.build().unwrap())
            .failed(failed("1", "Throttled"))
            .failed(failed("2", "Malformed"))
            .build()
            .unwrap();
        assert_eq!(refusal(&answer, "0"), None);
        assert_eq!(refusal(&answer, "2").as_deref(), Some("Malformed"));
        assert_eq!(refusal(&answer, "3").as_deref(), Some("SQS does not say"));
    }

    #[test]
    fn all_messages_that_failed_are_counted() {
        let failed = |reason: &str| {
            let reason = reason.to_owned();
            Err(NotQueued { failed: 1, reason })
        };
        let error = all_of(vec![failed("throttled"), Ok(()), failed("lost")]).unwrap_err();
        let words = "2 of the messages could not be queued: throttled";
        assert_eq!(error.to_string(), words);
        assert!(all_of(vec![Ok(())]).is_ok());
    }
}
