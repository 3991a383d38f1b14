#![doc = include_str!("../README.md")]

pub mod alarm;

use std::path::PathBuf;

use serde_json::{Value, json};
use template_file::{Template, TemplateError};

/// The repository's root.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The repository's own template.
pub fn template() -> Result<Template, TemplateError> {
    Template::load(root().join("template.yaml"))
}

/// The same with these values of its parameters.
///
/// # Panics
/// If it has no such parameter.
pub fn with(values: &[(&str, &str)]) -> Template {
    let add =
        |template: Template, (name, value): &(&str, &str)| template.with_parameter(name, *value);
    template()
        .and_then(|template| values.iter().try_fold(template, add))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// Whether a stack has this resource, by its condition.
///
/// # Panics
/// If the template has no such resource, or its condition cannot be read.
pub fn is_made(template: &Template, logical: &str) -> bool {
    let condition = match template.resource(logical) {
        Ok(resource) => resource["Condition"].clone(),
        Err(error) => panic!("{error}"),
    };
    match template.resolve(&json!({ "Condition": condition })) {
        Ok(truth) => condition.is_null() || truth == true,
        Err(error) => panic!("{error}"),
    }
}

/// A member that may be one value or a list of them, as a list.
pub fn listed(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}
