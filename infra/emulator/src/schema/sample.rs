//! Values that a shape takes, and values that it does not: what a test of a limit needs.

use serde_json::{Map, Value, json};

use super::{ANY, Form, Member, Object, Shape, Text};
use crate::api::Findings;

/// The least that an object needs: what is required, and what its rules want beside.
pub(super) fn object(object: &Object) -> Value {
    let mut members = Map::new();
    if !object.kind.is_empty() {
        members.insert("type".into(), object.kind.into());
    }
    for member in object.members().filter(|member| member.is_required) {
        members.insert(member.name.into(), least(&member.shape));
    }
    let mut least = Value::from(members);
    for rule in object.rules {
        let mut findings = Findings::default();
        (rule.check)(&mut findings, &least, "");
        if !findings.all().is_empty() {
            least = added(&least, &(rule.kept)());
        }
    }
    least
}

/// An object with more members, or with others of the same names.
pub(super) fn added(object: &Value, more: &Value) -> Value {
    let mut object = object.clone();
    for (name, value) in more.as_object().into_iter().flatten() {
        object[name] = value.clone();
    }
    object
}

/// The simplest value of a shape. Not the first of those that are taken: a box may be in a box.
fn least(shape: &Shape) -> Value {
    match shape {
        Shape::List(number, _, of) => (0..*number).map(|_| least(of)).collect(),
        Shape::Typed(objects) => object(objects[0]),
        Shape::Action(place) => action(place.takes[0]),
        other => taken(other).swap_remove(0),
    }
}

/// Values that a shape takes: among them those at its limits.
pub(super) fn taken(shape: &Shape) -> Vec<Value> {
    match shape {
        Shape::Text(text) => texts(text),
        Shape::Whole(least, most) => vec![(*least).into(), (*most).into()],
        Shape::Number => vec![1.into(), json!(1.5)],
        Shape::Truth => vec![true.into(), false.into()],
        Shape::OneOf(known) => known.iter().map(|text| (*text).into()).collect(),
        Shape::Look(look) => {
            let words = look.words.iter().map(|word| (*word).into());
            let numbers = look.units.iter().map(|unit| format!("12.5{unit}").into());
            words.chain(numbers).collect()
        }
        Shape::List(least, most, of) => {
            let one = self::least(of);
            let sizes = [1.max(*least), *least, if *most == ANY { 20 } else { *most }];
            sizes.map(|size| vec![one.clone(); size].into()).into()
        }
        Shape::Object(inner) => vec![object(inner)],
        Shape::Typed(objects) => objects.iter().map(|inner| object(inner)).collect(),
        Shape::Named(..) => vec![json!({})],
        Shape::Action(place) => place.takes.iter().map(|inner| action(inner)).collect(),
    }
}

/// An action with a label.
pub(super) fn action(kind: &Object) -> Value {
    let mut action = object(kind);
    action["label"] = "a".into();
    action
}

/// Values that a shape does not take, each by a word about it.
pub(super) fn refused(shape: &Shape) -> Vec<(&'static str, Value)> {
    match shape {
        Shape::Text(text) => {
            let mut all = vec![("a number", 1.into())];
            if !text.may_be_empty {
                all.push(("empty", "".into()));
            }
            if text.most != ANY {
                all.push(("too long", filled(text, text.most + 1).into()));
            }
            all.extend(malformed(text.form).map(|bad| ("malformed", bad.into())));
            all
        }
        Shape::Whole(least, most) => vec![
            ("too small", (least - 1).into()),
            ("too large", (most + 1).into()),
            ("a text", "1".into()),
            ("not whole", json!(1.5)),
        ],
        Shape::Number => vec![("a text", "1".into())],
        Shape::Truth => vec![("a text", "true".into())],
        Shape::OneOf(_) => vec![("unknown", "another".into()), ("a number", 1.into())],
        Shape::Look(look) => {
            let other = ["px", "%", "deg"].into_iter();
            let mut other = other.filter(|unit| !look.units.contains(unit));
            let other = other
                .next()
                .map(|unit| ("another unit", format!("1{unit}").into()));
            let all = [("unknown", "another".into()), ("a number", 1.into())];
            all.into_iter().chain(other).collect()
        }
        Shape::List(least, most, of) => {
            let one = self::least(of);
            let mut all = vec![("no list", json!({}))];
            if *least > 0 {
                all.push(("too few", vec![one.clone(); least - 1].into()));
            }
            if *most != ANY {
                all.push(("too many", vec![one; most + 1].into()));
            }
            all
        }
        Shape::Object(_) | Shape::Named(..) => vec![("no object", "a".into())],
        Shape::Typed(_) | Shape::Action(_) => {
            vec![("of an unknown type", json!({"type": "another"}))]
        }
    }
}

fn texts(text: &Text) -> Vec<Value> {
    let mut all = vec![filled(text, 1)];
    if text.most != ANY {
        all.push(filled(text, text.most));
    }
    all.into_iter().map(Value::from).collect()
}

/// A text of a number of characters, or of the fewest more that its form needs.
fn filled(text: &Text, length: usize) -> String {
    let (start, more) = match text.form {
        Form::Https | Form::Opened => ("https://a.jp/", "a"),
        Form::Rgb => ("#1f7a57", "0"),
        Form::Color => ("#1f7a57", "0"),
        Form::Ratio => ("1:1", ""),
        // Of the first mode, `date`.
        Form::DateTime => ("2026-11-21", ""),
        Form::Any | Form::Characters(_) | Form::LowerCase(_) => ("", "a"),
    };
    // A colour has six digits or eight.
    let length = match (text.form, length) {
        (Form::Color, 1) => 7,
        _ => length,
    };
    let rest = length.saturating_sub(start.len());
    start.to_owned() + &more.repeat(rest)
}

fn malformed(form: Form) -> Option<&'static str> {
    Some(match form {
        Form::Any => return None,
        Form::DateTime => "tomorrow",
        Form::Https => "http://a.jp",
        Form::Opened => "ftp://a.jp",
        Form::Characters(_) => "é",
        Form::LowerCase(_) => "A",
        Form::Rgb | Form::Color => "green",
        Form::Ratio => "1:4",
    })
}

/// The object with a member's value.
pub(super) fn with(object: &Value, member: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[member] = value;
    object
}

/// The object without a member.
pub(super) fn without(object: &Value, member: &Member) -> Value {
    let mut object = object.clone();
    if let Some(members) = object.as_object_mut() {
        members.remove(member.name);
    }
    object
}
