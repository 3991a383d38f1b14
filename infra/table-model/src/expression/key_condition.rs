//! Key conditions: a condition that says which partition, and what of it.

use crate::expression::condition::{Comparison, Condition, Operand};
use crate::failure::Failure;
use crate::value::{Item, Value};

/// One partition, and a condition on the sort key.
#[derive(Debug)]
pub(crate) struct KeyCondition {
    pub(crate) hash: Value,
    sort: Option<Condition>,
}

/// A key attribute's name and type.
pub(crate) type KeyPart<'a> = (&'a str, &'a str);

impl KeyCondition {
    /// Takes a condition apart: one part for the partition, at most one for the sort key.
    pub(crate) fn of(
        condition: Condition,
        hash: KeyPart<'_>,
        sort: KeyPart<'_>,
    ) -> Result<Self, Failure> {
        let mut parts = Vec::new();
        split(condition, &mut parts)?;
        let mut wanted = None;
        let mut rest = None;
        for (name, part) in parts {
            match part {
                Condition::Compare(_, Comparison::Equal, Operand::Value(value))
                    if name == hash.0 && wanted.is_none() =>
                {
                    wanted = Some(fitting(value, hash)?);
                }
                part if name == sort.0 && rest.is_none() => rest = Some(checked(part, sort)?),
                _ => return Err(Failure::validation("Query key condition not supported")),
            }
        }
        let missed = || format!("Query condition missed key schema element: {}", hash.0);
        Ok(Self {
            hash: wanted.ok_or_else(|| Failure::Validation(missed()))?,
            sort: rest,
        })
    }

    /// Whether an item of the partition is meant.
    pub(crate) fn holds(&self, item: &Item) -> bool {
        self.sort.as_ref().is_none_or(|sort| sort.holds(item))
    }
}

/// The parts between ANDs, each with the attribute it is on.
fn split(condition: Condition, parts: &mut Vec<(String, Condition)>) -> Result<(), Failure> {
    match condition {
        Condition::And(left, right) => {
            split(*left, parts)?;
            split(*right, parts)
        }
        Condition::Group(inner) => split(*inner, parts),
        part => {
            let name = attribute(&part).ok_or_else(|| {
                Failure::validation("Invalid operator used in KeyConditionExpression")
            })?;
            parts.push((name.to_owned(), part));
            Ok(())
        }
    }
}

/// The attribute that a part is on, if it is one that a key condition can have.
fn attribute(part: &Condition) -> Option<&str> {
    let (operand, values) = match part {
        Condition::Compare(_, Comparison::NotEqual, _) => return None,
        Condition::Compare(operand, _, value) | Condition::BeginsWith(operand, value) => {
            (operand, [value, value])
        }
        Condition::Between(operand, low, high) => (operand, [low, high]),
        _ => return None,
    };
    let are_values = values
        .iter()
        .all(|value| matches!(value, Operand::Value(_)));
    match operand {
        Operand::Path(path) if are_values && path.is_attribute() => Some(&path.attribute),
        _ => None,
    }
}

fn checked(part: Condition, key: KeyPart<'_>) -> Result<Condition, Failure> {
    let values = match &part {
        Condition::Compare(_, _, value) | Condition::BeginsWith(_, value) => vec![value],
        Condition::Between(_, low, high) => vec![low, high],
        _ => vec![],
    };
    for value in values {
        if let Operand::Value(value) = value {
            fitting(value.clone(), key)?;
        }
    }
    Ok(part)
}

fn fitting(value: Value, (_, kind): KeyPart<'_>) -> Result<Value, Failure> {
    match value.kind() == kind {
        true => Ok(value),
        false => Err(Failure::validation(
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        )),
    }
}
