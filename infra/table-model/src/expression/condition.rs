//! Conditions.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::expression::Parser;
use crate::expression::parser::wrong_operand;
use crate::expression::path::Path;
use crate::number::Number;
use crate::value::{Item, Value};

/// A condition on an item.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    Compare(Operand, Comparison, Operand),
    Between(Operand, Operand, Operand),
    In(Operand, Vec<Operand>),
    Exists(Path),
    NotExists(Path),
    BeginsWith(Operand, Operand),
    Contains(Operand, Operand),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
    /// In brackets.
    Group(Box<Condition>),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// What is compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Path(Path),
    Value(Value),
    Size(Path),
}

const COMPARISONS: [(&str, Comparison); 6] = [
    ("=", Comparison::Equal),
    ("<>", Comparison::NotEqual),
    ("<", Comparison::Less),
    ("<=", Comparison::LessOrEqual),
    (">", Comparison::Greater),
    (">=", Comparison::GreaterOrEqual),
];

impl Condition {
    /// Reads a condition.
    pub(crate) fn read(parser: &mut Parser<'_>) -> Result<Self, String> {
        let mut left = Self::all(parser)?;
        while parser.takes_word("OR") {
            left = Self::Or(left.into(), Self::all(parser)?.into());
        }
        Ok(left)
    }

    fn all(parser: &mut Parser<'_>) -> Result<Self, String> {
        let mut left = Self::one(parser)?;
        while parser.takes_word("AND") {
            left = Self::And(left.into(), Self::one(parser)?.into());
        }
        Ok(left)
    }

    fn one(parser: &mut Parser<'_>) -> Result<Self, String> {
        if parser.takes_word("NOT") {
            return Ok(Self::Not(Self::one(parser)?.into()));
        }
        if parser.takes("(") {
            let inner = Self::read(parser)?;
            parser.expect(")")?;
            if matches!(inner, Self::Group(_)) {
                return Err("The expression has redundant parentheses;".to_owned());
            }
            return Ok(Self::Group(inner.into()));
        }
        match parser.function() {
            Some("size") => {
                let size = Operand::size(parser)?;
                Self::comparison(size, parser)
            }
            Some(name) => Self::function(name, parser),
            None => {
                let left = Operand::read(parser)?;
                Self::comparison(left, parser)
            }
        }
    }

    fn function(name: &str, parser: &mut Parser<'_>) -> Result<Self, String> {
        let condition = match name {
            "attribute_exists" => Self::Exists(parser.path()?),
            "attribute_not_exists" => Self::NotExists(parser.path()?),
            "begins_with" | "contains" => {
                let left = Operand::read(parser)?;
                parser.expect(",")?;
                Self::pair(name, left, Operand::read(parser)?)?
            }
            _ => return Err(format!("Invalid function name; function: {name}")),
        };
        parser.expect(")").map(|()| condition)
    }

    fn pair(name: &str, left: Operand, right: Operand) -> Result<Self, String> {
        left.check_distinct(name, &right)?;
        match (name, &right) {
            ("begins_with", Operand::Value(value))
                if !matches!(value, Value::S(_) | Value::B(_)) =>
            {
                Err(wrong_operand(name, value))
            }
            ("begins_with", _) => Ok(Self::BeginsWith(left, right)),
            _ => Ok(Self::Contains(left, right)),
        }
    }

    fn comparison(left: Operand, parser: &mut Parser<'_>) -> Result<Self, String> {
        if parser.takes_word("BETWEEN") {
            let low = Operand::read(parser)?;
            parser.expect_word("AND")?;
            let high = Operand::read(parser)?;
            check_bounds(&low, &high)?;
            return Ok(Self::Between(left, low, high));
        }
        if parser.takes_word("IN") {
            parser.expect("(")?;
            let values = parser.list(Operand::read)?;
            parser.expect(")")?;
            return Ok(Self::In(left, values));
        }
        let found = COMPARISONS.iter().find(|(sign, _)| parser.takes(sign));
        let (sign, comparison) = found.ok_or_else(|| parser.unexpected())?;
        let right = Operand::read(parser)?;
        left.check_distinct(sign, &right)?;
        if !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            left.check_ordered(sign)?;
            right.check_ordered(sign)?;
        }
        Ok(Self::Compare(left, *comparison, right))
    }

    /// Whether it holds of an item.
    pub(crate) fn holds(&self, item: &Item) -> bool {
        match self {
            Self::Compare(left, comparison, right) => {
                let (left, right) = (left.of(item), right.of(item));
                comparison.holds(left.as_deref(), right.as_deref())
            }
            Self::Between(operand, low, high) => operand.of(item).is_some_and(|value| {
                let (low, high) = (low.of(item), high.of(item));
                Comparison::GreaterOrEqual.holds(Some(&value), low.as_deref())
                    && Comparison::LessOrEqual.holds(Some(&value), high.as_deref())
            }),
            Self::In(operand, values) => operand.of(item).is_some_and(|wanted| {
                let mut values = values.iter().filter_map(|value| value.of(item));
                values.any(|value| value == wanted)
            }),
            Self::Exists(path) => path.get(item).is_some(),
            Self::NotExists(path) => path.get(item).is_none(),
            Self::BeginsWith(left, right) => both(left, right, item, begins_with),
            Self::Contains(left, right) => both(left, right, item, contains),
            Self::And(left, right) => left.holds(item) && right.holds(item),
            Self::Or(left, right) => left.holds(item) || right.holds(item),
            Self::Not(inner) => !inner.holds(item),
            Self::Group(inner) => inner.holds(item),
        }
    }
}

impl Comparison {
    /// Whether it holds. An absent value differs from all others.
    fn holds(self, left: Option<&Value>, right: Option<&Value>) -> bool {
        let (Some(left), Some(right)) = (left, right) else {
            return self == Self::NotEqual;
        };
        let order = order(left, right);
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => order.is_some_and(Ordering::is_le),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        }
    }
}

/// The order of two values of one type that has an order.
pub(crate) fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::S(left), Value::S(right)) => Some(left.cmp(right)),
        (Value::N(left), Value::N(right)) => Some(left.cmp(right)),
        (Value::B(left), Value::B(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

impl Operand {
    fn read(parser: &mut Parser<'_>) -> Result<Self, String> {
        match parser.function() {
            Some("size") => return Self::size(parser),
            Some(name) => return Err(format!("Invalid function name; function: {name}")),
            None => {}
        }
        match parser.path_is_next() {
            true => Ok(Self::Path(parser.path()?)),
            false => Ok(Self::Value(parser.value()?)),
        }
    }

    fn size(parser: &mut Parser<'_>) -> Result<Self, String> {
        let path = parser.path()?;
        parser.expect(")").map(|()| Self::Size(path))
    }

    fn of<'a>(&'a self, item: &'a Item) -> Option<Cow<'a, Value>> {
        match self {
            Self::Path(path) => path.get(item).map(Cow::Borrowed),
            Self::Value(value) => Some(Cow::Borrowed(value)),
            Self::Size(path) => {
                let size = u32::try_from(size(path.get(item)?)?).ok()?;
                Some(Cow::Owned(Value::N(Number::from(size))))
            }
        }
    }

    fn check_distinct(&self, operator: &str, other: &Self) -> Result<(), String> {
        match (self, other) {
            (Self::Path(one), Self::Path(two)) if one == two => Err(format!(
                "The first operand must be distinct from the remaining operands for this operator \
                 or function; operator: {operator}, first operand: {one}"
            )),
            _ => Ok(()),
        }
    }

    fn check_ordered(&self, operator: &str) -> Result<(), String> {
        match self {
            Self::Value(value) if order(value, value).is_none() => {
                Err(wrong_operand(operator, value))
            }
            _ => Ok(()),
        }
    }
}

fn check_bounds(low: &Operand, high: &Operand) -> Result<(), String> {
    let (Operand::Value(low), Operand::Value(high)) = (low, high) else {
        return Ok(());
    };
    if order(low, low).is_none() {
        return Err(wrong_operand("BETWEEN", low));
    }
    let asked = match order(low, high) {
        None => "same data type for lower and upper bounds",
        Some(Ordering::Greater) => "upper bound to be greater than or equal to lower bound",
        Some(_) => return Ok(()),
    };
    Err(format!("The BETWEEN operator requires {asked}"))
}

fn both(left: &Operand, right: &Operand, item: &Item, judge: fn(&Value, &Value) -> bool) -> bool {
    match (left.of(item), right.of(item)) {
        (Some(left), Some(right)) => judge(&left, &right),
        _ => false,
    }
}

fn begins_with(value: &Value, prefix: &Value) -> bool {
    match (value, prefix) {
        (Value::S(text), Value::S(prefix)) => text.starts_with(prefix),
        (Value::B(bytes), Value::B(prefix)) => bytes.starts_with(prefix),
        _ => false,
    }
}

fn contains(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::S(text), Value::S(part)) => text.contains(part),
        (Value::B(bytes), Value::B(part)) => {
            part.is_empty() || bytes.windows(part.len()).any(|window| window == part)
        }
        (Value::Ss(set), Value::S(member)) => set.contains(member),
        (Value::Ns(set), Value::N(member)) => set.contains(member),
        (Value::Bs(set), Value::B(member)) => set.contains(member),
        (Value::L(values), part) => values.contains(part),
        _ => false,
    }
}

/// A text's size is counted in UTF-16; a number has none.
fn size(value: &Value) -> Option<usize> {
    match value {
        Value::S(text) => Some(text.encode_utf16().count()),
        Value::B(bytes) => Some(bytes.len()),
        Value::M(members) => Some(members.len()),
        Value::L(values) => Some(values.len()),
        Value::Ss(set) => Some(set.len()),
        Value::Ns(set) => Some(set.len()),
        Value::Bs(set) => Some(set.len()),
        Value::N(_) | Value::Bool(_) | Value::Null => None,
    }
}
