//! A message while it is in a queue.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use super::attributes::ACCOUNT;
use super::deduplication::Accepted;
use super::message::NewMessage;

/// Where sequence numbers begin and how far they are apart: like those of SQS they have 20 digits.
const SEQUENCE_BASE: u128 = 18_850_000_000_000_000_000;
const SEQUENCE_STEP: u128 = 256;

/// A message in a queue.
#[derive(Debug)]
pub(super) struct Stored {
    /// Its id, which it keeps in the dead-letter queue.
    pub(super) id: Uuid,
    /// Its place in the queue's order.
    pub(super) sequence: u64,
    /// What was sent.
    pub(super) content: NewMessage,
    sent: SystemTime,
    /// From when on the retention period counts.
    pub(super) kept_since: SystemTime,
    /// The message can be received from this time on.
    pub(super) visible_at: SystemTime,
    /// How often it was received, from other queues too.
    pub(super) receives: u32,
    /// Whether it was received from this queue; else, while it is invisible, it is delayed.
    pub(super) received_here: bool,
    first_received: Option<SystemTime>,
    /// When the newest receipt handle was given.
    pub(super) last_received: Option<SystemTime>,
    /// The ARN of the queue that it was received from too often.
    pub(super) source: Option<String>,
}

impl Stored {
    /// A message that was just sent.
    pub(super) fn new(
        Accepted { id, sequence }: Accepted,
        content: NewMessage,
        delay: Duration,
        now: SystemTime,
    ) -> Self {
        Self {
            id,
            sequence,
            content,
            sent: now,
            kept_since: now,
            visible_at: now + delay,
            receives: 0,
            received_here: false,
            first_received: None,
            last_received: None,
            source: None,
        }
    }

    /// Is received now, and invisible until then.
    pub(super) fn receive(&mut self, until: SystemTime, now: SystemTime) {
        self.visible_at = until;
        self.receives += 1;
        self.received_here = true;
        self.last_received = Some(now);
        self.first_received.get_or_insert(now);
    }

    /// The same message in the dead-letter queue: the count of its receives goes on there.
    pub(super) fn moved(
        self,
        sequence: u64,
        source: String,
        kept_since: SystemTime,
        now: SystemTime,
    ) -> Self {
        Self {
            sequence,
            kept_since,
            visible_at: now,
            source: Some(source),
            ..self
        }
    }

    /// What SQS tells of the message.
    pub(super) fn system_attributes(&self, fifo: bool) -> BTreeMap<String, String> {
        let content = &self.content;
        let trace = content
            .trace_header
            .as_ref()
            .map(|it| String::from_utf8_lossy(it.value.bytes()).into_owned());
        let first_received = self.first_received.map(millis);
        let number = fifo.then(|| sequence_number(self.sequence));
        [
            ("SenderId", Some(ACCOUNT.to_owned())),
            ("SentTimestamp", Some(millis(self.sent))),
            ("ApproximateReceiveCount", Some(self.receives.to_string())),
            ("ApproximateFirstReceiveTimestamp", first_received),
            ("MessageGroupId", content.group.clone()),
            ("MessageDeduplicationId", content.deduplication.clone()),
            ("SequenceNumber", number),
            ("AWSTraceHeader", trace),
            ("DeadLetterQueueSourceArn", self.source.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect()
    }
}

/// A place in the order, as SQS writes it.
pub(super) fn sequence_number(sequence: u64) -> String {
    (SEQUENCE_BASE + u128::from(sequence) * SEQUENCE_STEP).to_string()
}

fn millis(time: SystemTime) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_millis().to_string()
}
