//! The tests that the files of rules come to.

use serde_json::{Value, json};

use crate::chapter::{Base, Case, Chapter, Rule};
use crate::judge::Expected;
use crate::notation::{MISSING, join};

/// A test before it is run.
pub(crate) struct Planned {
    pub(crate) name: String,
    pub(crate) case: Case,
    /// Changes of the case's body.
    pub(crate) changes: Vec<(String, Value)>,
    pub(crate) expected: Expected,
}

pub(crate) fn planned(chapter: &Chapter) -> Vec<Planned> {
    let file = &chapter.name;
    let bases = chapter.base.iter().map(|(name, base)| Planned {
        name: format!("{file}: {name} as in the reference"),
        case: call(base),
        changes: base
            .value
            .iter()
            .map(|v| (String::new(), v.clone()))
            .collect(),
        expected: Expected::Status(base.status),
    });
    let rules = chapter.rule.iter();
    let rules = rules.flat_map(|rule| of_rule(chapter, rule));
    let cases = chapter.case.iter().map(|case| Planned {
        name: format!("{file}: {}", case.says),
        case: case.clone(),
        changes: Vec::new(),
        expected: Expected::Case(Box::new(case.clone())),
    });
    bases.chain(rules).chain(cases).collect()
}

fn of_rule(chapter: &Chapter, rule: &Rule) -> Vec<Planned> {
    let file = &chapter.name;
    let mut planned = Vec::new();
    for name in rule.of.iter() {
        let Some(base) = chapter.base.get(name) else {
            panic!("{file}: {} is about {name}, which is not there", rule.says);
        };
        for at in rule.at.iter() {
            let lists = [
                ("accepts", &rule.accepts),
                ("refuses", &rule.refuses),
                ("mistypes", &rule.mistypes),
            ];
            for (verb, values) in lists {
                for value in values {
                    let place = join(name, at);
                    let value_shown = shown(value);
                    planned.push(Planned {
                        name: format!("{file}: {} [{place}]: {verb} {value_shown}", rule.says),
                        case: of_base(base, rule, verb),
                        changes: changes(base, rule, at, value),
                        expected: expected(base, rule, at, (verb, value)),
                    });
                }
            }
        }
    }
    planned
}

/// A value as a test's name has it.
fn shown(value: &Value) -> String {
    match (value, value.get("times")) {
        (Value::String(text), _) => format!("`{}`", text.replace('\n', "\\n")),
        (value, Some(times)) => format!("{times} of {}", shown(&value["of"])),
        (value, None) => abridged(&value.to_string().replace('"', "")),
    }
}

fn abridged(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What leaves the base's answer in doubt says nothing of a refusal.
fn of_base(base: &Base, rule: &Rule, verb: &str) -> Case {
    let case = call(base);
    let doubt = case.doubt.filter(|_| verb == "accepts");
    Case {
        says: rule.says.clone(),
        source: rule.source.clone().or(case.source),
        doubt: rule.doubt.clone().or(doubt),
        ..case
    }
}

fn call(base: &Base) -> Case {
    let (call, body) = match (&base.message, &base.call) {
        (Some(message), None) => {
            let to = base.to.as_deref().unwrap_or("${user}");
            let body = json!({"to": to, "messages": [message]});
            ("POST /v2/bot/message/push".into(), Some(body))
        }
        (None, Some(call)) => (call.clone(), base.body.clone()),
        _ => panic!("a base has a message or a call"),
    };
    Case {
        source: base.source.clone(),
        given: base.given.clone(),
        call,
        body,
        status: base.status,
        doubt: base.doubt.clone(),
        ..Case::default()
    }
}

fn root(base: &Base) -> String {
    let outer = if base.message.is_some() {
        "messages[0]"
    } else {
        ""
    };
    join(outer, &base.root)
}

fn changes(base: &Base, rule: &Rule, at: &str, value: &Value) -> Vec<(String, Value)> {
    let root = root(base);
    let with = rule.with.iter();
    with.map(|(path, value)| (join(&root, path), value.clone()))
        .chain([(join(&root, at), value.clone())])
        .collect()
}

fn expected(base: &Base, rule: &Rule, at: &str, (verb, value): (&str, &Value)) -> Expected {
    let member = match rule.names.as_deref() {
        Some("-") => None,
        Some(names) => Some(join(&root(base), names)),
        None => Some(join(&root(base), at)),
    };
    let words = rule.words.clone();
    match (verb, rule.message.clone(), member) {
        ("accepts", _, _) => Expected::Status(base.status),
        (_, Some(message), _) => Expected::Said(message),
        (_, None, None) => Expected::Refused,
        ("mistypes", None, Some(member)) => Expected::Mistyped(member),
        (_, None, Some(member)) if value == MISSING => Expected::Missing(member, words),
        (_, None, Some(member)) => Expected::Named(member, words),
    }
}
