//! Attribute values, as DynamoDB's JSON has them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::failure::Failure;
use crate::number::Number;

/// An item, or a map in one.
pub type Item = BTreeMap<String, Value>;

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

/// An item or a map as a request has it, or why DynamoDB refuses it. It is read at once, and
/// refused where it is used: which failure is answered goes by the call.
#[derive(Debug)]
pub(super) struct RawItem(Result<Item, Failure>);

impl RawItem {
    /// The item.
    pub(super) fn read(self) -> Result<Item, Failure> {
        self.0
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.as_ref().is_ok_and(BTreeMap::is_empty)
    }
}

impl Default for RawItem {
    fn default() -> Self {
        Self(Ok(Item::new()))
    }
}

impl<'de> Deserialize<'de> for RawItem {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = RawItem;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an item")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawItem, A::Error> {
        let mut item = Ok(Item::new());
        while let Some((name, RawValue(value))) = map.next_entry::<String, RawValue>()? {
            item = item.and_then(|mut item| {
                item.insert(name, value?);
                Ok(item)
            });
        }
        Ok(RawItem(item))
    }
}

/// A value as a request has it, or why DynamoDB refuses it.
struct RawValue(Result<Value, Failure>);

impl<'de> Deserialize<'de> for RawValue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Tagged)
    }
}

/// A value's type, in DynamoDB's letters.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Tag {
    S,
    N,
    B,
    Bool,
    Null,
    M,
    L,
    Ss,
    Ns,
    Bs,
}

/// The one member of a value: its name is the value's type.
struct Tagged;

impl<'de> Visitor<'de> for Tagged {
    type Value = RawValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawValue, A::Error> {
        let Some(tag) = map.next_key()? else {
            return Ok(RawValue(Err(Failure::validation(
                "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
            ))));
        };
        let value = tagged_value(&tag, &mut map)?;
        if map.next_entry::<IgnoredAny, IgnoredAny>()?.is_none() {
            return Ok(RawValue(value));
        }
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(RawValue(Err(Failure::validation(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
        ))))
    }
}

/// What stands behind a tag.
fn tagged_value<'de, A: MapAccess<'de>>(
    tag: &Tag,
    map: &mut A,
) -> Result<Result<Value, Failure>, A::Error> {
    Ok(match tag {
        Tag::S => Ok(Value::S(map.next_value()?)),
        Tag::N => number(&map.next_value::<String>()?).map(Value::N),
        Tag::B => bytes(map.next_value()?).map(Value::B),
        Tag::Bool => Ok(Value::Bool(map.next_value()?)),
        Tag::Null => match map.next_value()? {
            true => Ok(Value::Null),
            false => Err(Failure::validation(
                "One or more parameter values were invalid: Null attribute value types must have the value of true",
            )),
        },
        Tag::M => map.next_value::<RawItem>()?.read().map(Value::M),
        Tag::L => {
            let values: Result<_, _> = map
                .next_value::<Vec<RawValue>>()?
                .into_iter()
                .map(|value| value.0)
                .collect();
            values.map(Value::L)
        }
        Tag::Ss => set(map.next_value()?, Ok).map(Value::Ss),
        Tag::Ns => set(map.next_value()?, |text| number(&text)).map(Value::Ns),
        Tag::Bs => set(map.next_value()?, bytes).map(Value::Bs),
    })
}

impl Value {
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

/// Bytes that count against an item's limit: names and values.
pub(super) fn item_size(item: &Item) -> usize {
    item.iter()
        .map(|(name, value)| name.len() + value.size())
        .sum()
}

fn number(text: &str) -> Result<Number, Failure> {
    Ok(Number::read(text)?)
}

fn bytes(text: String) -> Result<Vec<u8>, Failure> {
    STANDARD
        .decode(text)
        .map_err(|_| Failure::serialization("bytes are not in base64"))
}

/// A set: never empty, no member twice.
fn set<T: Ord>(
    members: Vec<String>,
    read: impl Fn(String) -> Result<T, Failure>,
) -> Result<BTreeSet<T>, Failure> {
    let count = members.len();
    let set: BTreeSet<T> = members.into_iter().map(read).collect::<Result<_, _>>()?;
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
