//! Coupons.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#coupon>

use serde_json::{Value, json};

use super::findings::Findings;
use super::people::not_found;
use super::{Answer, Context, Refusal, paging};
use crate::ids;
use crate::world::coupon::Coupon;

/// The members that stay as they were given.
const KEPT: [&str; 13] = [
    "acquisitionCondition",
    "barcodeImageUrl",
    "couponCode",
    "description",
    "endTimestamp",
    "imageUrl",
    "maxUseCountPerTicket",
    "startTimestamp",
    "title",
    "usageCondition",
    "reward",
    "visibility",
    "timezone",
];

/// `POST /v2/bot/coupon`
pub(super) fn create(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let body = cx.json()?;
    let mut findings = Findings::default();
    check(&mut findings, &body);
    findings.done()?;
    let kept = KEPT.iter().filter_map(|member| {
        let value = body.get(member)?;
        Some(((*member).to_owned(), value.clone()))
    });
    let coupon = Coupon {
        id: ids::coupon(),
        body: kept.collect(),
        created_at: cx.now,
        closed: false,
    };
    let answer = json!({"couponId": coupon.id});
    cx.world.of(&bot).coupons.push(coupon);
    Ok(Answer::ok(answer))
}

fn check(findings: &mut Findings, body: &Value) {
    findings.text(body, "", "title", 60);
    findings.one_of(body, "", "visibility", &["UNLISTED", "PUBLIC"]);
    findings.text(body, "", "timezone", 40);
    findings.whole(body, "", "maxUseCountPerTicket", (1, 1));
    let start = findings.whole(body, "", "startTimestamp", (0, i64::MAX));
    let end = findings.whole(body, "", "endTimestamp", (0, i64::MAX));
    if start.zip(end).is_some_and(|(start, end)| end <= start) {
        findings.add("Must be later than startTimestamp", "endTimestamp");
    }
    let condition = &body["acquisitionCondition"];
    let at = "acquisitionCondition";
    findings.one_of(condition, at, "type", &["normal", "lottery", "referral"]);
    if condition["type"] == "lottery" {
        findings.whole(condition, at, "lotteryProbability", (1, 99));
        findings.whole(condition, at, "maxAcquireCount", (-1, 999_999));
    }
    if let Some(reward) = body.get("reward") {
        let kinds = ["cashBack", "discount", "free", "gift", "others"];
        findings.one_of(reward, "reward", "type", &kinds);
    }
    for (member, longest) in [("description", 1000), ("usageCondition", 100)] {
        let text = body.get(member).and_then(Value::as_str);
        if text.is_some_and(|text| text.encode_utf16().count() > longest) {
            findings.add(format!("Length must be between 0 and {longest}"), member);
        }
    }
}

/// `GET /v2/bot/coupon`
pub(super) fn list(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let (bot, now) = (cx.bot(), cx.now);
    let limit = paging::limit(cx, 20, 100)?;
    let query = cx.query();
    let wanted: Vec<&str> = query
        .all("status")
        .flat_map(|value| value.split(','))
        .collect();
    let is_wanted = |coupon: &&Coupon| wanted.is_empty() || wanted.contains(&coupon.status(now));
    let coupons = cx.world.of(&bot).coupons.iter().rev().filter(is_wanted);
    let items: Vec<Value> = coupons
        .map(|coupon| json!({"couponId": coupon.id, "title": coupon.body["title"]}))
        .collect();
    let (page, next) = paging::page(cx, items, limit)?;
    let mut body = json!({ "items": page });
    if let Some(next) = next {
        body["next"] = next.into();
    }
    Ok(Answer::ok(body))
}

/// `GET /v2/bot/coupon/{couponId}`
pub(super) fn get(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let now = cx.now;
    let coupon = known(cx)?;
    let mut body = coupon.body.clone();
    body["couponId"] = coupon.id.as_str().into();
    body["createdTimestamp"] = (coupon.created_at / 1000).into();
    body["status"] = coupon.status(now).into();
    body["maxTicketPerUser"] = 1.into();
    Ok(Answer::ok(body))
}

/// `PUT /v2/bot/coupon/{couponId}/close`. 410 is for one that is closed already: LINE's OpenAPI file
/// has the status, and no sentence for it.
pub(super) fn close(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let now = cx.now;
    let coupon = known(cx)?;
    if coupon.status(now) == "CLOSED" {
        return Err(Refusal::message(410, "The coupon is closed"));
    }
    coupon.closed = true;
    Ok(Answer::ok(json!({})))
}

fn known<'a>(cx: &'a mut Context<'_>) -> Result<&'a mut Coupon, Refusal> {
    let (bot, id) = (cx.bot(), cx.param("couponId"));
    let mut all = cx.world.of(&bot).coupons.iter_mut();
    all.find(|coupon| coupon.id == id).ok_or_else(not_found)
}
