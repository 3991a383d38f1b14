//! Channel access tokens of the three kinds that a module channel can have. Long-lived ones are
//! issued on LINE's console and not to module channels, so there is no way to get one here.
//!
//! Source: <https://developers.line.biz/en/docs/basics/channel-access-token/>

mod assertion;
mod chosen;
mod short;
mod stateless;

use std::cmp::Reverse;

use serde_json::{Value, json};

pub(crate) use self::chosen::{
    issue as issue_chosen, kids, revoke as revoke_chosen, verify as verify_chosen,
};
pub(crate) use self::short::{
    issue as issue_short, revoke as revoke_short, verify as verify_short,
};
pub(crate) use self::stateless::issue as issue_stateless;
use crate::api::{Context, Refusal};
use crate::attach::{is_client, oauth_error, required};
use crate::clock::seconds;
use crate::form::Form;
use crate::ids;
use crate::world::channel::Side;
use crate::world::grant::{AccessToken, TokenKind};

/// How many tokens of a kind a channel can have.
const MOST: usize = 30;
/// The longest life of a token: 30 days.
const LONGEST_S: u64 = 30 * 86_400;

/// The form of a request for a token.
fn form(cx: &Context<'_>) -> Result<Form, Refusal> {
    let form = cx.form()?;
    if required(&form, "grant_type")? != "client_credentials" {
        let sentence = "grant_type must be client_credentials";
        return Err(oauth_error(400, "unsupported_grant_type", sentence));
    }
    Ok(form)
}

/// The channel that proves itself by ID and secret.
fn by_secret(cx: &Context<'_>, form: &Form) -> Result<Side, Refusal> {
    let (id, secret) = (
        required(form, "client_id")?,
        required(form, "client_secret")?,
    );
    is_client(cx.settings, id, secret)
}

/// Issues a token. Gives the answer.
fn issue(
    cx: &mut Context<'_>,
    side: Side,
    kind: TokenKind,
    life_s: u64,
    key_id: Option<String>,
) -> Value {
    let token = ids::access_token();
    cx.world.prune(cx.now);
    cx.world.issued += 1;
    let mut body = json!({
        "token_type": "Bearer",
        "access_token": token,
        "expires_in": life_s,
    });
    if let Some(key_id) = &key_id {
        body["key_id"] = key_id.as_str().into();
    }
    let entry = AccessToken {
        side,
        kind,
        number: cx.world.issued,
        ends: cx.now + seconds(life_s),
        key_id,
    };
    cx.world.tokens.insert(ids::digest(&token), entry);
    body
}

/// The names of a channel's valid tokens of a kind, the newest first.
fn valid(cx: &Context<'_>, side: Side, kind: TokenKind) -> Vec<String> {
    let all = cx.world.tokens.iter();
    let fitting =
        all.filter(|(_, token)| token.side == side && token.kind == kind && token.is_valid(cx.now));
    let mut names: Vec<_> = fitting
        .map(|(name, token)| (Reverse(token.number), name))
        .collect();
    names.sort();
    names.into_iter().map(|(_, name)| name.clone()).collect()
}

/// What a verification reports of a valid token.
fn verified(cx: &Context<'_>, token: &AccessToken) -> Value {
    let id = match token.side {
        Side::Ours => &cx.settings.channel_id,
        Side::Other => &cx.settings.other_channel_id,
    };
    json!({"client_id": id, "expires_in": (token.ends - cx.now) / 1000})
}
