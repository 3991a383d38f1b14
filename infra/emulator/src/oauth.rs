//! Channel access tokens. Only stateless ones so far.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#issue-stateless-channel-access-token>

use serde_json::json;

use crate::api::{Answer, Context, Refusal};
use crate::attach::{is_client, oauth_error, required};
use crate::clock::seconds;
use crate::ids;

/// `POST /oauth2/v3/token` with channel ID and secret. No token is needed to get one.
pub(crate) fn stateless(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let form = cx.form()?;
    let grant_type = required(&form, "grant_type")?;
    if grant_type != "client_credentials" {
        let sentence = "grant_type must be client_credentials";
        return Err(oauth_error(400, "unsupported_grant_type", sentence));
    }
    if form.get("client_assertion").is_some() {
        tracing::warn!("not emulated: a stateless token by client_assertion");
        let sentence =
            "the emulator does not know client_assertion; use client_id and client_secret";
        return Err(oauth_error(400, "invalid_request", sentence));
    }
    let (id, secret) = (
        required(&form, "client_id")?,
        required(&form, "client_secret")?,
    );
    is_client(cx.settings, id, secret)?;
    let token = ids::access_token();
    let life = cx.settings.access_token_ttl_s;
    cx.world.prune(cx.now);
    let end = cx.now + seconds(life);
    cx.world.access_tokens.insert(ids::digest(&token), end);
    Ok(Answer::ok(json!({
        "token_type": "Bearer",
        "access_token": token,
        "expires_in": life,
    })))
}
