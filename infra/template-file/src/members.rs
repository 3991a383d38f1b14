//! Reading members of JSON, and what the local stack names alike everywhere.

use serde_json::{Map, Value};

use crate::error::TemplateError;

/// The account number of everything that runs locally.
pub const ACCOUNT_ID: &str = "000000000000";
/// The region of everything that runs locally.
pub const REGION: &str = "us-east-1";

/// A member that is a non-negative whole number, or absent. A parameter's default may be a string of digits.
pub(crate) fn number(
    properties: &Value,
    name: &str,
    place: &str,
) -> Result<Option<u64>, TemplateError> {
    match &properties[name] {
        Value::Null => Ok(None),
        Value::String(digits) if digits.parse::<u64>().is_ok() => Ok(digits.parse().ok()),
        value => value.as_u64().map(Some).ok_or_else(|| {
            TemplateError::unfit(format!("{place} {name}"), "a whole number", value)
        }),
    }
}

/// A member that must be there and be a string.
pub(crate) fn string(properties: &Value, name: &str, place: &str) -> Result<String, TemplateError> {
    match &properties[name] {
        Value::Null => Err(TemplateError::missing(name, place)),
        Value::String(text) => Ok(text.clone()),
        value => Err(TemplateError::unfit(
            format!("{place} {name}"),
            "a string",
            value,
        )),
    }
}

/// The members of an object, and none of anything else.
pub(crate) fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}
