//! Aggregation units: names under which statistics of messages are gathered.
//!
//! Source: <https://developers.line.biz/en/docs/messaging-api/unit-based-statistics-aggregation/>

use serde_json::{Value, json};

use super::findings::Findings;
use super::{Answer, Context, Refusal, paging};
use crate::clock::month;
use crate::schema::{self, COUNTED};
use crate::world::sent::Means;

const MEMBER: &str = "customAggregationUnits";
/// How many different names an account can use in a month.
const MOST_NAMES: usize = 1000;

/// Looks at the units of a body: at most one.
pub(super) fn check(findings: &mut Findings, body: &Value) {
    schema::check_members(findings, &COUNTED, body, "");
}

/// The unit that a send counts for. The message with the 1,001st name of the month is sent, but
/// the name is not assigned to it. Only push and multicast have units.
pub(super) fn assign(
    cx: &mut Context<'_>,
    bot: &str,
    body: &Value,
    means: Means,
) -> Option<String> {
    if !matches!(means, Means::Push | Means::Multicast) {
        return None;
    }
    let unit = body.get(MEMBER)?.get(0)?.as_str()?.to_owned();
    let month = month(cx.now);
    let names = cx.world.of(bot).units.entry(month).or_default();
    if !names.contains(&unit) {
        if names.len() >= MOST_NAMES {
            return None;
        }
        names.push(unit.clone());
    }
    Some(unit)
}

/// `GET /v2/bot/message/aggregation/info`: how many names were used this month.
pub(super) fn info(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let number = names(cx).len();
    Ok(Answer::ok(json!({ "numOfCustomAggregationUnits": number })))
}

/// `GET /v2/bot/message/aggregation/list`: the names used this month.
pub(super) fn list(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let limit = paging::limit(cx, 100, 100)?;
    let names = names(cx);
    let (page, next) = paging::page(cx, names, limit)?;
    let mut body = json!({ "customAggregationUnits": page });
    if let Some(next) = next {
        body["next"] = next.into();
    }
    Ok(Answer::ok(body))
}

fn names(cx: &mut Context<'_>) -> Vec<String> {
    let (bot, month) = (cx.bot(), month(cx.now));
    let units = &cx.world.of(&bot).units;
    units.get(&month).cloned().unwrap_or_default()
}
