//! YAML to JSON, CloudFormation's short forms in their long form.

use saphyr::{LoadableYamlNode, Scalar, Tag, Yaml};
use serde_json::{Map, Number, Value, json};

use crate::error::TemplateError;

/// The document as JSON, with `!Ref x` as `{"Ref": "x"}` and `!Sub x` as `{"Fn::Sub": "x"}`.
pub(super) fn parse(text: &str) -> Result<Value, TemplateError> {
    let documents =
        Yaml::load_from_str(text).map_err(|error| TemplateError::NotYaml(error.to_string()))?;
    match documents.first() {
        Some(document) => json(document),
        None => Ok(Value::Null),
    }
}

fn json(node: &Yaml<'_>) -> Result<Value, TemplateError> {
    match node {
        Yaml::Value(scalar) => Ok(scalar_json(scalar)),
        Yaml::Sequence(items) => items.iter().map(json).collect(),
        Yaml::Mapping(pairs) => pairs
            .iter()
            .map(|(key, value)| Ok((member_name(key)?, json(value)?)))
            .collect::<Result<Map<_, _>, _>>()
            .map(Value::Object),
        Yaml::Tagged(tag, inner) => Ok(long_form(tag, json(inner)?)),
        Yaml::Representation(..) | Yaml::Alias(_) | Yaml::BadValue => Err(TemplateError::NotYaml(
            "a value could not be read".to_owned(),
        )),
    }
}

fn scalar_json(scalar: &Scalar<'_>) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(value) => json!(value),
        Scalar::Integer(value) => json!(value),
        Scalar::FloatingPoint(value) => {
            Number::from_f64(value.into_inner()).map_or(Value::Null, Value::Number)
        }
        Scalar::String(value) => json!(value),
    }
}

/// A member's name is a string, also where YAML reads `200:` as a number.
fn member_name(key: &Yaml<'_>) -> Result<String, TemplateError> {
    match json(key)? {
        Value::String(name) => Ok(name),
        other => Ok(other.to_string()),
    }
}

fn long_form(tag: &Tag, value: Value) -> Value {
    match (tag.suffix.as_str(), value) {
        (name @ ("Ref" | "Condition"), value) => json!({ name: value }),
        ("GetAtt", Value::String(path)) => {
            let (resource, attribute) = path.split_once('.').unwrap_or((&path, ""));
            json!({"Fn::GetAtt": [resource, attribute]})
        }
        (name, value) => json!({ format!("Fn::{name}"): value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_become_long_ones() {
        let text = "
            ref: !Ref Table
            sub: !Sub '${A}/x'
            attribute: !GetAtt Queue.Arn
            nested: !GetAtt Queue.Outputs.Name
            list: !GetAtt [Queue, Arn]
            if: !If [Has, !Ref A, !Ref AWS::NoValue]
            condition: !Not [!Equals [!Ref A, '']]
        ";
        assert_eq!(
            parse(text).unwrap(),
            json!({
                "ref": {"Ref": "Table"},
                "sub": {"Fn::Sub": "${A}/x"},
                "attribute": {"Fn::GetAtt": ["Queue", "Arn"]},
                "nested": {"Fn::GetAtt": ["Queue", "Outputs.Name"]},
                "list": {"Fn::GetAtt": ["Queue", "Arn"]},
                "if": {"Fn::If": ["Has", {"Ref": "A"}, {"Ref": "AWS::NoValue"}]},
                "condition": {"Fn::Not": [{"Fn::Equals": [{"Ref": "A"}, ""]}]},
            })
        );
    }

    #[test]
    fn a_short_form_may_stand_over_several_lines() {
        let text = "
            value: !If
              - Has
              - !Sub
                - ${A}
                - A: 1
              - plain
        ";
        assert_eq!(
            parse(text).unwrap(),
            json!({"value": {"Fn::If": ["Has", {"Fn::Sub": ["${A}", {"A": 1}]}, "plain"]}})
        );
    }

    #[test]
    fn scalars_keep_their_kind() {
        assert_eq!(
            parse("{a: '2010-09-09', b: 2010-09-09, c: 1.5, d: true, e: on, f: , 200: x}").unwrap(),
            json!({"a": "2010-09-09", "b": "2010-09-09", "c": 1.5, "d": true, "e": "on", "f": null, "200": "x"})
        );
    }

    #[test]
    fn what_is_not_yaml_is_an_error() {
        assert!(matches!(parse("a: [1"), Err(TemplateError::NotYaml(_))));
    }
}
