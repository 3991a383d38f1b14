//! Attribute values, as DynamoDB's JSON has them.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::table::failure::Failure;
use crate::table::number::Number;

/// An item, or a map in one.
pub type Item = BTreeMap<String, Value>;
/// The same as a request has it.
pub(super) type RawItem = BTreeMap<String, Json>;

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    S(String),
    /// A number.
    N(Number),
    /// Bytes.
    B(Vec<u8>),
    /// True or false.
    Bool(bool),
    /// Nothing.
    Null,
    /// A map.
    M(Item),
    /// A list.
    L(Vec<Value>),
    /// A set of texts.
    Ss(BTreeSet<String>),
    /// A set of numbers.
    Ns(BTreeSet<Number>),
    /// A set of bytes.
    Bs(BTreeSet<Vec<u8>>),
}

impl Value {
    /// Reads a value; what DynamoDB refuses is refused.
    pub(super) fn read(json: Json) -> Result<Self, Failure> {
        let Json::Object(tagged) = json else {
            return Err(Failure::serialization("a value is not an object"));
        };
        let mut members = tagged.into_iter();
        match (members.next(), members.next()) {
            (Some((tag, json)), None) => Self::tagged(&tag, json),
            (None, _) => Err(Failure::validation(
                "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
            )),
            _ => Err(Failure::validation(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
            )),
        }
    }

    fn tagged(tag: &str, json: Json) -> Result<Self, Failure> {
        Ok(match (tag, json) {
            ("S", Json::String(text)) => Self::S(text),
            ("N", Json::String(text)) => Self::N(Number::read(&text)?),
            ("B", Json::String(text)) => Self::B(bytes(text)?),
            ("BOOL", Json::Bool(bool)) => Self::Bool(bool),
            ("NULL", Json::Bool(true)) => Self::Null,
            ("NULL", Json::Bool(false)) => {
                return Err(Failure::validation(
                    "One or more parameter values were invalid: Null attribute value types must have the value of true",
                ));
            }
            ("M", Json::Object(members)) => Self::M(read_item(members)?),
            ("L", Json::Array(values)) => Self::L(
                values
                    .into_iter()
                    .map(Self::read)
                    .collect::<Result<_, _>>()?,
            ),
            ("SS", Json::Array(members)) => Self::Ss(set(members, Ok)?),
            ("NS", Json::Array(members)) => Self::Ns(set(members, |text| Number::read(&text))?),
            ("BS", Json::Array(members)) => Self::Bs(set(members, bytes)?),
            _ => return Err(Failure::serialization("a value is of no known type")),
        })
    }

    /// Its type, in DynamoDB's letters.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::S(_) => "S",
            Self::N(_) => "N",
            Self::B(_) => "B",
            Self::Bool(_) => "BOOL",
            Self::Null => "NULL",
            Self::M(_) => "M",
            Self::L(_) => "L",
            Self::Ss(_) => "SS",
            Self::Ns(_) => "NS",
            Self::Bs(_) => "BS",
        }
    }

    /// Bytes that it counts for in an item.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::S(text) => text.len(),
            Self::N(number) => number.size(),
            Self::B(bytes) => bytes.len(),
            Self::Bool(_) | Self::Null => 1,
            Self::M(members) => 3 + members.len() + item_size(members),
            Self::L(values) => 3 + values.len() + values.iter().map(Self::size).sum::<usize>(),
            Self::Ss(set) => set.iter().map(String::len).sum(),
            Self::Ns(set) => set.iter().map(|number| number.size()).sum(),
            Self::Bs(set) => set.iter().map(Vec::len).sum(),
        }
    }
}

/// Reads an item or a map.
pub(super) fn read_item(raw: impl IntoIterator<Item = (String, Json)>) -> Result<Item, Failure> {
    raw.into_iter()
        .map(|(name, json)| Ok((name, Value::read(json)?)))
        .collect()
}

/// Bytes that count against an item's limit: names and values.
pub(super) fn item_size(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + value.size())
        .sum()
}

fn bytes(text: String) -> Result<Vec<u8>, Failure> {
    STANDARD
        .decode(text)
        .map_err(|_| Failure::serialization("bytes are not in base64"))
}

/// A set: never empty, no member twice.
fn set<T: Ord>(
    members: Vec<Json>,
    read: impl Fn(String) -> Result<T, Failure>,
) -> Result<BTreeSet<T>, Failure> {
    let count = members.len();
    let members = members.into_iter().map(|member| match member {
        Json::String(text) => read(text),
        _ => Err(Failure::serialization("a member of a set is not a string")),
    });
    let set: BTreeSet<T> = members.collect::<Result<_, _>>()?;
    match set.len() {
        0 => Err(Failure::validation(
            "One or more parameter values were invalid: An attribute set may not be empty",
        )),
        kept if kept < count => Err(Failure::validation(
            "One or more parameter values were invalid: Input collection contains duplicates",
        )),
        _ => Ok(set),
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let tag = self.kind();
        let texts = |bytes: &BTreeSet<Vec<u8>>| -> Vec<_> {
            bytes.iter().map(|bytes| STANDARD.encode(bytes)).collect()
        };
        match self {
            Self::S(text) => tagged(to, tag, text),
            Self::N(number) => tagged(to, tag, &number.to_string()),
            Self::B(bytes) => tagged(to, tag, &STANDARD.encode(bytes)),
            Self::Bool(bool) => tagged(to, tag, bool),
            Self::Null => tagged(to, tag, &true),
            Self::M(members) => tagged(to, tag, members),
            Self::L(values) => tagged(to, tag, values),
            Self::Ss(set) => tagged(to, tag, set),
            Self::Ns(set) => tagged(
                to,
                tag,
                &set.iter().map(Number::to_string).collect::<Vec<_>>(),
            ),
            Self::Bs(set) => tagged(to, tag, &texts(set)),
        }
    }
}

fn tagged<S: Serializer>(
    to: S,
    tag: &'static str,
    value: &(impl Serialize + ?Sized),
) -> Result<S::Ok, S::Error> {
    to.collect_map([(tag, value)])
}
