//! How many messages were sent on a day, and whether messages would be accepted.

use serde_json::{Map, Value, json};

use super::findings::Findings;
use super::{Answer, Context, Refusal, messages};
use crate::clock::{self, Millis};
use crate::world::sent::Means;

/// Before this day LINE has no numbers.
const FIRST_DAY: &str = "20180331";

/// `GET /v2/bot/message/delivery/reply`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#get-number-of-reply-messages>
pub(super) fn reply(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    sent(cx, Means::Reply)
}

/// `GET /v2/bot/message/delivery/push`
pub(super) fn push(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    sent(cx, Means::Push)
}

/// `GET /v2/bot/message/delivery/multicast`
pub(super) fn multicast(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    sent(cx, Means::Multicast)
}

/// `GET /v2/bot/message/delivery/broadcast`
pub(super) fn broadcast(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    sent(cx, Means::Broadcast)
}

/// `GET /v2/bot/message/delivery/pnp`
pub(super) fn pnp(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    sent(cx, Means::Pnp)
}

/// `GET /v2/bot/message/delivery/pnp/templated`
pub(super) fn templated_pnp(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    sent(cx, Means::TemplatedPnp)
}

/// The count of a day is ready on the next one, by the clocks in Japan.
fn sent(cx: &mut Context<'_>, means: Means) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let day = date(cx, "date")?;
    let body = match status(&day, cx.now) {
        "ready" => json!({"status": "ready", "success": people(cx, &bot, means, &day)}),
        status => json!({ "status": status }),
    };
    Ok(Answer::ok(body))
}

/// People reached by a means on a day.
pub(super) fn people(cx: &mut Context<'_>, bot: &str, means: Means, day: &str) -> u64 {
    let all = cx.world.of(bot).sent.iter();
    let fitting = all.filter(|sent| sent.means == means && clock::date(sent.at) == day);
    fitting.map(|sent| sent.people).sum()
}

/// Whether LINE has numbers of a day: `ready`, `unready` or `out_of_service`.
pub(super) fn status(day: &str, now: Millis) -> &'static str {
    if day < FIRST_DAY {
        "out_of_service"
    } else if day >= clock::date(now).as_str() {
        "unready"
    } else {
        "ready"
    }
}

/// A day of the query, as `yyyyMMdd`. The text for another shape is not documented.
pub(super) fn date(cx: &Context<'_>, name: &str) -> Result<String, Refusal> {
    let query = cx.query();
    let day = query.get(name).filter(|day| clock::is_date(day));
    day.map(str::to_owned).ok_or_else(|| {
        Refusal::message(
            400,
            &format!("The value for the '{name}' parameter is invalid"),
        )
    })
}

/// `POST /v2/bot/message/validate/…`: whether the messages would be accepted. Nothing is sent.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#validate-message-objects-of-reply-message>
pub(super) fn validate(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let body = cx.json()?;
    let mut findings = Findings::of(cx.settings);
    messages::check(&mut findings, &body);
    findings.done()?;
    Ok(Answer::ok(Value::Object(Map::new())))
}
