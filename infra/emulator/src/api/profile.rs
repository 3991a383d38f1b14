//! Profiles of users.

use percent_encoding::percent_decode_str;
use serde_json::json;

use super::{Answer, Context, Refusal, checks};

/// `GET /v2/bot/profile/{userId}`
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#get-profile>
pub(super) fn get(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = checks::access(cx, Some("profile:read"))?;
    let id = cx.incoming.path.rsplit('/').next().unwrap_or_default();
    let id = percent_decode_str(id).decode_utf8_lossy().into_owned();
    cx.chat = Some(id.clone());
    let user = cx.world.user(&bot, &id).filter(|user| user.shows_profile());
    let user = user.ok_or_else(|| Refusal::message(404, "Not found"))?;
    Ok(Answer::ok(json!({
        "userId": user.user_id,
        "displayName": user.name,
        "language": user.language,
    })))
}
