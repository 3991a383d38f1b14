#![doc = include_str!("../README.md")]

use std::path::PathBuf;

use serde_json::Value;
use template_file::{Template, TemplateError};

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The repository's own template.
pub fn template() -> Result<Template, TemplateError> {
    Template::load(root().join("template.yaml"))
}

/// A member that may be one value or a list of them, as a list.
pub fn listed(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}
