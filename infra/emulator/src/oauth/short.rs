//! Short-lived tokens: 30 days, 30 of them; the 31st ends the oldest.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#issue-shortlived-channel-access-token>

use serde_json::json;

use super::{LONGEST_S, MOST, by_secret, form, valid, verified};
use crate::api::{Answer, Context, Refusal};
use crate::attach::{oauth_error, required};
use crate::ids;
use crate::world::grant::TokenKind;

/// `POST /v2/oauth/accessToken`
pub(crate) fn issue(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let form = form(cx)?;
    let side = by_secret(cx, &form)?;
    for name in valid(cx, side, TokenKind::Short).iter().skip(MOST - 1) {
        cx.world.tokens.remove(name);
    }
    let body = super::issue(cx, side, TokenKind::Short, LONGEST_S, None);
    Ok(Answer::ok(body))
}

/// `POST /v2/oauth/verify`
pub(crate) fn verify(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let form = cx.form()?;
    let token = cx
        .world
        .tokens
        .get(&ids::digest(required(&form, "access_token")?));
    match token.filter(|token| token.is_valid(cx.now)) {
        Some(token) => Ok(Answer::ok(verified(cx, token))),
        None => Err(oauth_error(400, "invalid_request", "access token expired")),
    }
}

/// `POST /v2/oauth/revoke`. An unknown token is no error.
pub(crate) fn revoke(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let form = cx.form()?;
    let name = ids::digest(required(&form, "access_token")?);
    let is_short = |kind| kind == TokenKind::Short;
    if cx
        .world
        .tokens
        .get(&name)
        .is_some_and(|token| is_short(token.kind))
    {
        cx.world.tokens.remove(&name);
    }
    Ok(Answer::ok(json!({})))
}
