//! Whom a narrowcast is for: audiences and earlier sends, combined, and demographic filters.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#narrowcast-recipient>

use std::collections::BTreeSet;

use serde_json::Value;

use super::findings::{Findings, wrong};
use super::{Context, Refusal};
use crate::clock::Millis;
use crate::world::user::User;

const OPERATORS: [&str; 3] = ["and", "or", "not"];
const AGES: [&str; 12] = [
    "age_15", "age_20", "age_25", "age_30", "age_35", "age_40", "age_45", "age_50", "age_55",
    "age_60", "age_65", "age_70",
];

/// Looks at `recipient` and `filter` of a body.
pub(super) fn check(findings: &mut Findings, body: &Value) {
    if let Some(recipient) = body.get("recipient") {
        tree(findings, recipient, "recipient", &|findings, leaf, at| {
            findings.one_of(leaf, at, "type", &["operator", "audience", "redelivery"]);
            match kind(leaf) {
                "audience" => {
                    findings.whole(leaf, at, "audienceGroupId", (1, i64::MAX));
                }
                "redelivery" => findings.text(leaf, at, "requestId", 100),
                _ => {}
            }
        });
    }
    if let Some(filter) = body.pointer("/filter/demographic") {
        tree(findings, filter, "filter.demographic", &demographic);
    }
}

fn demographic(findings: &mut Findings, leaf: &Value, at: &str) {
    let kinds = [
        "operator",
        "gender",
        "age",
        "appType",
        "area",
        "subscriptionPeriod",
    ];
    findings.one_of(leaf, at, "type", &kinds);
    match kind(leaf) {
        "gender" | "appType" | "area" => {
            findings.list(leaf, at, "oneOf", (1, 200));
        }
        "age" => {
            for member in ["gte", "lt"] {
                if leaf.get(member).is_some() {
                    findings.one_of(leaf, at, member, &AGES);
                }
            }
        }
        _ => {}
    }
}

/// Looks at the leaves of a tree of operators, of which each has one of and, or, not.
fn tree(
    findings: &mut Findings,
    node: &Value,
    at: &str,
    leaf: &dyn Fn(&mut Findings, &Value, &str),
) {
    if kind(node) != "operator" {
        return leaf(findings, node, at);
    }
    let given: Vec<&str> = OPERATORS
        .into_iter()
        .filter(|name| node.get(name).is_some())
        .collect();
    match given.as_slice() {
        ["not"] => tree(findings, &node["not"], &format!("{at}.not"), leaf),
        [name] => {
            for (place, entry) in findings.list(node, at, name, (1, 10)).iter().enumerate() {
                tree(findings, entry, &format!("{at}.{name}[{place}]"), leaf);
            }
        }
        _ => findings.add("Must have exactly one of and, or, not", at),
    }
}

/// The friends that a body's recipient and filter mean.
pub(super) fn find(cx: &mut Context<'_>, bot: &str, body: &Value) -> Result<Vec<String>, Refusal> {
    let everybody: BTreeSet<String> = cx.world.friends(bot).into_iter().collect();
    let mut found = match body.get("recipient") {
        Some(recipient) => combined(recipient, &everybody, &mut |leaf| named(cx, bot, leaf))?,
        None => everybody.clone(),
    };
    if let Some(filter) = body.pointer("/filter/demographic") {
        let fitting = combined(filter, &everybody, &mut |leaf| Ok(fitting(cx, bot, leaf)))?;
        found.retain(|user| fitting.contains(user));
    }
    Ok(found.into_iter().collect())
}

type Leaf<'a> = &'a mut dyn FnMut(&Value) -> Result<BTreeSet<String>, Refusal>;

fn combined(
    node: &Value,
    everybody: &BTreeSet<String>,
    leaf: Leaf<'_>,
) -> Result<BTreeSet<String>, Refusal> {
    if kind(node) != "operator" {
        let found = leaf(node)?;
        return Ok(found.intersection(everybody).cloned().collect());
    }
    if let Some(not) = node.get("not") {
        let found = combined(not, everybody, leaf)?;
        return Ok(everybody.difference(&found).cloned().collect());
    }
    let all = node.get("and");
    let parts = all.or_else(|| node.get("or")).and_then(Value::as_array);
    let mut sets = Vec::new();
    for part in parts.into_iter().flatten() {
        sets.push(combined(part, everybody, leaf)?);
    }
    let joined = sets.into_iter().reduce(|one, two| {
        if all.is_some() {
            one.intersection(&two).cloned().collect()
        } else {
            one.union(&two).cloned().collect()
        }
    });
    Ok(joined.unwrap_or_default())
}

/// Users of an audience, or of an earlier send.
fn named(cx: &mut Context<'_>, bot: &str, leaf: &Value) -> Result<BTreeSet<String>, Refusal> {
    let now = cx.now;
    let own = cx.world.of(bot);
    if let Some(id) = leaf.get("requestId").and_then(Value::as_str) {
        let sent = own.sent.iter().find(|sent| sent.request_id == id);
        let reached = sent.map(|sent| sent.reached.iter().cloned().collect());
        return reached.ok_or_else(|| wrong("recipient.requestId", "There is no such request"));
    }
    let id = leaf
        .get("audienceGroupId")
        .and_then(Value::as_u64)
        .unwrap_or(0);
    let audience = own
        .audiences
        .get(&id)
        .filter(|audience| audience.is_ready(now));
    let users = audience.map(|audience| audience.users.clone());
    users.ok_or_else(|| {
        wrong(
            "recipient.audienceGroupId",
            "There is no such audience that is ready",
        )
    })
}

/// Users of whom LINE knows, or guesses, what the filter wants.
fn fitting(cx: &Context<'_>, bot: &str, leaf: &Value) -> BTreeSet<String> {
    let users = cx.world.users.get(bot).into_iter().flatten();
    let fitting = users.filter(|(_, user)| fits(user, leaf, cx.now));
    fitting.map(|(id, _)| id.clone()).collect()
}

fn fits(user: &User, leaf: &Value, now: Millis) -> bool {
    let traits = &user.traits;
    let one_of = |value: &Option<String>| {
        let list = leaf
            .get("oneOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        value
            .as_deref()
            .is_some_and(|value| list.clone().any(|entry| entry == value))
    };
    match kind(leaf) {
        "gender" => one_of(&traits.gender),
        "appType" => one_of(&traits.app),
        "area" => one_of(&traits.area),
        "age" => between(traits.age.map(i64::from), leaf, "age_"),
        _ => between(Some((now - user.presence_at) / 86_400_000), leaf, "day_"),
    }
}

/// Whether a number is at least `gte` and below `lt`, where those are given.
fn between(number: Option<i64>, leaf: &Value, prefix: &str) -> bool {
    let bound = |member: &str| -> Option<i64> {
        leaf.get(member)?
            .as_str()?
            .strip_prefix(prefix)?
            .parse()
            .ok()
    };
    number.is_some_and(|number| {
        bound("gte").is_none_or(|least| number >= least)
            && bound("lt").is_none_or(|end| number < end)
    })
}

fn kind(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}
