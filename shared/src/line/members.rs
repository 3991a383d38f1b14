//! A JSON object's members, each still raw: one that JSON's parser refuses must not spoil
//! the others. The webhook and the worker both read events with this, so that they agree.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// The members of an object by name. Of several with one name the last one counts, as in a
/// [`Value`].
#[derive(Default)]
pub(super) struct Members<'a>(BTreeMap<Name, &'a RawValue>);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Name(String);

impl<'a> Members<'a> {
    /// Of the object that `raw` is; none of anything else.
    pub(super) fn of(raw: &'a str) -> Self {
        serde_json::from_str(raw).unwrap_or_default()
    }

    /// The last member with this name.
    pub(super) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.get(&Name(name.to_owned())).copied()
    }

    /// A member's text. A lone half of a surrogate pair is shown as U+FFFD; of anything
    /// that is no string there is none.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        match value(self.get(name)?.get()) {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// All of them by name.
    pub(super) fn into_iter(self) -> impl Iterator<Item = (String, &'a RawValue)> {
        self.0.into_iter().map(|(name, member)| (name.0, member))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(Self)
    }
}

/// Names are read as bytes: with a lone half of a surrogate pair, JSON's parser takes none
/// as a string.
impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Name;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member's name")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Name, E> {
                Ok(Name(String::from_utf8_lossy(bytes).into_owned()))
            }
        }

        deserializer.deserialize_bytes(Bytes)
    }
}

/// A member's value; null if JSON's parser refuses it, as an absurd number or nesting.
pub(super) fn value(raw: &str) -> Value {
    serde_json::from_str(raw)
        .or_else(|_| serde_json::from_str(&without_lone_surrogates(raw)))
        .unwrap_or(Value::Null)
}

/// Half of a surrogate pair is no character: it is shown as U+FFFD.
fn without_lone_surrogates(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        text.push_str(before);
        let unit = |from: usize| escape.get(from..from + 6).and_then(code_unit);
        let (kept, length) = match (unit(0), unit(6)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (escape.get(..12), 12),
            (Some(0xD800..=0xDFFF), _) => (Some("\\ufffd"), 6),
            _ => (escape.get(..2), 2), // also an escaped backslash, as one
        };
        text.push_str(kept.unwrap_or(escape));
        rest = escape.get(length..).unwrap_or_default();
    }
    text + rest
}

/// The code unit of an escape such as `\ud83d`.
fn code_unit(escape: &str) -> Option<u32> {
    u32::from_str_radix(escape.strip_prefix("\\u")?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_members_with_one_name_the_last_counts() {
        let members = Members::of(r#"{"a":1,"b":"x","a":"2"}"#);
        assert_eq!(members.text("a").as_deref(), Some("2"));
        assert_eq!(members.text("b").as_deref(), Some("x"));
    }

    #[test]
    fn an_odd_name_or_value_does_not_spoil_the_others() {
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        let raw = format!(r#"{{"\ud800":1,"odd":1e999,"deep":{deep},"a":"b\ud800"}}"#);
        let members = Members::of(&raw);
        assert_eq!(members.text("a").as_deref(), Some("b\u{FFFD}"));
        assert!(members.text("odd").is_none() && members.text("deep").is_none());
    }

    #[test]
    fn what_is_no_object_has_no_members() {
        for raw in ["", "1", "[]", "null", "{"] {
            assert!(Members::of(raw).get("a").is_none(), "{raw}");
        }
    }
}
