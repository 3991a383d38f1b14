//! The month's quota, and retry keys: whether a send is let in.

use serde_json::{Value, json};

use super::{Answer, Context, Refusal};
use crate::clock::month;
use crate::ids;
use crate::world::grant::AcceptedKey;

/// How long a retry key is kept: 24 hours from the first request.
const DAY: i64 = 86_400_000;

/// The place of a retry key among those accepted.
pub(super) struct Key(String);

/// Checks quota and retry key, in the order that the settings want.
pub(super) fn admit(cx: &Context<'_>, bot: &str, people: u64) -> Result<Option<Key>, Refusal> {
    if cx.settings.retry_key_before_quota {
        let key = retry_key(cx, bot)?;
        enough(cx, bot, people)?;
        return Ok(key);
    }
    enough(cx, bot, people)?;
    retry_key(cx, bot)
}

/// Counts messages against the quota.
pub(super) fn count(cx: &mut Context<'_>, bot: &str, people: u64) {
    let month = month(cx.now);
    if let Some(account) = cx.world.account_mut(bot) {
        account.count(&month, people);
    }
}

/// Keeps the retry key of an accepted request.
pub(super) fn accept(cx: &mut Context<'_>, key: Option<Key>, sent: &Value) {
    let Some(Key(place)) = key else {
        return;
    };
    let accepted = AcceptedKey {
        accepted_at: cx.now,
        request_id: cx.request_id.to_owned(),
        body: digest(cx),
        sent: sent.clone(),
    };
    cx.world.retry_keys.insert(place, accepted);
}

fn enough(cx: &Context<'_>, bot: &str, people: u64) -> Result<(), Refusal> {
    let left = cx.world.left(bot, cx.settings.monthly_limit, cx.now);
    if left.is_none_or(|left| people <= left) {
        return Ok(());
    }
    let text = "You have reached your monthly limit.";
    Err(Refusal::message(429, text))
}

/// The place of the retry key among those accepted, if the call has one that is new.
///
/// Source: <https://developers.line.biz/en/docs/messaging-api/retrying-api-request/>
fn retry_key(cx: &Context<'_>, bot: &str) -> Result<Option<Key>, Refusal> {
    let Some(key) = cx.header("x-line-retry-key") else {
        return Ok(None);
    };
    if !ids::is_uuid(key) {
        // The status is documented, the text is not.
        return Err(Refusal::message(400, "The retry key is invalid"));
    }
    let place = format!("{} {bot} {}", cx.side.as_str(), key.to_ascii_lowercase());
    let accepted = cx.world.retry_keys.get(&place);
    match accepted.filter(|accepted| cx.now < accepted.accepted_at + DAY) {
        None => Ok(Some(Key(place))),
        Some(accepted) => {
            if accepted.body != digest(cx) {
                tracing::warn!("a retry key was used again with another body");
            }
            let id = accepted.request_id.clone();
            Err(Refusal::accepted_before(id, &accepted.sent))
        }
    }
}

fn digest(cx: &Context<'_>) -> String {
    ids::digest(&String::from_utf8_lossy(&cx.incoming.body))
}

/// `GET /v2/bot/message/quota`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#get-quota>
pub(super) fn limit(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let account = cx.world.account(&cx.bot());
    let own = account.and_then(|account| account.monthly_limit);
    let body = match own.or(cx.settings.monthly_limit) {
        Some(limit) => json!({"type": "limited", "value": limit}),
        None => json!({"type": "none"}),
    };
    Ok(Answer::ok(body))
}

/// `GET /v2/bot/message/quota/consumption`: what was sent this month, without what is reserved.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#get-consumption>
pub(super) fn consumption(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let account = cx.world.account(&cx.bot());
    let used = account.map_or(0, |account| account.pushed_in(&month(cx.now)));
    Ok(Answer::ok(json!({ "totalUsage": used })))
}
