//! The short notation of values in the files of rules.
//!
//! - `<5001*a>` in a text is 5001 times `a`; a `#` in what is repeated is the number of the time, from 0.
//! - `${user}` in a text is what the world or an earlier step calls so; alone it keeps its type.
//! - `@box` as a text is the file's part of that name.
//! - `{ like = "@box", layout = "baseline" }` is a part with other members.
//! - `{ times = 14, of = … }` is a list of 14; `${n}` in it is the number of the element, from 0.
//!   With `keys = "k${n}"` it is an object with 14 members.
//! - `<missing>` as a member's value takes the member away.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

pub(crate) const MISSING: &str = "<missing>";

pub(crate) type Names = BTreeMap<String, Value>;

/// What values can refer to.
pub(crate) struct Scope<'a> {
    pub(crate) parts: &'a BTreeMap<String, Value>,
    pub(crate) names: Names,
}

impl Scope<'_> {
    pub(crate) fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.string(text),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => self.object(members),
            other => other.clone(),
        }
    }

    fn string(&self, text: &str) -> Value {
        if let Some(part) = text.strip_prefix('@').and_then(|name| self.parts.get(name)) {
            return self.value(part);
        }
        let alone = text.strip_prefix("${").and_then(|t| t.strip_suffix('}'));
        match alone.and_then(|name| self.names.get(name)) {
            Some(value) => value.clone(),
            None => self.text(text).into(),
        }
    }

    fn object(&self, members: &Map<String, Value>) -> Value {
        if let (Some(times), Some(of)) = (members.get("times"), members.get("of")) {
            let times = times.as_u64().unwrap();
            return match members.get("keys").and_then(Value::as_str) {
                Some(key) => self.numbered(times, |scope| (scope.text(key), scope.value(of))),
                None => self.numbered(times, |scope| scope.value(of)),
            };
        }
        let Some(part) = members.get("like") else {
            let member = |(name, value): (&String, _)| (name.clone(), self.value(value));
            return members.iter().map(member).collect::<Map<_, _>>().into();
        };
        let mut object = self.value(part);
        for (path, value) in members.iter().filter(|(path, _)| *path != "like") {
            set(&mut object, path, self.value(value));
        }
        object
    }

    /// What is made as often as said, each time in a scope in which `${n}` is the number.
    fn numbered<T>(&self, times: u64, make: impl Fn(&Scope<'_>) -> T) -> Value
    where
        Value: FromIterator<T>,
    {
        let mut scope = Scope {
            parts: self.parts,
            names: self.names.clone(),
        };
        let make = |n: u64| {
            scope.names.insert("n".into(), n.into());
            make(&scope)
        };
        (0..times).map(make).collect()
    }

    /// A text with its names and repetitions written out.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.names {
            if !text.contains("${") {
                break;
            }
            let value = value.as_str().map_or(value.to_string(), str::to_owned);
            text = text.replace(&format!("${{{name}}}"), &value);
        }
        repeated(&text)
    }
}

fn repeated(text: &str) -> String {
    let mut rest = text;
    let mut whole = String::new();
    while let Some((before, after)) = rest.split_once('<') {
        whole.push_str(before);
        match repetition(after) {
            Some((repeated, after)) => {
                whole.push_str(&repeated);
                rest = after;
            }
            None => {
                whole.push('<');
                rest = after;
            }
        }
    }
    whole + rest
}

/// `5001*a>` and what follows.
fn repetition(text: &str) -> Option<(String, &str)> {
    let (inside, after) = text.split_once('>')?;
    let (times, what) = inside.split_once('*')?;
    let times: usize = times.parse().ok()?;
    let repeated = match what.contains('#') {
        true => (0..times)
            .map(|n| what.replace('#', &n.to_string()))
            .collect(),
        false => what.repeat(times),
    };
    Some((repeated, after))
}

/// Sets a member by its path, as LINE's details write it: `a.b[0].c`. Objects and elements on the
/// way are made; `<missing>` takes the member away.
pub(crate) fn set(root: &mut Value, path: &str, value: Value) {
    let mut steps = steps(path);
    let Some(last) = steps.pop() else {
        *root = value;
        return;
    };
    let mut place = root;
    for step in steps {
        place = member(place, step);
    }
    if value == MISSING {
        place.as_object_mut().unwrap().remove(last);
    } else {
        *member(place, last) = value;
    }
}

fn member<'a>(place: &'a mut Value, step: &str) -> &'a mut Value {
    match step.parse::<usize>() {
        Ok(at) if place.is_array() || place.is_null() => {
            if place.is_null() {
                *place = Value::Array(Vec::new());
            }
            let items = place.as_array_mut().unwrap();
            if items.len() <= at {
                items.resize(at + 1, Value::Null);
            }
            &mut items[at]
        }
        _ => &mut place[step],
    }
}

fn steps(path: &str) -> Vec<&str> {
    path.split(['.', '[', ']'])
        .filter(|step| !step.is_empty())
        .collect()
}

/// A member of an object, both by path.
pub(crate) fn join(root: &str, member: &str) -> String {
    match (root, member) {
        ("", member) => member.into(),
        (root, "") => root.into(),
        (root, member) if member.starts_with('[') => format!("{root}{member}"),
        (root, member) => format!("{root}.{member}"),
    }
}
