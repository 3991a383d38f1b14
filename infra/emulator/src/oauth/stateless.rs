//! Stateless tokens: a quarter of an hour, as many as one likes, never revoked.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#issue-stateless-channel-access-token>

use super::{assertion, by_secret, form};
use crate::api::{Answer, Context, Refusal};
use crate::world::grant::TokenKind;

/// `POST /oauth2/v3/token`, by ID and secret or by an assertion. No token is needed to get one.
pub(crate) fn issue(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let form = form(cx)?;
    let side = if form.get("client_assertion").is_some() {
        assertion::read(cx, &form)?.side
    } else {
        by_secret(cx, &form)?
    };
    let life_s = cx.settings.access_token_ttl_s;
    let body = super::issue(cx, side, TokenKind::Stateless, life_s, None);
    Ok(Answer::ok(body))
}
