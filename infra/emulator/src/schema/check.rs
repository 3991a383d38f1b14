//! Holds a value against the tables.

use serde_json::Value;

use super::action::{self, Place};
use super::{Form, Object, Shape, Text, Unit};
use crate::api::{Findings, place};

/// Looks at an object that is at a place.
pub(crate) fn check(findings: &mut Findings, object: &Object, value: &Value, at: &str) {
    if !value.is_object() {
        return findings.add("Must be an object", at);
    }
    check_members(findings, object, value, at);
    findings.unknown(value, at, |name| {
        name == "type" || object.members().any(|member| member.name == name)
    });
}

/// As [`check`], where the object may have members that are not in the table.
pub(crate) fn check_members(findings: &mut Findings, object: &Object, value: &Value, at: &str) {
    for member in object.members() {
        let given = findings.given(value, member.name);
        let property = place(at, member.name);
        check_member(
            findings,
            (member.is_required, &member.shape),
            given,
            &property,
        );
    }
    for rule in object.rules {
        (rule.check)(findings, value, at);
    }
}

/// Looks at a member, whether it is given or not; one with an error is not looked at again.
pub(crate) fn check_member(
    findings: &mut Findings,
    (is_required, shape): (bool, &Shape),
    given: Option<&Value>,
    property: &str,
) {
    match given {
        _ if findings.has(property) => {}
        Some(given) => self::shape(findings, shape, given, property),
        None if is_required => findings.add(missing(shape), property),
        None => {}
    }
}

/// What LINE says of a member that must be there, as far as it is known.
fn missing(shape: &Shape) -> String {
    match shape {
        Shape::Text(_) => "May not be empty".into(),
        Shape::OneOf(known) => one_of(known),
        _ => "May not be null".into(),
    }
}

pub(super) fn shape(findings: &mut Findings, shape: &Shape, value: &Value, at: &str) {
    match shape {
        Shape::Text(text) => self::text(findings, text, value, at),
        Shape::Whole(least, most) => {
            if !value
                .as_i64()
                .is_some_and(|it| (*least..=*most).contains(&it))
            {
                findings.add(format!("Must be between {least} and {most}"), at);
            }
        }
        Shape::Number if !value.is_number() => findings.add("Must be a number", at),
        Shape::Truth if !value.is_boolean() => findings.add("Must be a boolean", at),
        Shape::Number | Shape::Truth => {}
        Shape::OneOf(known) => {
            if !value.as_str().is_some_and(|text| known.contains(&text)) {
                findings.add(one_of(known), at);
            }
        }
        Shape::Look(look) => {
            if !value.as_str().is_some_and(|text| look.allows(text)) {
                findings.add("invalid property", at);
            }
        }
        Shape::List(least, most, of) => list(findings, (*least, *most), of, value, at),
        Shape::Object(object) => check(findings, object, value, at),
        Shape::Typed(objects) => typed(findings, objects, value, at),
        Shape::Named(most, objects) => named(findings, *most, objects, value, at),
        Shape::Action(place) => self::action(findings, place, value, at),
    }
}

pub(super) fn text(findings: &mut Findings, text: &Text, value: &Value, at: &str) {
    let Some(given) = value.as_str() else {
        return findings.add("Must be a string", at);
    };
    if given.is_empty() {
        if !text.may_be_empty {
            findings.add("May not be empty", at);
        }
        return;
    }
    if text.unit.length(given) > text.most {
        findings.add(text.too_long(), at);
    } else if let Some(problem) = text.form.problem(given) {
        findings.add(problem, at);
    }
}

fn list(
    findings: &mut Findings,
    (least, most): (usize, usize),
    of: &Shape,
    value: &Value,
    at: &str,
) {
    let Some(entries) = value.as_array() else {
        return findings.add("Must be an array", at);
    };
    if !(least..=most).contains(&entries.len()) {
        findings.add(format!("Size must be between {least} and {most}"), at);
    }
    for (place, entry) in entries.iter().enumerate() {
        shape(findings, of, entry, &format!("{at}[{place}]"));
    }
}

fn typed(findings: &mut Findings, objects: &[&Object], value: &Value, at: &str) {
    let kind = value["type"].as_str();
    match objects.iter().find(|object| kind == Some(object.kind)) {
        Some(object) => check(findings, object, value, at),
        None => {
            let known: Vec<&str> = objects.iter().map(|object| object.kind).collect();
            findings.add(one_of(&known), place(at, "type"));
        }
    }
}

fn named(findings: &mut Findings, most: usize, objects: &[&Object], value: &Value, at: &str) {
    let Some(entries) = value.as_object() else {
        return findings.add("Must be an object", at);
    };
    if entries.len() > most {
        findings.add(format!("Size must be between 0 and {most}"), at);
    }
    for (name, entry) in entries {
        typed(findings, objects, entry, &format!("{at}.{name}"));
    }
}

/// An action: it is one of its place's, and has the label that its place wants.
pub(super) fn action(findings: &mut Findings, place: &'static Place, value: &Value, at: &str) {
    let kind = value["type"].as_str();
    let Some(object) = place.takes.iter().find(|it| kind == Some(it.kind)) else {
        return typed(findings, place.takes, value, at);
    };
    action::label(findings, place, value, at);
    // What may not be here is not looked at more closely.
    for rule in place.rules {
        (rule.check)(findings, value, at);
    }
    check_members(findings, object, value, at);
    findings.unknown(value, at, |name| {
        matches!(name, "type" | "label") || object.members().any(|member| member.name == name)
    });
}

/// LINE's words for a text that is none of those that it knows.
pub(crate) fn one_of(known: &[&str]) -> String {
    let known = known.join(", ");
    format!("Must be one of the following values: [{known}]")
}

impl Text {
    /// LINE's words for grapheme clusters and for addresses that are opened are as users report
    /// them, see <https://github.com/zaoldyeck/cross-platform-chatbot/pull/1> and
    /// <https://github.com/line/line-bot-sdk-python/issues/646>.
    fn too_long(&self) -> String {
        let most = self.most;
        match (self.form, self.unit) {
            (Form::Opened, _) => format!("size must be between 0 and {most}"),
            (_, Unit::Utf16) => format!("Length must be between 1 and {most}"),
            (_, Unit::Graphemes) => format!("must not be longer than {most} characters"),
        }
    }
}
