//! Assertions: JSON web tokens by which a channel proves itself with a key of its own.
//!
//! Source: <https://developers.line.biz/en/docs/messaging-api/generate-json-web-token/>

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::Value;

use super::LONGEST_S;
use crate::api::{Context, Refusal};
use crate::attach::{oauth_error, required};
use crate::form::Form;
use crate::world::channel::Side;
use crate::world::grant::AssertionKey;

/// What `client_assertion_type` must be.
const KIND: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The latest end of an assertion: in 30 minutes.
const LATEST_S: i64 = 30 * 60;

/// What an assertion proves and asks for.
pub(super) struct Proof {
    /// The channel that signed it.
    pub(super) side: Side,
    /// `token_exp`, where it is within LINE's bounds.
    pub(super) life_s: Option<u64>,
}

/// Reads and checks the assertion of a request.
pub(super) fn read(cx: &Context<'_>, form: &Form) -> Result<Proof, Refusal> {
    if required(form, "client_assertion_type")? != KIND {
        let sentence = "client_assertion_type is not known";
        return Err(oauth_error(400, "invalid_request", sentence));
    }
    let text = required(form, "client_assertion")?;
    let broken = || invalid("the assertion is no JSON web token");
    let (signed, signature) = text.rsplit_once('.').ok_or_else(broken)?;
    let (head, claims) = signed.split_once('.').ok_or_else(broken)?;
    let (head, claims) = json(head).zip(json(claims)).ok_or_else(broken)?;
    let key = key(cx, &head)?;
    verify(key, signed, signature)?;
    check(cx, key.side, &claims)?;
    let life_s = claims["token_exp"]
        .as_u64()
        .filter(|life| (1..=LONGEST_S).contains(life));
    Ok(Proof {
        side: key.side,
        life_s,
    })
}

fn json(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn invalid(description: &str) -> Refusal {
    oauth_error(400, "invalid_client", description)
}

/// The key that the head names. Source of the text: LINE's reference of this call.
fn key<'a>(cx: &'a Context<'_>, head: &Value) -> Result<&'a AssertionKey, Refusal> {
    if head["alg"] != "RS256" || head["typ"] != "JWT" {
        return Err(invalid("the assertion must have alg RS256 and typ JWT"));
    }
    let kid = head["kid"].as_str().unwrap_or_default();
    let key = cx.world.assertion_keys.get(kid);
    key.ok_or_else(|| {
        let text = "Cannot find channel key that satisfies the conditions";
        Refusal::message(404, text)
    })
}

fn verify(key: &AssertionKey, signed: &str, signature: &str) -> Result<(), Refusal> {
    let public = RsaPublicKeyComponents {
        n: &key.modulus,
        e: &key.exponent,
    };
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    let verified = public.verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature);
    verified.map_err(|_| invalid("the assertion's signature is wrong"))
}

fn check(cx: &Context<'_>, side: Side, claims: &Value) -> Result<(), Refusal> {
    let id = match side {
        Side::Ours => &cx.settings.channel_id,
        Side::Other => &cx.settings.other_channel_id,
    };
    if claims["iss"] != id.as_str() || claims["sub"] != id.as_str() {
        return Err(invalid("iss and sub must be the channel ID"));
    }
    if claims["aud"] != "https://api.line.me/" {
        return Err(invalid("aud must be https://api.line.me/"));
    }
    let left = claims["exp"].as_i64().map(|exp| exp - cx.now / 1000);
    if !left.is_some_and(|left| (1..=LATEST_S).contains(&left)) {
        return Err(invalid("exp must be within 30 minutes"));
    }
    Ok(())
}
