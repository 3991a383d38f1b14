//! Tokens v2.1: by an assertion that is signed with a registered key, with a life of the caller's
//! choice. There can be 30; the 31st is refused.
//!
//! Source: <https://developers.line.biz/en/reference/messaging-api/#issue-channel-access-token-v2-1>

use serde_json::{Value, json};

use super::{MOST, assertion, by_secret, form, valid, verified};
use crate::api::{Answer, Context, Refusal};
use crate::attach::{oauth_error, required};
use crate::ids;
use crate::world::grant::TokenKind;

/// `POST /oauth2/v2.1/token`
pub(crate) fn issue(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let form = form(cx)?;
    let proof = assertion::read(cx, &form)?;
    let life_s = proof.life_s.ok_or_else(|| {
        let sentence = "token_exp must be at most 2592000 seconds";
        oauth_error(400, "invalid_client", sentence)
    })?;
    if valid(cx, proof.side, TokenKind::Chosen).len() >= MOST {
        let text = "The maximum number of access tokens has already been issued";
        return Err(Refusal::message(400, text));
    }
    let key_id = Some(ids::token::<16>());
    let body = super::issue(cx, proof.side, TokenKind::Chosen, life_s, key_id);
    Ok(Answer::ok(body))
}

/// `GET /oauth2/v2.1/tokens/kid`: the key IDs of the tokens that are valid.
pub(crate) fn kids(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let proof = assertion::read(cx, &cx.query())?;
    let names = valid(cx, proof.side, TokenKind::Chosen);
    let tokens = names.iter().filter_map(|name| cx.world.tokens.get(name));
    let kids: Vec<Value> = tokens.map(|token| token.key_id.clone().into()).collect();
    Ok(Answer::ok(json!({ "kids": kids })))
}

/// `GET /oauth2/v2.1/verify`
pub(crate) fn verify(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let query = cx.query();
    let token = cx
        .world
        .tokens
        .get(&ids::digest(required(&query, "access_token")?));
    match token {
        Some(token) if token.is_valid(cx.now) => Ok(Answer::ok(verified(cx, token))),
        Some(_) => Err(oauth_error(
            400,
            "invalid_request",
            "The access token expired",
        )),
        None => Err(oauth_error(
            400,
            "invalid_request",
            "The access token is malformed",
        )),
    }
}

/// `POST /oauth2/v2.1/revoke`. An unknown token is no error.
pub(crate) fn revoke(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let form = cx.form()?;
    let side = by_secret(cx, &form)?;
    let name = ids::digest(required(&form, "access_token")?);
    let known = cx.world.tokens.get(&name);
    if known.is_some_and(|token| token.side == side && token.kind == TokenKind::Chosen) {
        cx.world.tokens.remove(&name);
    }
    Ok(Answer::ok(json!({})))
}
