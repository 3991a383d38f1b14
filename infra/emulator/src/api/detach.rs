//! Detaching the module channel from an account.
//!
//! Source: <https://developers.line.biz/en/reference/partner-docs/#unlink-detach-module-channel-by-operation-mc-admin>

use serde_json::json;

use super::findings::text;
use super::{Answer, Context, Refusal};
use crate::clock::Millis;
use crate::ids;
use crate::webhook::module;
use crate::world::account::Account;
use crate::world::channel::Side;

/// `POST /v2/bot/channel/detach`. The account is named in the body, not by the bot header. No
/// scope is documented for it, and a suspended account can be detached.
pub(super) fn detach(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let body = cx.json()?;
    let bot = text(&body, "botId").map_err(|detail| Refusal::from(vec![detail]))?;
    cx.bot = Some(bot.to_owned());
    let account = cx.world.account(bot);
    if account.is_none() && !ids::is_bot(bot) {
        let text = "user/group/room Id is not available.";
        return Err(Refusal::message(400, text));
    }
    let attached = |account: &Account| match cx.side {
        Side::Ours => account.attached,
        Side::Other => account.other_module,
    };
    if !account.is_some_and(attached) {
        let text = "Specified channel is not detachable";
        return Err(Refusal::message(400, text));
    }
    if cx.settings.detached_event {
        cx.tell_one(cx.side.channel(), bot, None, module::detached(bot, None));
    }
    leave(cx, bot);
    Ok(Answer::ok(json!({})))
}

/// LINE's settings lag behind: for a while calls for the account still succeed.
fn leave(cx: &mut Context<'_>, bot: &str) {
    let lag = Millis::try_from(cx.settings.detach_lag_ms).unwrap_or(Millis::MAX);
    let end = cx.now.saturating_add(lag);
    let Some(account) = cx.world.account_mut(bot) else {
        return;
    };
    match cx.side {
        Side::Ours => {
            account.attached = false;
            account.lingers_until = Some(end);
        }
        Side::Other => {
            account.other_module = false;
            account.other_scopes.clear();
        }
    }
}
