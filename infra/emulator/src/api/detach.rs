//! Detaching the module channel from an account.
//!
//! Source: <https://developers.line.biz/en/reference/partner-docs/#unlink-detach-module-channel-by-operation-mc-admin>

use serde_json::json;

use super::{Answer, Context, Refusal, checks, messages};
use crate::clock::Millis;
use crate::ids;
use crate::webhook::module;

/// `POST /v2/bot/channel/detach`. The account is named in the body, not by the bot header. No
/// scope is documented for it, and a suspended account can be detached.
pub(super) fn detach(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    checks::channel(cx)?;
    let body = cx.json()?;
    let bot = messages::text(&body, "botId").map_err(|detail| Refusal::from(vec![detail]))?;
    cx.bot = Some(bot.to_owned());
    let account = cx.world.account(bot);
    if account.is_none() && !ids::is_bot(bot) {
        let text = "user/group/room Id is not available.";
        return Err(Refusal::message(400, text));
    }
    if !account.is_some_and(|account| account.attached) {
        let text = "Specified channel is not detachable";
        return Err(Refusal::message(400, text));
    }
    if cx.settings.detached_event {
        cx.tell(bot, None, module::detached(bot, None));
    }
    leave(cx, bot);
    Ok(Answer::ok(json!({})))
}

/// LINE's settings lag behind: for a while calls for the account still succeed.
fn leave(cx: &mut Context<'_>, bot: &str) {
    let lag = Millis::try_from(cx.settings.detach_lag_ms).unwrap_or(Millis::MAX);
    let end = cx.now.saturating_add(lag);
    if let Some(account) = cx.world.account_mut(bot) {
        account.attached = false;
        account.lingers_until = Some(end);
    }
}
