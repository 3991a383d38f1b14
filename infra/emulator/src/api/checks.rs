//! What every call must pass before its body is looked at, in this order: its length, token, bot
//! header and attachment, suspension, scope, control of the chats it speaks into, rate limit; and no
//! retry key where none is taken.
//!
//! LINE publishes neither the order nor all statuses and texts; where it does not, the status is a
//! setting.

use super::endpoint::{Caller, Endpoint};
use super::{Context, Refusal, limit};
use crate::ids;
use crate::world::account::AccountStatus;
use crate::world::channel::Side;
use crate::world::chat::Holder;

/// A POST or PUT says how long its body is, and be it 0. The front end that LINE had refused others
/// before they reached its API.
///
/// Source: <https://github.com/line/line-platform-feedback/issues/73>, where the answer has a page
/// instead of JSON.
pub(super) fn length(cx: &Context<'_>) -> Result<(), Refusal> {
    let is_needed = cx.settings.length_required && matches!(&*cx.incoming.method, "POST" | "PUT");
    let is_given = ["content-length", "transfer-encoding"]
        .iter()
        .any(|name| cx.incoming.headers.contains_key(*name));
    if is_needed && !is_given {
        tracing::warn!("a POST or PUT with neither content-length nor transfer-encoding");
        return Err(Refusal::message(411, "Length Required"));
    }
    Ok(())
}

/// Checks a call by what is known of its endpoint.
pub(super) fn pass(cx: &mut Context<'_>, endpoint: &Endpoint) -> Result<(), Refusal> {
    let facts = &endpoint.facts;
    if facts.caller != Caller::Anyone {
        cx.side = token(cx)?;
    }
    if facts.caller == Caller::Bot {
        let bot = attached_bot(cx)?;
        in_use(cx, &bot)?;
        granted(cx, &bot, facts.scope)?;
        control(cx, &bot, &(endpoint.chats)(cx))?;
    }
    limit::take(cx, facts)?;
    if facts.caller != Caller::Anyone && !facts.retry_key {
        no_retry_key(cx)?;
    }
    Ok(())
}

/// Checks that the module channel was granted a scope that only some bodies need.
pub(super) fn granted(cx: &Context<'_>, bot: &str, scope: Option<&str>) -> Result<(), Refusal> {
    let account = cx.world.account(bot);
    let has = |scope| account.is_some_and(|account| account.has_scope(cx.side, scope));
    if scope.is_none_or(has) {
        return Ok(());
    }
    Err(unavailable(cx.settings.missing_scope_status))
}

/// Source of the text: <https://developers.line.biz/en/reference/messaging-api/#error-messages>
pub(super) fn unavailable(status: u16) -> Refusal {
    Refusal::message(
        status,
        "Access to this API is not available for your account",
    )
}

fn in_use(cx: &Context<'_>, bot: &str) -> Result<(), Refusal> {
    let status = cx.world.account(bot).map(|account| account.status);
    if status == Some(AccountStatus::Active) {
        return Ok(());
    }
    Err(unavailable(cx.settings.suspended_status))
}

/// Checks that the module channel holds the chats it speaks into.
fn control(cx: &Context<'_>, bot: &str, chats: &[String]) -> Result<(), Refusal> {
    let own = match cx.side {
        Side::Ours => Holder::Module,
        Side::Other => Holder::Other,
    };
    let default_active = cx.settings.default_active;
    let held = |chat: &String| cx.world.holder(bot, chat, default_active, cx.now) == own;
    if chats.iter().all(held) {
        return Ok(());
    }
    tracing::warn!("a message into a chat that the module does not hold");
    Err(unavailable(cx.settings.standby_status))
}

/// The channel that the token was issued to.
fn token(cx: &Context<'_>) -> Result<Side, Refusal> {
    let reason = match cx.header("authorization") {
        None => "The Authorization header is missing",
        Some(header) => match header.strip_prefix("Bearer ") {
            None => "The Authorization header must be Bearer {channel access token}",
            Some(token) => {
                let known = cx.world.tokens.get(&ids::digest(token));
                if let Some(token) = known.filter(|token| token.is_valid(cx.now)) {
                    return Ok(token.side);
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
    let account = cx.world.account(bot);
    if account.is_some_and(|account| account.answers(cx.side, cx.now)) {
        return Ok(bot.to_owned());
    }
    Err(unavailable(cx.settings.not_attached_status))
}

/// Source: <https://developers.line.biz/en/docs/messaging-api/retrying-api-request/>, which
/// promises status 400 but tells no text.
fn no_retry_key(cx: &Context<'_>) -> Result<(), Refusal> {
    if cx.header("x-line-retry-key").is_none() {
        return Ok(());
    }
    let text = "The retry key cannot be used with this API";
    Err(Refusal::message(400, text))
}
