//! Narrowcast: to some of the friends, taken on at once and sent later.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#send-narrowcast-message>

use serde_json::{Value, json};

use super::findings::Findings;
use super::{Answer, Context, Refusal, messages, quota, recipient, send};
use crate::clock::iso;
use crate::world::sent::{Means, Narrowcast, Sent};

/// `POST /v2/bot/message/narrowcast`
pub(super) fn send(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let mut findings = Findings::of(cx.settings);
    messages::check(&mut findings, &body);
    recipient::check(&mut findings, &body);
    limit(&mut findings, &body);
    findings.done()?;
    send::coupons(cx, &bot, &body)?;
    let targets = targets(cx, &bot, &body)?;
    let failed = failure(cx, targets.len());
    let people = if failed.is_some() {
        0
    } else {
        targets.len() as u64
    };
    let key = quota::admit(cx, &bot, people)?;
    let sent = Sent {
        request_id: cx.request_id.to_owned(),
        means: Means::Narrowcast,
        at: cx.now,
        messages: send::messages(&body),
        reached: Vec::new(),
        people: 0,
        unit: None,
        narrowcast: Some(Narrowcast {
            targets,
            due: cx.later(),
            reserved: people,
            failed,
            done: false,
        }),
    };
    cx.world.of(&bot).sent.push(sent);
    let due = cx.later();
    cx.world.later(&bot, due);
    quota::accept(cx, key, &Value::Null);
    Ok(Answer::accepted(json!({})))
}

fn limit(findings: &mut Findings, body: &Value) {
    let Some(limit) = body.get("limit") else {
        return;
    };
    if limit.get("max").is_some() {
        findings.whole(limit, "limit", "max", (1, i64::from(i32::MAX)));
    }
    for member in ["upToRemainingQuota", "forbidPartialDelivery"] {
        findings.optional_truth(limit, "limit", member);
    }
}

/// Whom it is for: not more than the caller wants and, if that is wanted, than the quota has.
fn targets(cx: &mut Context<'_>, bot: &str, body: &Value) -> Result<Vec<String>, Refusal> {
    let mut targets = recipient::find(cx, bot, body)?;
    let limit = body.get("limit");
    let max = limit.and_then(|limit| limit.get("max")?.as_u64());
    let up_to = limit.and_then(|limit| limit.get("upToRemainingQuota")?.as_bool());
    let left = cx
        .world
        .left(bot, cx.settings.monthly_limit, cx.now)
        .filter(|_| up_to == Some(true));
    for most in [max, left].into_iter().flatten() {
        targets.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    }
    Ok(targets)
}

fn failure(cx: &Context<'_>, targets: usize) -> Option<(u32, String)> {
    let few = targets < cx.settings.narrowcast_least_recipients;
    few.then(|| (2, "There are not enough recipients.".to_owned()))
}

/// `GET /v2/bot/message/progress/narrowcast`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#get-narrowcast-progress-status>
pub(super) fn progress(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let query = cx.query();
    let id = query.get("requestId").unwrap_or_default();
    let mut all = cx.world.of(&bot).sent.iter();
    let sent = all.find(|sent| sent.request_id == id);
    let found = sent.and_then(|sent| Some((sent, sent.narrowcast.as_ref()?)));
    let (sent, cast) = found.ok_or_else(|| Refusal::message(404, "Not found"))?;
    let mut body = json!({"phase": "waiting", "acceptedTime": iso(sent.at)});
    if cast.done {
        body["completedTime"] = iso(cast.due).into();
        outcome(&mut body, sent, cast);
    }
    Ok(Answer::ok(body))
}

fn outcome(body: &mut Value, sent: &Sent, cast: &Narrowcast) {
    if let Some((code, text)) = &cast.failed {
        body["phase"] = "failed".into();
        body["errorCode"] = (*code).into();
        body["failedDescription"] = text.as_str().into();
        return;
    }
    body["phase"] = "succeeded".into();
    body["successCount"] = sent.reached.len().into();
    body["failureCount"] = (cast.targets.len() - sent.reached.len()).into();
    body["targetCount"] = cast.targets.len().into();
}
