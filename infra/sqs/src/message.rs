//! A message: as it is sent, and as it is received.

use std::collections::BTreeMap;

/// The value of a message attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Of the types that begin with `String` or `Number`.
    Text(String),
    /// Of the types that begin with `Binary`.
    Binary(Vec<u8>),
}

impl Value {
    /// The value's bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Binary(bytes) => bytes,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageAttribute {
    /// `String`, `Number` or `Binary`, perhaps with a suffix such as `Number.int`.
    pub data_type: String,
    pub value: Value,
}

impl MessageAttribute {
    /// An attribute of the type `String`.
    pub fn text(value: impl Into<String>) -> Self {
        Self {
            data_type: "String".to_owned(),
            value: Value::Text(value.into()),
        }
    }
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewMessage {
    /// The text.
    pub body: String,
    /// The sender's own attributes.
    pub attributes: BTreeMap<String, MessageAttribute>,
    /// The one system attribute that a sender may set.
    pub trace_header: Option<MessageAttribute>,
    /// Seconds until the message can be received, instead of the queue's own delay.
    pub delay_seconds: Option<i64>,
    pub group: Option<String>,
    /// The deduplication id.
    pub deduplication: Option<String>,
}

impl NewMessage {
    /// A message for a FIFO queue.
    pub fn fifo(
        body: impl Into<String>,
        group: impl Into<String>,
        deduplication: impl Into<String>,
    ) -> Self {
        Self {
            body: body.into(),
            group: Some(group.into()),
            deduplication: Some(deduplication.into()),
            ..Self::default()
        }
    }
}

/// SQS's answer to a message it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The message's id; a duplicate's is that of the first.
    pub message_id: String,
    /// Its place in a FIFO queue's order; a duplicate's is that of the first.
    pub sequence_number: Option<String>,
    /// MD5 of the body.
    pub body_md5: String,
    /// MD5 of the attributes, if there are any.
    pub attributes_md5: Option<String>,
    /// MD5 of the system attributes, if there are any.
    pub system_attributes_md5: Option<String>,
}

/// A message as a receiver gets it, with everything the receiver may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// The message's id.
    pub message_id: String,
    /// What deletes the message or changes its visibility; another at each receive.
    pub receipt_handle: String,
    /// The text.
    pub body: String,
    /// MD5 of the body.
    pub body_md5: String,
    /// SQS's attributes, such as `MessageGroupId` and `ApproximateReceiveCount`.
    pub system_attributes: BTreeMap<String, String>,
    /// The sender's own attributes.
    pub attributes: BTreeMap<String, MessageAttribute>,
}
