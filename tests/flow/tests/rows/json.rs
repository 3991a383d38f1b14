//! Rows in DynamoDB's own JSON.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

type Item = HashMap<String, AttributeValue>;

pub(crate) fn of_item(item: &Item) -> Value {
    let members = item.iter().map(|(name, value)| (name.clone(), of(value)));
    Value::Object(members.collect::<Map<_, _>>())
}

pub(crate) fn to_item(row: &Value) -> Item {
    let members = row.as_object().unwrap().iter();
    let members = members.map(|(name, value)| (name.clone(), to(value)));
    members.collect()
}

fn of(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(flag) => json!({ "BOOL": flag }),
        AttributeValue::Null(_) => json!({ "NULL": true }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(of).collect::<Vec<_>>() }),
        AttributeValue::M(map) => json!({ "M": of_item(map) }),
        AttributeValue::Ss(set) => json!({ "SS": set }),
        AttributeValue::B(bytes) => json!({ "B": STANDARD.encode(bytes) }),
        other => panic!("no row of ours has {other:?}"),
    }
}

fn to(value: &Value) -> AttributeValue {
    let (kind, value) = value.as_object().unwrap().iter().next().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = || value.as_array().unwrap().iter();
    match kind.as_str() {
        "S" => AttributeValue::S(text(value)),
        "N" => AttributeValue::N(text(value)),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "NULL" => AttributeValue::Null(true),
        "L" => AttributeValue::L(list().map(to).collect()),
        "M" => AttributeValue::M(to_item(value)),
        "SS" => AttributeValue::Ss(list().map(text).collect()),
        "B" => AttributeValue::B(STANDARD.decode(text(value)).unwrap().into()),
        other => panic!("no row of ours has {other}"),
    }
}
