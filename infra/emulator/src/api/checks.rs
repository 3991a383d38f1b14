//! What every call for an account must pass, in this order: token, bot header, attachment,
//! suspension, scope; and for messages, who may speak.
//!
//! LINE publishes neither the order nor all statuses and texts; where it does not, the status is a
//! setting.

use super::{Context, Refusal};
use crate::ids;
use crate::world::account::AccountStatus;
use crate::world::chat::Holder;

/// Checks the token alone, for a call that is about no account or names it in its body.
pub(super) fn channel(cx: &mut Context<'_>) -> Result<(), Refusal> {
    cx.look();
    token(cx)
}

/// Checks token, bot, attachment, suspension and scope. Gives the bot.
pub(super) fn access(cx: &mut Context<'_>, scope: Option<&str>) -> Result<String, Refusal> {
    cx.look();
    token(cx)?;
    let bot = attached_bot(cx)?;
    let status = cx.world.account(&bot).map(|account| account.status);
    if status != Some(AccountStatus::Active) {
        let status = cx.settings.suspended_status;
        return Err(unavailable(status));
    }
    let granted = |scope| {
        cx.world
            .account(&bot)
            .is_some_and(|account| account.has_scope(scope))
    };
    if !scope.is_none_or(granted) {
        return Err(unavailable(cx.settings.missing_scope_status));
    }
    Ok(bot)
}

/// Checks that the module holds a chat.
pub(super) fn may_speak(cx: &Context<'_>, bot: &str, chat: &str) -> Result<(), Refusal> {
    let default_active = cx.settings.default_active;
    if cx.world.holder(bot, chat, default_active, cx.now) == Holder::Module {
        return Ok(());
    }
    tracing::warn!("a message into a chat that the module does not hold");
    Err(unavailable(cx.settings.standby_status))
}

/// Source of the text: <https://developers.line.biz/en/reference/messaging-api/#error-messages>
fn unavailable(status: u16) -> Refusal {
    Refusal::message(
        status,
        "Access to this API is not available for your account",
    )
}

fn token(cx: &Context<'_>) -> Result<(), Refusal> {
    let reason = match cx.header("authorization") {
        None => "The Authorization header is missing",
        Some(header) => match header.strip_prefix("Bearer ") {
            None => "The Authorization header must be Bearer {channel access token}",
            Some(token) => {
                let end = cx.world.access_tokens.get(&ids::digest(token));
                if end.is_some_and(|end| cx.now < *end) {
                    return Ok(());
                }
                "Confirm that the access token in the authorization header is valid."
            }
        },
    };
    let text = format!("Authentication failed due to the following reason: {reason}");
    Err(Refusal::message(401, &text))
}

fn attached_bot(cx: &Context<'_>) -> Result<String, Refusal> {
    let header = &cx.settings.bot_header;
    let Some(bot) = cx.header(header).filter(|bot| !bot.is_empty()) else {
        tracing::warn!("a call without the header that selects the bot");
        let text = format!("The header {header} is missing");
        return Err(Refusal::message(cx.settings.missing_bot_status, &text));
    };
    let attached = cx
        .world
        .account(bot)
        .is_some_and(|account| account.answers(cx.now));
    if !attached {
        return Err(unavailable(cx.settings.not_attached_status));
    }
    Ok(bot.to_owned())
}
