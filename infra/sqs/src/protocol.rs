//! The JSON that crosses the wire, and how it becomes the server's own types.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::error::Error;
use super::message::{MessageAttribute, NewMessage, ReceivedMessage, Sent, Value};

/// The value of a parameter that must be there.
pub(super) fn required<T>(value: Option<T>, parameter: &'static str) -> Result<T, Error> {
    value.ok_or(Error::MissingParameter(parameter))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct CreateQueue {
    pub(super) queue_name: Option<String>,
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetQueueUrl {
    pub(super) queue_name: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct QueueUrl {
    pub(super) queue_url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ListQueues {
    pub(super) queue_name_prefix: Option<String>,
    pub(super) next_token: Option<String>,
    pub(super) max_results: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct QueueList {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) queue_urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct GetQueueAttributes {
    pub(super) queue_url: Option<String>,
    #[serde(default)]
    pub(super) attribute_names: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct QueueAttributes {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct PurgeQueue {
    pub(super) queue_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct StartMessageMoveTask {
    pub(super) source_arn: Option<String>,
    pub(super) destination_arn: Option<String>,
}

/// A message to send, alone or as an entry of a batch.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendMessage {
    pub(super) queue_url: Option<String>,
    pub(super) id: Option<String>,
    message_body: Option<String>,
    delay_seconds: Option<i64>,
    #[serde(default)]
    message_attributes: BTreeMap<String, Attribute>,
    #[serde(default)]
    message_system_attributes: BTreeMap<String, Attribute>,
    message_deduplication_id: Option<String>,
    message_group_id: Option<String>,
}

impl SendMessage {
    /// The message in the server's own words.
    pub(super) fn message(self) -> Result<NewMessage, Error> {
        let attributes = self
            .message_attributes
            .into_iter()
            .map(|(name, value)| Ok((name.clone(), value.read(&name)?)));
        Ok(NewMessage {
            body: required(self.message_body, "MessageBody")?,
            attributes: attributes.collect::<Result<_, Error>>()?,
            trace_header: trace_header(self.message_system_attributes)?,
            delay_seconds: self.delay_seconds,
            group: self.message_group_id,
            deduplication: self.message_deduplication_id,
        })
    }
}

fn trace_header(given: BTreeMap<String, Attribute>) -> Result<Option<MessageAttribute>, Error> {
    let mut found = None;
    for (name, value) in given {
        if name != "AWSTraceHeader" {
            return Err(Error::InvalidParameters(format!(
                "Message system attribute name '{name}' is invalid."
            )));
        }
        found = Some(value.read(&name)?);
    }
    Ok(found)
}

/// A message attribute, to and from the wire.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Attribute {
    #[serde(default)]
    data_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    string_value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    binary_value: Option<String>,
    #[serde(default, skip_serializing)]
    string_list_values: Vec<serde_json::Value>,
    #[serde(default, skip_serializing)]
    binary_list_values: Vec<serde_json::Value>,
}

impl Attribute {
    fn read(self, name: &str) -> Result<MessageAttribute, Error> {
        if !self.string_list_values.is_empty() || !self.binary_list_values.is_empty() {
            let unsupported =
                "Message attribute list values in SendMessage operation are not supported.";
            return Err(Error::UnsupportedOperation(unsupported.to_owned()));
        }
        let value = match (self.string_value, self.binary_value) {
            (Some(text), None) => Value::Text(text),
            (None, Some(text)) => {
                let bytes = STANDARD.decode(text);
                Value::Binary(bytes.map_err(|error| Error::Serialization(error.to_string()))?)
            }
            _ => {
                return Err(Error::InvalidParameters(format!(
                    "Message (user) attribute '{name}' must contain a non-empty value of type '{}'.",
                    self.data_type
                )));
            }
        };
        let data_type = self.data_type;
        Ok(MessageAttribute { data_type, value })
    }

    fn write(attribute: MessageAttribute) -> Self {
        let (string_value, binary_value) = match attribute.value {
            Value::Text(text) => (Some(text), None),
            Value::Binary(bytes) => (None, Some(STANDARD.encode(bytes))),
        };
        Self {
            data_type: attribute.data_type,
            string_value,
            binary_value,
            string_list_values: Vec::new(),
            binary_list_values: Vec::new(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct SendMessageResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    message_id: String,
    #[serde(rename = "MD5OfMessageBody")]
    body_md5: String,
    #[serde(
        rename = "MD5OfMessageAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    attributes_md5: Option<String>,
    #[serde(
        rename = "MD5OfMessageSystemAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    system_attributes_md5: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence_number: Option<String>,
}

impl SendMessageResult {
    /// The answer to a message, with its id if it was an entry of a batch.
    pub(super) fn new(id: Option<String>, sent: Sent) -> Self {
        Self {
            id,
            message_id: sent.message_id,
            body_md5: sent.body_md5,
            attributes_md5: sent.attributes_md5,
            system_attributes_md5: sent.system_attributes_md5,
            sequence_number: sent.sequence_number,
        }
    }
}

/// A batch of entries of one type.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Batch<T> {
    pub(super) queue_url: Option<String>,
    #[serde(default = "Vec::new")]
    pub(super) entries: Vec<T>,
}

/// An entry of a batch.
pub(super) trait Entry {
    /// Its id; an empty one if it has none, which is refused.
    fn id(&self) -> &str;
}

impl Entry for SendMessage {
    fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }
}

/// What names one received message: alone, or as an entry of a batch.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Handle {
    pub(super) queue_url: Option<String>,
    pub(super) id: Option<String>,
    pub(super) receipt_handle: Option<String>,
    pub(super) visibility_timeout: Option<i64>,
}

impl Entry for Handle {
    fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }
}

/// What became of the entries of a batch.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct BatchResult<T> {
    pub(super) successful: Vec<T>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failure>,
}

impl<T> BatchResult<T> {
    /// Sorts the entries' results by how they ended.
    pub(super) fn new(results: impl IntoIterator<Item = (String, Result<T, Error>)>) -> Self {
        let (mut successful, mut failed) = (Vec::new(), Vec::new());
        for (id, result) in results {
            match result {
                Ok(result) => successful.push(result),
                Err(error) => failed.push(Failure::new(id, &error)),
            }
        }
        Self { successful, failed }
    }
}

/// An entry that succeeded, and has no other result.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Success {
    pub(super) id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Failure {
    id: String,
    sender_fault: bool,
    code: String,
    message: String,
}

impl Failure {
    fn new(id: String, error: &Error) -> Self {
        Self {
            id,
            sender_fault: true,
            code: error.entry_code(),
            message: error.entry_message(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct ReceiveMessage {
    pub(super) queue_url: Option<String>,
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
    pub(super) max_number_of_messages: Option<i64>,
    pub(super) visibility_timeout: Option<i64>,
    pub(super) wait_time_seconds: Option<i64>,
    pub(super) receive_request_attempt_id: Option<String>,
}

impl ReceiveMessage {
    /// A message with only what was asked for.
    pub(super) fn show(&self, message: ReceivedMessage) -> Message {
        let mut attributes = message.attributes;
        attributes.retain(|name, _| self.asks_for_attribute(name));
        let mut system = message.system_attributes;
        system.retain(|name, _| self.asks_for_system_attribute(name));
        Message {
            message_id: message.message_id,
            receipt_handle: message.receipt_handle,
            body_md5: message.body_md5,
            body: message.body,
            attributes: system,
            attributes_md5: super::content::attributes_md5(&attributes),
            message_attributes: attributes
                .into_iter()
                .map(|(name, attribute)| (name, Attribute::write(attribute)))
                .collect(),
        }
    }

    fn asks_for_attribute(&self, name: &str) -> bool {
        self.message_attribute_names
            .iter()
            .any(|asked| match asked.as_str() {
                "All" | "*" => true,
                other => match other.strip_suffix(".*") {
                    Some(prefix) => name.starts_with(prefix),
                    None => name == other,
                },
            })
    }

    fn asks_for_system_attribute(&self, name: &str) -> bool {
        let old = self.attribute_names.iter();
        old.chain(&self.message_system_attribute_names)
            .any(|asked| asked == "All" || asked == name)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Messages {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) messages: Vec<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Message {
    message_id: String,
    receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    body_md5: String,
    body: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
    #[serde(
        rename = "MD5OfMessageAttributes",
        skip_serializing_if = "Option::is_none"
    )]
    attributes_md5: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: BTreeMap<String, Attribute>,
}

/// The body of an answer that is an error.
#[derive(Serialize)]
pub(super) struct Failed {
    #[serde(rename = "__type")]
    pub(super) type_name: String,
    pub(super) message: String,
}
