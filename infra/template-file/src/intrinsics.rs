//! What a reference or an `Fn::` stands for in the local stack.

use serde_json::{Map, Value, json};

use crate::error::TemplateError;
use crate::members::{ACCOUNT_ID, REGION};
use crate::{queue, table};

/// Resolves references: parameters to their defaults, resources to their local names and ARNs.
pub(super) struct Resolver<'a> {
    document: &'a Value,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(document: &'a Value) -> Self {
        Self { document }
    }

    /// The value with everything in it resolved. What resolves to `AWS::NoValue` is left out.
    pub(super) fn resolve(&self, value: &Value) -> Result<Value, TemplateError> {
        match value {
            Value::Array(items) => items
                .iter()
                .map(|item| self.resolve(item))
                .filter(|item| !matches!(item, Ok(Value::Null)))
                .collect(),
            Value::Object(members) => match call(members) {
                Some((name, argument)) => self.call(name, argument),
                None => self.members(members),
            },
            plain => Ok(plain.clone()),
        }
    }

    fn members(&self, members: &Map<String, Value>) -> Result<Value, TemplateError> {
        let mut resolved = Map::new();
        for (name, value) in members {
            match self.resolve(value)? {
                Value::Null => {}
                value => {
                    resolved.insert(name.clone(), value);
                }
            }
        }
        Ok(Value::Object(resolved))
    }

    fn call(&self, name: &str, argument: &Value) -> Result<Value, TemplateError> {
        match name {
            "Ref" => self.reference(argument),
            "Fn::GetAtt" => self.attribute(argument),
            "Fn::Sub" => self.substitute(argument),
            "Fn::Join" => self.join(argument),
            "Fn::If" => {
                let [condition, yes, no] = arguments(name, argument)?;
                let taken = if self.named_condition(condition)? {
                    yes
                } else {
                    no
                };
                self.resolve(taken)
            }
            "Fn::Equals" | "Fn::Not" | "Fn::And" | "Fn::Or" | "Condition" => {
                self.condition(name, argument).map(Value::Bool)
            }
            _ => Err(TemplateError::UnknownFunction {
                name: name.to_owned(),
            }),
        }
    }

    fn reference(&self, argument: &Value) -> Result<Value, TemplateError> {
        let name = text("Ref", argument)?;
        if let Some(value) = pseudo_parameter(name) {
            return Ok(value);
        }
        if let Some(parameter) = self.document["Parameters"].get(name) {
            // A parameter that has to be given is empty here; nothing local is made from one.
            return Ok(parameter.get("Default").cloned().unwrap_or(json!("")));
        }
        self.resource(name)
            .map(|(kind, properties)| match kind {
                "AWS::SQS::Queue" => queue::local_name(name, properties),
                "AWS::DynamoDB::Table" => table::local_name(name, properties),
                _ => name.to_owned(),
            })
            .map(Value::String)
    }

    fn attribute(&self, argument: &Value) -> Result<Value, TemplateError> {
        let [resource, attribute] = arguments("Fn::GetAtt", argument)?;
        let (resource, attribute) = (
            text("Fn::GetAtt", resource)?,
            text("Fn::GetAtt", attribute)?,
        );
        let (kind, properties) = self.resource(resource)?;
        Ok(Value::String(match (kind, attribute) {
            ("AWS::SQS::Queue", "Arn") => queue::arn(&queue::local_name(resource, properties)),
            ("AWS::SQS::Queue", "QueueName") => queue::local_name(resource, properties),
            ("AWS::DynamoDB::Table", "Arn") => format!(
                "arn:aws:dynamodb:{REGION}:{ACCOUNT_ID}:table/{}",
                table::local_name(resource, properties)
            ),
            ("AWS::DynamoDB::Table", "StreamArn") => {
                table::stream_arn(&table::local_name(resource, properties))
            }
            _ => format!("{resource}.{attribute}"),
        }))
    }

    fn resource(&self, logical: &str) -> Result<(&'a str, &'a Value), TemplateError> {
        let resource = self.document["Resources"]
            .get(logical)
            .ok_or_else(|| TemplateError::missing(logical, "Parameters or Resources"))?;
        let kind = resource["Type"].as_str().unwrap_or_default();
        Ok((kind, &resource["Properties"]))
    }

    /// `Fn::Sub`, with or without names of its own.
    fn substitute(&self, argument: &Value) -> Result<Value, TemplateError> {
        let (pattern, own) = match argument {
            Value::Array(_) => {
                let [pattern, own] = arguments("Fn::Sub", argument)?;
                (text("Fn::Sub", pattern)?, own)
            }
            _ => (text("Fn::Sub", argument)?, &Value::Null),
        };
        let mut written = String::new();
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after
                .split_once('}')
                .ok_or_else(|| TemplateError::unfit("Fn::Sub", "closed by }", &json!(pattern)))?;
            written.push_str(before);
            written.push_str(&self.substituted(name, own)?);
            rest = after;
        }
        written.push_str(rest);
        Ok(Value::String(written))
    }

    fn substituted(&self, name: &str, own: &Value) -> Result<String, TemplateError> {
        if let Some(literal) = name.strip_prefix('!') {
            return Ok(format!("${{{literal}}}"));
        }
        let value = match (own.get(name), name.split_once('.')) {
            (Some(value), _) => self.resolve(value)?,
            (None, Some((resource, attribute))) => self.attribute(&json!([resource, attribute]))?,
            (None, None) => self.reference(&json!(name))?,
        };
        Ok(plain(&value))
    }

    fn join(&self, argument: &Value) -> Result<Value, TemplateError> {
        let [separator, items] = arguments("Fn::Join", argument)?;
        let items: Vec<String> = match self.resolve(items)? {
            Value::Array(items) => items.iter().map(plain).collect(),
            other => return Err(TemplateError::unfit("Fn::Join", "a list", &other)),
        };
        Ok(Value::String(items.join(text("Fn::Join", separator)?)))
    }

    fn condition(&self, name: &str, argument: &Value) -> Result<bool, TemplateError> {
        match name {
            "Condition" => self.named_condition(argument),
            "Fn::Equals" => {
                let [left, right] = arguments(name, argument)?;
                // CloudFormation compares what it has read as text.
                Ok(plain(&self.resolve(left)?) == plain(&self.resolve(right)?))
            }
            "Fn::Not" => {
                let [inner] = arguments(name, argument)?;
                Ok(!self.truth(inner)?)
            }
            _ => {
                let inner = argument
                    .as_array()
                    .ok_or_else(|| TemplateError::unfit(name, "a list", argument))?;
                let truths = inner
                    .iter()
                    .map(|item| self.truth(item))
                    .collect::<Result<Vec<_>, _>>()?;
                Ok(match name {
                    "Fn::And" => truths.into_iter().all(|truth| truth),
                    _ => truths.into_iter().any(|truth| truth),
                })
            }
        }
    }

    fn truth(&self, value: &Value) -> Result<bool, TemplateError> {
        match self.resolve(value)? {
            Value::Bool(truth) => Ok(truth),
            other => Err(TemplateError::unfit("condition", "true or false", &other)),
        }
    }

    fn named_condition(&self, name: &Value) -> Result<bool, TemplateError> {
        let name = text("Fn::If", name)?;
        match self.document["Conditions"].get(name) {
            Some(condition) => self.truth(condition),
            None => Err(TemplateError::missing(name, "Conditions")),
        }
    }
}

/// An object of one member whose name is a function's is a call of it.
fn call(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let mut members = members.iter();
    match (members.next(), members.next()) {
        (Some((name, argument)), None)
            if name.starts_with("Fn::")
                || name == "Ref"
                || (name == "Condition" && argument.is_string()) =>
        {
            Some((name, argument))
        }
        _ => None,
    }
}

fn pseudo_parameter(name: &str) -> Option<Value> {
    Some(match name {
        "AWS::AccountId" => json!(ACCOUNT_ID),
        "AWS::Region" => json!(REGION),
        "AWS::Partition" => json!("aws"),
        "AWS::StackName" => json!("local"),
        "AWS::URLSuffix" => json!("amazonaws.com"),
        "AWS::NoValue" => Value::Null,
        _ => return None,
    })
}

fn text<'v>(name: &str, value: &'v Value) -> Result<&'v str, TemplateError> {
    value
        .as_str()
        .ok_or_else(|| TemplateError::unfit(name, "a string", value))
}

fn arguments<'v, const N: usize>(
    name: &str,
    value: &'v Value,
) -> Result<&'v [Value; N], TemplateError> {
    value
        .as_array()
        .and_then(|items| items.as_slice().try_into().ok())
        .ok_or_else(|| TemplateError::unfit(name, &format!("a list of {N}"), value))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(value: &Value) -> Result<Value, TemplateError> {
        let document = json!({
            "Parameters": {
                "Url": {"Default": ""},
                "Limit": {"Default": 0},
                "Needed": {"Type": "String"},
            },
            "Conditions": {
                "HasUrl": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Url"}, ""]}]},
                "NoLimit": {"Fn::Equals": [{"Ref": "Limit"}, "0"]},
                "Both": {"Fn::And": [{"Condition": "HasUrl"}, {"Condition": "NoLimit"}]},
                "Either": {"Fn::Or": [{"Condition": "HasUrl"}, {"Condition": "NoLimit"}]},
            },
            "Resources": {
                "Events": {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": true}},
                "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}},
            },
        });
        Resolver::new(&document).resolve(value)
    }

    #[test]
    fn a_reference_is_the_parameters_default_or_the_resources_name() {
        assert_eq!(
            resolved(&json!([{"Ref": "Limit"}, {"Ref": "Needed"}, {"Ref": "Events"}, {"Ref": "AWS::Region"}])).unwrap(),
            json!([0, "", "Events.fifo", "us-east-1"])
        );
    }

    #[test]
    fn a_name_that_is_nowhere_is_an_error() {
        assert_eq!(
            resolved(&json!({"Ref": "Nothing"}))
                .unwrap_err()
                .to_string(),
            "the template has no Nothing in Parameters or Resources"
        );
    }

    #[test]
    fn a_substitution_takes_references_attributes_and_its_own_names() {
        assert_eq!(
            resolved(&json!({"Fn::Sub": "${AWS::AccountId}/${Table}/${Events.Arn}/${!kept}"}))
                .unwrap(),
            json!("000000000000/Table/arn:aws:sqs:us-east-1:000000000000:Events.fifo/${kept}")
        );
        assert_eq!(
            resolved(&json!({"Fn::Sub": ["${Own}-${Limit}", {"Own": {"Ref": "Table"}}]})).unwrap(),
            json!("Table-0")
        );
    }

    #[test]
    fn a_condition_chooses() {
        let choose = |name: &str| json!({"Fn::If": [name, "yes", "no"]});
        let names = ["HasUrl", "NoLimit", "Both", "Either"];
        let chosen: Vec<Value> = names
            .iter()
            .map(|name| resolved(&choose(name)).unwrap())
            .collect();
        assert_eq!(chosen, ["no", "yes", "no", "yes"]);
    }

    #[test]
    fn no_value_leaves_the_member_out() {
        let value = json!({"a": {"Fn::If": ["HasUrl", 1, {"Ref": "AWS::NoValue"}]}, "b": 2});
        assert_eq!(resolved(&value).unwrap(), json!({"b": 2}));
    }

    #[test]
    fn an_unknown_function_is_named() {
        assert_eq!(
            resolved(&json!({"Fn::Cidr": []})).unwrap_err().to_string(),
            "the local stack does not understand Fn::Cidr in the template"
        );
    }
}
