//! Membership plans and their members.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#membership>

use serde_json::{Value, json};

use super::people::{ids, not_found};
use super::{Answer, Context, Refusal, paging};
use crate::clock;
use crate::world::membership::Membership;

/// `GET /v2/bot/membership/list`. 404 where the account has no plan.
pub(super) fn list(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let plans = &cx.world.of(&bot).memberships;
    if plans.is_empty() {
        return Err(not_found());
    }
    let all: Vec<Value> = plans.iter().map(listed).collect();
    Ok(Answer::ok(json!({ "memberships": all })))
}

/// `GET /v2/bot/membership/subscription/{userId}`
pub(super) fn of_user(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, user) = (cx.bot(), cx.param("userId"));
    cx.chat = Some(user.clone());
    if cx.world.user(&bot, &user).is_none() {
        return Err(Refusal::message(
            400,
            "The value for the 'userId' parameter is invalid",
        ));
    }
    let now = cx.now;
    let plans = cx.world.of(&bot).memberships.iter();
    let joined = plans.filter_map(|plan| Some((plan, *plan.members.get(&user)?)));
    let all: Vec<Value> = joined
        .map(|(plan, since)| {
            json!({"membership": plan_of(plan), "user": member(plan, &user, since, now)})
        })
        .collect();
    if all.is_empty() {
        return Err(not_found());
    }
    Ok(Answer::ok(json!({ "subscriptions": all })))
}

/// `GET /v2/bot/membership/{membershipId}/users/ids`
pub(super) fn users(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let limit = paging::limit(cx, 300, 1000)?;
    let id: u64 = cx.param("membershipId").parse().unwrap_or_default();
    let mut plans = cx.world.of(&bot).memberships.iter();
    let plan = plans.find(|plan| plan.id == id).ok_or_else(not_found)?;
    let users = plan.members.keys().cloned().collect();
    ids(cx, "userIds", users, limit)
}

fn plan_of(plan: &Membership) -> Value {
    json!({
        "membershipId": plan.id,
        "title": plan.title,
        "description": plan.description,
        "benefits": plan.benefits,
        "price": plan.price,
        "currency": plan.currency,
    })
}

fn listed(plan: &Membership) -> Value {
    let mut body = plan_of(plan);
    body["memberCount"] = plan.members.len().into();
    body["memberLimit"] = plan.limit.into();
    body["isInAppPurchase"] = false.into();
    body["isPublished"] = true.into();
    body
}

/// A member pays each month, on the day they joined.
fn member(plan: &Membership, user: &str, since: i64, now: i64) -> Value {
    let months = (1..)
        .find(|months| clock::months_later(since, *months, 9) > now)
        .unwrap_or(1);
    let next = clock::months_later(since, months, 9);
    json!({
        "membershipNo": plan.number(user),
        "joinedTime": since / 1000,
        "nextBillingDate": clock::day(next, 9),
        "totalSubscriptionMonths": months,
    })
}
