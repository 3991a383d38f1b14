//! Statistics. They are made of what was sent in this world: whoever got a message counts as one
//! who saw it, and nobody opens links. LINE tells no numbers of fewer than 20 people.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#get-insight>

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::counts::{date, people, status};
use super::people::not_found;
use super::{Answer, Context, Refusal};
use crate::clock;
use crate::world::sent::{Means, Sent};
use crate::world::user::User;

/// Numbers of fewer people are kept back.
const LEAST: usize = 20;

/// `GET /v2/bot/insight/message/delivery`
pub(super) fn delivery(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, day) = (cx.bot(), date(cx, "date")?);
    let status = status(&day, cx.now);
    let mut body = json!({ "status": status });
    if status == "ready" {
        let means = [
            ("apiBroadcast", Means::Broadcast),
            ("apiPush", Means::Push),
            ("apiMulticast", Means::Multicast),
            ("apiNarrowcast", Means::Narrowcast),
            ("apiReply", Means::Reply),
        ];
        for (member, means) in means {
            // What was not used is left out, as LINE leaves out what is empty.
            let people = people(cx, &bot, means, &day);
            if people > 0 {
                body[member] = people.into();
            }
        }
    }
    Ok(Answer::ok(body))
}

/// `GET /v2/bot/insight/followers`: of a day, or of yesterday.
pub(super) fn followers(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let given = cx.query().get("date").is_some();
    let day = if given {
        date(cx, "date")?
    } else {
        clock::date(cx.now - 86_400_000)
    };
    let status = status(&day, cx.now);
    if status != "ready" {
        return Ok(Answer::ok(json!({ "status": status })));
    }
    let users = cx
        .world
        .users
        .get(&cx.bot())
        .into_iter()
        .flat_map(BTreeMap::values);
    let friends: Vec<&User> = users
        .filter(|user| user.friend && clock::date(user.presence_at) <= day)
        .collect();
    let blocks = friends.iter().filter(|user| user.blocked).count();
    Ok(Answer::ok(json!({
        "status": status,
        "followers": friends.len(),
        "targetedReaches": friends.len() - blocks,
        "blocks": blocks,
    })))
}

/// `GET /v2/bot/insight/demographic`: only where enough friends can be reached.
pub(super) fn demographic(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let users = cx
        .world
        .users
        .get(&cx.bot())
        .into_iter()
        .flat_map(BTreeMap::values);
    let friends: Vec<&User> = users.filter(|user| user.friend && !user.blocked).collect();
    if friends.len() < LEAST {
        return Ok(Answer::ok(json!({"available": false})));
    }
    let now = cx.now;
    let share = |member: &str, of: &dyn Fn(&User) -> String| shares(&friends, member, of);
    let or_unknown = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".into());
    Ok(Answer::ok(json!({
        "available": true,
        "genders": share("gender", &|user| or_unknown(&user.traits.gender)),
        "ages": share("age", &|user| age(user)),
        "areas": share("area", &|user| or_unknown(&user.traits.area)),
        "appTypes": share("appType", &|user| user.traits.app.clone().unwrap_or_else(|| "others".into())),
        "subscriptionPeriods": share("subscriptionPeriod", &|user| period(user, now)),
    })))
}

fn shares(friends: &[&User], member: &str, of: &dyn Fn(&User) -> String) -> Value {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for user in friends {
        *counts.entry(of(user)).or_default() += 1;
    }
    let share = |count: usize| (count as f64 * 1000.0 / friends.len() as f64).round() / 10.0;
    let all = counts.into_iter();
    all.map(|(value, count)| json!({member: value, "percentage": share(count)}))
        .collect()
}

fn age(user: &User) -> String {
    match user.traits.age {
        None => "unknown".into(),
        Some(age) if age >= 70 => "from70".into(),
        Some(age) if age < 15 => "from0to14".into(),
        Some(age) => {
            let from = age / 5 * 5;
            format!("from{from}to{}", from + 4)
        }
    }
}

fn period(user: &User, now: i64) -> String {
    let days = (now - user.presence_at) / 86_400_000;
    let within = [7, 30, 90, 180, 365].into_iter().find(|most| days <= *most);
    within.map_or_else(|| "over365days".into(), |most| format!("within{most}days"))
}

/// `GET /v2/bot/insight/message/event`: of a broadcast or narrowcast.
pub(super) fn event(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let query = cx.query();
    let id = query.get("requestId").unwrap_or_default();
    let mut all = cx.world.of(&bot).sent.iter();
    let found = all.find(|sent| {
        sent.request_id == id && matches!(sent.means, Means::Broadcast | Means::Narrowcast)
    });
    let sent = found.ok_or_else(not_found)?;
    let seen = seen(&[sent]);
    Ok(Answer::ok(json!({
        "overview": {
            "requestId": id,
            "timestamp": sent.at / 1000,
            "delivered": sent.people,
            "uniqueImpression": seen,
            "uniqueClick": seen.map(|_| 0),
            "uniqueMediaPlayed": null,
            "uniqueMediaPlayed100Percent": null,
        },
        "messages": numbers(&[sent]),
        "clicks": [],
    })))
}

/// `GET /v2/bot/insight/message/event/aggregation`: of the messages of a unit, from a day to another.
pub(super) fn aggregation(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let query = cx.query();
    let unit = query.get("customAggregationUnit").unwrap_or_default();
    let (from, to) = (date(cx, "from")?, date(cx, "to")?);
    let all = cx.world.of(&bot).sent.iter();
    let fitting = all.filter(|sent| {
        let day = clock::date(sent.at);
        sent.unit.as_deref() == Some(unit) && from <= day && day <= to
    });
    let fitting: Vec<&Sent> = fitting.collect();
    let seen = seen(&fitting);
    Ok(Answer::ok(json!({
        "overview": {
            "uniqueImpression": seen,
            "uniqueClick": seen.map(|_| 0),
            "uniqueMediaPlayed": null,
            "uniqueMediaPlayed100Percent": null,
        },
        "messages": numbers(&fitting),
        "clicks": [],
    })))
}

/// People who saw any of it, if they are enough.
fn seen(sent: &[&Sent]) -> Option<usize> {
    let people: BTreeSet<&String> = sent.iter().flat_map(|sent| &sent.reached).collect();
    Some(people.len()).filter(|number| *number >= LEAST)
}

/// The numbers of each place among the messages of a send.
fn numbers(sent: &[&Sent]) -> Vec<Value> {
    let longest = sent
        .iter()
        .map(|sent| sent.messages.len())
        .max()
        .unwrap_or(0);
    let all = (0..longest).map(|place| {
        let with: Vec<&Sent> = sent
            .iter()
            .filter(|sent| sent.messages.len() > place)
            .copied()
            .collect();
        let shown: usize = with.iter().map(|sent| sent.reached.len()).sum();
        let unique = seen(&with);
        json!({"seq": place + 1, "impression": unique.map(|_| shown), "uniqueImpression": unique})
    });
    all.collect()
}
