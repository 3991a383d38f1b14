//! SQS queues of the template, fit for `CreateQueue`.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::error::TemplateError;
use crate::members::{ACCOUNT_ID, REGION, members};

/// An SQS queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueDefinition {
    /// Its name in the template.
    pub logical_name: String,
    /// Its name in the local SQS.
    pub name: String,
    /// The attributes for `CreateQueue`, all of them strings; `RedrivePolicy` is JSON in a string.
    pub attributes: BTreeMap<String, String>,
}

impl QueueDefinition {
    pub(super) fn read(logical: &str, properties: &Value) -> Result<Self, TemplateError> {
        let attributes = members(properties)
            .filter(|(name, _)| !matches!(name.as_str(), "QueueName" | "Tags"))
            .map(|(name, value)| (name.clone(), attribute(value)))
            .collect();
        Ok(Self {
            logical_name: logical.to_owned(),
            name: local_name(logical, properties),
            attributes,
        })
    }

    pub fn arn(&self) -> String {
        arn(&self.name)
    }

    /// Whether it hands messages received too often to another queue.
    pub fn redrives(&self) -> bool {
        self.attributes.contains_key("RedrivePolicy")
    }
}

/// `CreateQueue` takes strings only.
fn attribute(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The name in the local SQS: the given one, else the logical name with the ending that a FIFO queue needs.
pub(super) fn local_name(logical: &str, properties: &Value) -> String {
    match (&properties["QueueName"], &properties["FifoQueue"]) {
        (Value::String(name), _) => name.clone(),
        (_, Value::Bool(true)) => format!("{logical}.fifo"),
        _ => logical.to_owned(),
    }
}

/// The ARN of a queue of the local SQS.
pub(super) fn arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}")
}

/// The name in a local queue's ARN.
pub(super) fn name_in_arn(arn: &str) -> Option<&str> {
    arn.starts_with("arn:")
        .then(|| arn.rsplit(':').next())
        .flatten()
}
