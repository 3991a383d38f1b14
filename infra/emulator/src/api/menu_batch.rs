//! Operations on the rich menus of many users, taken on at once and done later.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#batch-control-rich-menus-of-users>

use serde_json::{Value, json};

use super::findings::Findings;
use super::people::not_found;
use super::{Answer, Context, Refusal};
use crate::clock::iso;
use crate::world::menu::Batch;

/// The most operations at once.
const MOST: usize = 1000;

/// `POST /v2/bot/richmenu/batch`
pub(super) fn start(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = checked(cx)?;
    let resume_key = body
        .get("resumeRequestKey")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let batch = Batch {
        request_id: cx.request_id.to_owned(),
        resume_key,
        operations: body["operations"].as_array().cloned().unwrap_or_default(),
        at: cx.now,
        due: cx.later(),
        done: false,
    };
    let due = batch.due;
    cx.world.of(&bot).menus.batches.push(batch);
    cx.world.later(&bot, due);
    Ok(Answer::accepted(json!({})))
}

/// `POST /v2/bot/richmenu/validate/batch`
pub(super) fn validate(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    checked(cx)?;
    Ok(Answer::ok(json!({})))
}

/// `GET /v2/bot/richmenu/progress/batch`
pub(super) fn progress(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let query = cx.query();
    let id = query.get("requestId").unwrap_or_default();
    let mut all = cx.world.of(&bot).menus.batches.iter();
    let batch = all
        .find(|batch| batch.request_id == id)
        .ok_or_else(not_found)?;
    let mut body = json!({"phase": "ongoing", "acceptedTime": iso(batch.at)});
    if batch.done {
        body["phase"] = "succeeded".into();
        body["completedTime"] = iso(batch.due).into();
    }
    Ok(Answer::ok(body))
}

fn checked(cx: &mut Context<'_>) -> Result<Value, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let mut findings = Findings::default();
    let operations = findings.list(&body, "", "operations", (1, MOST));
    for (place, operation) in operations.iter().enumerate() {
        let at = format!("operations[{place}]");
        findings.one_of(operation, &at, "type", &["link", "unlink", "unlinkAll"]);
        let needed: &[&str] = match operation["type"].as_str() {
            Some("link") => &["from", "to"],
            Some("unlink") => &["from"],
            _ => &[],
        };
        for member in needed {
            let known = operation[*member].as_str();
            let menus = &cx.world.of(&bot).menus;
            if known.is_none_or(|id| menus.get(id).is_none()) {
                findings.add("Must be the ID of a rich menu", format!("{at}.{member}"));
            }
        }
    }
    resume_key(cx, &mut findings, &bot, &body);
    findings.done()?;
    Ok(body)
}

fn resume_key(cx: &mut Context<'_>, findings: &mut Findings, bot: &str, body: &Value) {
    let Some(key) = body.get("resumeRequestKey") else {
        return;
    };
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let fits = |key: &&str| (1..=100).contains(&key.len()) && key.bytes().all(good);
    let Some(key) = key.as_str().filter(fits) else {
        let text = "Must be 1 to 100 letters, digits, hyphens or underscores";
        return findings.add(text, "resumeRequestKey");
    };
    let mut batches = cx.world.of(bot).menus.batches.iter();
    if batches.any(|batch| !batch.done && batch.resume_key.as_deref() == Some(key)) {
        findings.add("A request with this key is being done", "resumeRequestKey");
    }
}
