//! Messages as Lambda hands them to a function.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::attributes::{REGION, arn};
use crate::{MessageAttribute, ReceivedMessage, Value as Content};

/// The event for a batch of a queue's messages: what Lambda calls a function with.
pub fn lambda_event(queue: &str, messages: &[ReceivedMessage]) -> Value {
    let arn = arn(queue);
    let records = messages.iter().map(|message| record(&arn, message));
    json!({ "Records": records.collect::<Vec<_>>() })
}

fn record(arn: &str, message: &ReceivedMessage) -> Value {
    let attributes = message.attributes.iter();
    let attributes: Map<String, Value> = attributes
        .map(|(name, value)| (name.clone(), attribute(value)))
        .collect();
    json!({
        "messageId": message.message_id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": message.system_attributes,
        "messageAttributes": attributes,
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    })
}

fn attribute(attribute: &MessageAttribute) -> Value {
    let (member, value) = match &attribute.value {
        Content::Text(text) => ("stringValue", text.clone()),
        Content::Binary(bytes) => ("binaryValue", STANDARD.encode(bytes)),
    };
    json!({
        member: value,
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": attribute.data_type,
    })
}
