//! Messages as Lambda hands them to a function.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::attributes::{REGION, arn};
use crate::{MessageAttribute, ReceivedMessage, Value};

/// The event for a batch of a queue's messages, in JSON: what Lambda calls a function with.
#[expect(
    clippy::expect_used,
    reason = "texts and maps of texts: nothing in it can fail"
)]
pub fn lambda_event<'a>(
    queue: &str,
    messages: impl IntoIterator<Item = &'a ReceivedMessage>,
) -> String {
    let arn = arn(queue);
    let records = messages
        .into_iter()
        .map(|message| Record::new(&arn, message));
    let event = Event {
        records: records.collect(),
    };
    serde_json::to_string(&event).expect("an event is JSON")
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Event<'a> {
    records: Vec<Record<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    message_id: &'a str,
    receipt_handle: &'a str,
    body: &'a str,
    attributes: &'a BTreeMap<String, String>,
    message_attributes: BTreeMap<&'a str, Attribute<'a>>,
    md5_of_body: &'a str,
    event_source: &'static str,
    #[serde(rename = "eventSourceARN")]
    event_source_arn: &'a str,
    aws_region: &'static str,
}

impl<'a> Record<'a> {
    fn new(arn: &'a str, message: &'a ReceivedMessage) -> Self {
        let attributes = message.attributes.iter();
        Self {
            message_id: &message.message_id,
            receipt_handle: &message.receipt_handle,
            body: &message.body,
            attributes: &message.system_attributes,
            message_attributes: attributes
                .map(|(name, value)| (name.as_str(), Attribute::new(value)))
                .collect(),
            md5_of_body: &message.body_md5,
            event_source: "aws:sqs",
            event_source_arn: arn,
            aws_region: REGION,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attribute<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    string_value: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    binary_value: Option<String>,
    string_list_values: [(); 0],
    binary_list_values: [(); 0],
    data_type: &'a str,
}

impl<'a> Attribute<'a> {
    fn new(attribute: &'a MessageAttribute) -> Self {
        let (string_value, binary_value) = match &attribute.value {
            Value::Text(text) => (Some(text.as_str()), None),
            Value::Binary(bytes) => (None, Some(STANDARD.encode(bytes))),
        };
        Self {
            string_value,
            binary_value,
            string_list_values: [],
            binary_list_values: [],
            data_type: &attribute.data_type,
        }
    }
}
