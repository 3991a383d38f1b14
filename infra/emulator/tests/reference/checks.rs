//! Whether the judge can find fault.

use std::collections::BTreeMap;

use libtest_mimic::{Failed, Trial};
use serde_json::{Value, json};

use crate::judge::{Expected, difference};
use crate::known::verdict;
use crate::notation::{Names, Scope, set};
use crate::world::Answer;

pub(crate) fn all() -> Vec<Trial> {
    vec![
        Trial::test("checks: the short notation is written out", notation),
        Trial::test("checks: members are set by their paths", paths),
        Trial::test("checks: another answer is a difference", differences),
        Trial::test(
            "checks: a missing object is named, or what is inside",
            missing,
        ),
        Trial::test("checks: a difference that is gone is an error", gone),
    ]
}

fn same<T: PartialEq + std::fmt::Debug>(seen: &T, expected: &T) -> Result<(), Failed> {
    match seen == expected {
        true => Ok(()),
        false => Err(format!("{seen:?} is not {expected:?}").into()),
    }
}

fn notation() -> Result<(), Failed> {
    let parts = BTreeMap::from([("box".to_owned(), json!({"a": 1, "b": 2}))]);
    let names = Names::from([
        ("user".to_owned(), json!("U1")),
        ("id".to_owned(), json!(7)),
    ]);
    let scope = Scope {
        parts: &parts,
        names,
    };
    let written = json!([
        "<3*あ>-<2*k#>", "${user}!", "${id}", "@box", "@user", "<a>",
        {"like": "@box", "b": "<missing>"}, {"times": 2, "of": {"n": "${n}"}},
        {"times": 2, "keys": "k${n}", "of": "@box"},
    ]);
    let expected = json!([
        "あああ-k0k1", "U1!", 7, {"a": 1, "b": 2}, "@user", "<a>",
        {"a": 1}, [{"n": 0}, {"n": 1}],
        {"k0": {"a": 1, "b": 2}, "k1": {"a": 1, "b": 2}},
    ]);
    same(&scope.value(&written), &expected)
}

fn paths() -> Result<(), Failed> {
    let mut body = json!({"messages": [{"text": "a", "more": 1}]});
    set(&mut body, "messages[0].text", json!("b"));
    set(&mut body, "messages[0].more", json!("<missing>"));
    set(&mut body, "messages[0].sender.name", json!("c"));
    let expected = json!({"messages": [{"text": "b", "sender": {"name": "c"}}]});
    same(&body, &expected)
}

/// What is seen where something else was to be.
fn seen_of(expected: &Expected, status: u16, body: Value) -> Option<String> {
    let scope = Scope {
        parts: &BTreeMap::new(),
        names: Names::new(),
    };
    difference(expected, &Answer::new(status, body), &scope)
}

/// What is seen where a member was to be named.
fn seen(status: u16, body: Value) -> Option<String> {
    let expected = Expected::Named("messages[0].template.title".into(), Some("too long".into()));
    seen_of(&expected, status, body)
}

fn told(counted: usize, details: &[(&str, &str)]) -> Value {
    let detail =
        |(property, message): &(&str, &str)| json!({"property": property, "message": message});
    let details: Vec<Value> = details.iter().map(detail).collect();
    json!({"message": format!("The request body has {counted} error(s)"), "details": details})
}

fn differences() -> Result<(), Failed> {
    let title = ("messages[0].template.title", "too long");
    same(&seen(400, told(1, &[title])), &None)?;
    same(
        &seen(400, told(1, &[("template/title", "too long")])),
        &None,
    )?;
    let wrong = [
        (200, json!({}), "accepted with 200"),
        (404, json!({"message": "Not found"}), "404: Not found"),
        (400, json!({"message": "No"}), "No"),
        (
            400,
            told(2, &[title]),
            "messages[0].template.title: too long",
        ),
        (
            400,
            told(1, &[("messages[0].template", "too long")]),
            "messages[0].template: too long",
        ),
        (
            400,
            told(1, &[(title.0, "short")]),
            "messages[0].template.title: short",
        ),
        (
            400,
            told(2, &[title, ("a", "b")]),
            "messages[0].template.title: too long; a: b",
        ),
    ];
    for (status, body, difference) in wrong {
        same(&seen(status, body), &Some(difference.to_owned()))?;
    }
    Ok(())
}

fn missing() -> Result<(), Failed> {
    let expected = Expected::Missing("messages[0].area".into(), None);
    let named = |property| seen_of(&expected, 400, told(1, &[(property, "a")]));
    same(&named("messages[0].area"), &None)?;
    same(&named("messages[0].area.x"), &None)?;
    same(&named("messages[0]").is_some(), &true)?;
    same(&named("messages[0].areas").is_some(), &true)
}

fn gone() -> Result<(), Failed> {
    let known = "accepted with 200".to_owned();
    same(&verdict(None, None), &Ok(()))?;
    same(&verdict(Some(known.clone()), Some(&known)), &Ok(()))?;
    let wrong = [
        verdict(Some(known.clone()), None),
        verdict(None, Some(&known)),
        verdict(Some("404".into()), Some(&known)),
    ];
    same(&wrong.iter().all(Result::is_err), &true)
}
