//! DynamoDB tables of the template, fit for `CreateTable`.

use serde_json::{Map, Value, json};

use crate::error::TemplateError;
use crate::members::{ACCOUNT_ID, REGION, members};

/// A DynamoDB table.
#[derive(Debug, Clone, PartialEq)]
pub struct TableDefinition {
    /// Its name in the template.
    pub logical_name: String,
    /// Its name in the local DynamoDB.
    pub name: String,
    /// The request for `CreateTable`.
    pub create: Value,
    /// The attribute that says when a row may go, if rows go by themselves.
    pub ttl_attribute: Option<String>,
    /// What the records of its stream show of a row, if it has a stream.
    pub stream_view_type: Option<String>,
}

/// What `CreateTable` takes; the rest is CloudFormation's, and set by calls of its own.
const CREATE_TABLE_MEMBERS: [&str; 6] = [
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "ProvisionedThroughput",
];

impl TableDefinition {
    pub(super) fn read(logical: &str, properties: &Value) -> Result<Self, TemplateError> {
        for needed in ["AttributeDefinitions", "KeySchema"] {
            if !properties[needed].is_array() {
                return Err(TemplateError::missing(needed, format!("table {logical}")));
            }
        }
        let name = local_name(logical, properties);
        let mut create: Map<String, Value> = members(properties)
            .filter(|(member, _)| CREATE_TABLE_MEMBERS.contains(&member.as_str()))
            .map(|(member, value)| (member.clone(), value.clone()))
            .collect();
        create.insert("TableName".to_owned(), json!(name));
        Ok(Self {
            logical_name: logical.to_owned(),
            name,
            create: Value::Object(create),
            ttl_attribute: ttl_attribute(properties),
            stream_view_type: properties["StreamSpecification"]["StreamViewType"]
                .as_str()
                .map(str::to_owned),
        })
    }
}

fn ttl_attribute(properties: &Value) -> Option<String> {
    let ttl = &properties["TimeToLiveSpecification"];
    match &ttl["Enabled"] {
        Value::Bool(true) => ttl["AttributeName"].as_str().map(str::to_owned),
        _ => None,
    }
}

/// What the local stack has in place of a stream's ARN. In AWS its label is a time.
pub(super) fn stream_arn(table: &str) -> String {
    format!("arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{table}/stream/local")
}

/// The table in a stream's ARN.
pub(super) fn name_in_stream_arn(arn: &str) -> Option<&str> {
    let (_, rest) = arn.split_once(":table/")?;
    rest.split_once("/stream/").map(|(table, _)| table)
}

/// The name in the local DynamoDB: the given one, else the logical name.
pub(super) fn local_name(logical: &str, properties: &Value) -> String {
    properties["TableName"]
        .as_str()
        .unwrap_or(logical)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_create_table_takes_is_kept() {
        let table = TableDefinition::read(
            "Table",
            &json!({
                "AttributeDefinitions": [{"AttributeName": "bot_id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "bot_id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true},
                "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": true},
            }),
        )
        .unwrap();
        assert_eq!(
            table.create,
            json!({
                "TableName": "Table",
                "AttributeDefinitions": [{"AttributeName": "bot_id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "bot_id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
            })
        );
        assert_eq!(table.ttl_attribute.as_deref(), Some("expires_at"));
    }

    #[test]
    fn a_table_without_a_key_is_an_error() {
        let error = TableDefinition::read("Table", &json!({"AttributeDefinitions": []}));
        assert_eq!(
            error.unwrap_err().to_string(),
            "the template has no KeySchema in table Table"
        );
    }
}
