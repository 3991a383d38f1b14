//! What LINE answers, against what was answered.

use serde_json::Value;

use crate::chapter::Case;
use crate::notation::Scope;
use crate::world::Answer;

/// What an answer has to be.
#[derive(Clone)]
pub(crate) enum Expected {
    /// The status alone.
    Status(u16),
    /// 400, with details that name this member alone.
    Named(String, Option<String>),
    /// 400, with details that name this member, which is missing, or members inside of it: LINE does
    /// not say which.
    Missing(String, Option<String>),
    /// 400, and the details or the message name this member or members inside of it.
    Mistyped(String),
    /// 400, with this message.
    Said(String),
    /// 400; LINE does not tell more.
    Refused,
    /// All that a case says.
    Case(Box<Case>),
}

/// In what way an answer is not the one expected.
pub(crate) fn difference(
    expected: &Expected,
    answer: &Answer,
    scope: &Scope<'_>,
) -> Option<String> {
    let status = match expected {
        Expected::Status(status) => *status,
        Expected::Case(case) => case.status,
        _ => 400,
    };
    if answer.status != status {
        return Some(other_status(answer));
    }
    let miscounted = miscounted(&answer.body);
    if miscounted.is_some() {
        return miscounted;
    }
    match expected {
        Expected::Status(_) | Expected::Refused => None,
        Expected::Said(words) => (message(&answer.body) != words).then(|| told(&answer.body)),
        Expected::Named(member, words) => misnamed(answer, same_member, member, words.as_deref()),
        Expected::Missing(member, words) => misnamed(answer, inside, member, words.as_deref()),
        Expected::Mistyped(member) => {
            let said = message(&answer.body).contains(member.as_str());
            misnamed(answer, inside, member, None).filter(|_| !said)
        }
        Expected::Case(case) => unlike(answer, case, scope),
    }
}

fn other_status(answer: &Answer) -> String {
    match answer.status {
        200..300 => format!("accepted with {}", answer.status),
        status => format!("{status}: {}", told(&answer.body)),
    }
}

fn unlike(answer: &Answer, case: &Case, scope: &Scope<'_>) -> Option<String> {
    let words = case.message.as_ref().map(|words| scope.text(words));
    if words.is_some_and(|words| words != message(&answer.body)) {
        return Some(told(&answer.body));
    }
    let begins = case.begins.as_deref().unwrap_or_default();
    if !message(&answer.body).starts_with(begins) {
        return Some(told(&answer.body));
    }
    if let Some(member) = &case.names
        && let Some(difference) = misnamed(answer, same_member, &scope.text(member), None)
    {
        return Some(difference);
    }
    let mut members = case.answer.iter();
    let other = members.find(|(place, value)| {
        let seen = answer.body.pointer(place);
        match scope.value(value) {
            Value::String(text) if text == crate::notation::MISSING => seen.is_some(),
            Value::String(text) if text == "<any>" => seen.is_none(),
            value => seen != Some(&value),
        }
    });
    other.map(|(place, _)| match answer.body.pointer(place) {
        Some(value) => format!("{place} is {value}"),
        None => format!("{place} is missing"),
    })
}

/// "The request body has X error(s)" has to tell how many details there are.
fn miscounted(body: &Value) -> Option<String> {
    let details = body["details"].as_array().filter(|d| !d.is_empty())?;
    let counted = format!("The request body has {} error(s)", details.len());
    let counts = message(body).starts_with("The request body has");
    (counts && message(body) != counted).then(|| told(body))
}

fn misnamed(
    answer: &Answer,
    same: fn(&str, &str) -> bool,
    member: &str,
    words: Option<&str>,
) -> Option<String> {
    let details = answer.body["details"].as_array();
    let details = details.map_or([].as_slice(), Vec::as_slice);
    let named = |detail: &Value| same(detail["property"].as_str().unwrap_or(""), member);
    let named = !details.is_empty() && details.iter().all(named);
    let said = words.is_none_or(|words| details.iter().any(|d| d["message"] == words));
    (!named || !said).then(|| told(&answer.body))
}

fn same_member(property: &str, member: &str) -> bool {
    steps(&whole(property)).eq(steps(member))
}

/// Whether a property is the member or one inside of it.
fn inside(property: &str, member: &str) -> bool {
    let property = whole(property);
    let mut property = steps(&property);
    steps(member).all(|step| property.next() == Some(step))
}

/// The whole path of a property, as the reference has it. LINE is known to write the members of
/// templates and flex messages from inside the message as well, with slashes:
/// `template/columns/0/title` and, seen from a flex message's contents, `/body/contents/0`.
fn whole(property: &str) -> String {
    match property.strip_prefix('/') {
        Some(of_flex) => format!("messages[0].contents.{of_flex}"),
        None if property.contains('/') => format!("messages[0].{property}"),
        None => property.to_owned(),
    }
}

fn steps(path: &str) -> impl Iterator<Item = &str> {
    let steps = path.split(['.', '/', '[', ']']);
    steps.filter(|step| !step.is_empty())
}

fn message(body: &Value) -> &str {
    body["message"].as_str().unwrap_or_default()
}

/// What an answer tells of the errors.
fn told(body: &Value) -> String {
    let details = body["details"].as_array().filter(|d| !d.is_empty());
    let Some(details) = details else {
        return message(body).to_owned();
    };
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let one = |d: &Value| format!("{}: {}", text(&d["property"]), text(&d["message"]));
    details.iter().map(one).collect::<Vec<_>>().join("; ")
}
