//! Information about an account's bot.

use serde_json::json;

use super::{Answer, Context, Refusal};

/// `GET /v2/bot/info`. No scope is documented for it.
///
/// Source: <https://developers.line.biz/en/reference/messaging-api/#get-bot-info>
pub(super) fn info(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let bot = cx.bot();
    let account = cx
        .world
        .account(&bot)
        .ok_or_else(|| Refusal::message(404, "Not found"))?;
    let mut body = json!({
        "userId": account.bot_id,
        "basicId": account.basic_id,
        "displayName": account.display_name,
        "chatMode": "bot",
        "markAsReadMode": "auto",
    });
    if let Some(premium) = &account.premium_id {
        body["premiumId"] = premium.as_str().into();
    }
    if let Some(picture) = &account.picture_url {
        body["pictureUrl"] = picture.as_str().into();
    }
    Ok(Answer::ok(body))
}
