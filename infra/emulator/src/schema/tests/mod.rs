//! Limits whose values are written by hand, one by one: they hold the tables to LINE's reference.

mod action;
mod flex;
mod message;
mod template;

use serde_json::Value;

use super::{Object, Shape, check};
use crate::api::Findings;

type Found = Vec<(String, String)>;

/// What is wrong with a value of a shape, and where.
fn found(shape: &Shape, value: &Value, at: &str) -> Found {
    let mut findings = Findings::default();
    check::shape(&mut findings, shape, value, at);
    findings.all()
}

/// What is wrong with an object.
fn found_in(object: &Object, value: &Value) -> Found {
    let mut findings = Findings::default();
    check(&mut findings, object, value, "");
    findings.all()
}

fn places(found: Found) -> Vec<String> {
    found.into_iter().map(|(place, _)| place).collect()
}
