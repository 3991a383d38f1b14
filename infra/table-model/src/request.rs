//! Requests, as the SDK writes them. A member that is not here is refused, so that
//! nothing is asked for and silently left out.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::value::RawItem;

type Names = Option<BTreeMap<String, String>>;

/// Reads a request's body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    // Checked once: `from_slice` would check each text in it by itself, which takes longer.
    let body = std::str::from_utf8(body).map_err(|error| unreadable(&error))?;
    serde_json::from_str(body).map_err(|error| unreadable(&error))
}

fn unreadable(error: &dyn std::error::Error) -> Failure {
    Failure::serialization(&error.to_string())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct GetItem {
    pub(super) table_name: String,
    pub(super) key: RawItem,
    /// The table itself is always read as it is.
    #[serde(rename = "ConsistentRead")]
    pub(super) _consistent_read: Option<bool>,
}

/// Keys of each table.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct BatchGetItem {
    pub(super) request_items: BTreeMap<String, Keys>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Keys {
    pub(super) keys: Vec<RawItem>,
    pub(super) consistent_read: Option<bool>,
    /// Names of attributes, and nothing else.
    pub(super) projection_expression: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Query {
    pub(super) table_name: String,
    pub(super) index_name: Option<String>,
    pub(super) key_condition_expression: String,
    /// Of what a page has read: what does not pass it is left out.
    pub(super) filter_expression: Option<String>,
    pub(super) expression_attribute_names: Names,
    pub(super) expression_attribute_values: Option<RawItem>,
    pub(super) consistent_read: Option<bool>,
    pub(super) scan_index_forward: Option<bool>,
    pub(super) limit: Option<usize>,
    pub(super) exclusive_start_key: Option<RawItem>,
}

/// One write, alone or in a transaction. Which members it may have is its
/// [`Kind`](super::write::Kind)'s matter.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Write {
    pub(super) table_name: String,
    pub(super) item: Option<RawItem>,
    pub(super) key: Option<RawItem>,
    pub(super) update_expression: Option<String>,
    pub(super) condition_expression: Option<String>,
    pub(super) expression_attribute_names: Names,
    pub(super) expression_attribute_values: Option<RawItem>,
    pub(super) return_values: Option<String>,
    pub(super) return_values_on_condition_check_failure: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct TransactWriteItems {
    pub(super) transact_items: Vec<Action>,
    pub(super) client_request_token: Option<String>,
}

/// One of a transaction's writes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) enum Action {
    Put(Write),
    Update(Write),
    Delete(Write),
    ConditionCheck(Write),
}
