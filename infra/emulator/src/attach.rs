//! The token exchange that attaches the module channel to an account.
//!
//! Source: <https://developers.line.biz/en/reference/partner-docs/#link-attach-by-operation-module-channel-provider>

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::api::{Answer, Context, Refusal};
use crate::authorize::excluded;
use crate::authorize::request::REPEATED;
use crate::clock::Millis;
use crate::form::Form;
use crate::settings::{AttachAnswer, Settings};
use crate::signature::same;
use crate::world::channel::Side;
use crate::world::grant::Code;

/// `POST /module/auth/v1/token`
pub(crate) fn exchange(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let form = cx.form()?;
    if credentials(cx, &form)? != Side::Ours {
        // The other module channel is attached by the control interface alone.
        return Err(invalid_grant("the code is another channel's"));
    }
    if form.get("grant_type") != Some("authorization_code") {
        let sentence = "grant_type must be authorization_code";
        return Err(oauth_error(400, "unsupported_grant_type", sentence));
    }
    let text = required(&form, "code")?;
    let known = cx.world.codes.get(text);
    let code = known.ok_or_else(|| invalid_grant("the code is not known"))?;
    check(code, &form, cx.now)?;
    let (bot, scopes) = (code.bot.clone(), code.scopes.clone());
    if let Some(code) = cx.world.codes.get_mut(text) {
        code.used = true;
    }
    attach(cx, &bot, &scopes)?;
    Ok(Answer::ok(answer(cx.settings, &bot, &scopes)).attached(bot))
}

/// An error of a token endpoint, in OAuth 2.0's form. LINE documents 400 and 403 for attaching but
/// no body.
pub(crate) fn oauth_error(status: u16, error: &str, description: &str) -> Refusal {
    let body = json!({"error": error, "error_description": description});
    Refusal::new(status, body)
}

/// A parameter that must be there.
pub(crate) fn required<'a>(form: &'a Form, name: &str) -> Result<&'a str, Refusal> {
    let value = form.get(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| oauth_error(400, "invalid_request", &format!("{name} is missing")))
}

/// The channel whose ID and secret they are. The previous secret has not been valid since the
/// reissue.
///
/// The status is a setting: RFC 6749 allows 400 and, for Basic authentication, 401, but of
/// the two only 400 is among the statuses that LINE documents for attaching.
pub(crate) fn is_client(settings: &Settings, id: &str, secret: &str) -> Result<Side, Refusal> {
    if same(id, &settings.channel_id) && same(secret, &settings.channel_secret) {
        return Ok(Side::Ours);
    }
    if same(id, &settings.other_channel_id) && same(secret, &settings.other_channel_secret) {
        return Ok(Side::Other);
    }
    let status = settings.wrong_client_status;
    Err(oauth_error(
        status,
        "invalid_client",
        "wrong channel ID or channel secret",
    ))
}

/// The channel proves itself in the Authorization header or in the body: one of the two.
fn credentials(cx: &Context<'_>, form: &Form) -> Result<Side, Refusal> {
    let header = cx.header("authorization");
    let (id, secret) = (form.get("client_id"), form.get("client_secret"));
    match (header, id, secret) {
        (Some(header), None, None) => {
            let (id, secret) = basic(header).ok_or_else(|| {
                let sentence = "the Authorization header must be Basic base64(ID:secret)";
                oauth_error(400, "invalid_request", sentence)
            })?;
            is_client(cx.settings, &id, &secret)
        }
        (None, Some(id), Some(secret)) => is_client(cx.settings, id, secret),
        (Some(_), _, _) => {
            let sentence =
                "give the credentials in the Authorization header or in the body, not in both";
            Err(oauth_error(400, "invalid_request", sentence))
        }
        (None, _, _) => {
            let sentence = "the channel ID and secret are missing";
            Err(oauth_error(400, "invalid_request", sentence))
        }
    }
}

fn basic(header: &str) -> Option<(String, String)> {
    let encoded = header.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

fn invalid_grant(description: &str) -> Refusal {
    oauth_error(400, "invalid_grant", description)
}

/// Everything that the exchange must prove or repeat.
fn check(code: &Code, form: &Form, now: Millis) -> Result<(), Refusal> {
    if code.used {
        return Err(invalid_grant("the code has been used"));
    }
    if now >= code.expires_at {
        return Err(invalid_grant("the code has expired"));
    }
    if required(form, "redirect_uri")? != code.redirect_uri {
        let sentence = "redirect_uri is not the one of the authorize URL";
        return Err(invalid_grant(sentence));
    }
    if let Some(name) = form.repeated() {
        let sentence = format!("{name} is given more than once");
        return Err(oauth_error(400, "invalid_request", &sentence));
    }
    repeats(code, form)?;
    verifier(code.challenge.as_deref(), form.get("code_verifier"))
}

/// What was given on the authorize URL must have the same value again. A value that was encoded
/// twice does not.
fn repeats(code: &Code, form: &Form) -> Result<(), Refusal> {
    for name in REPEATED {
        let before = code
            .repeated
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str());
        if before != form.get(name) {
            let sentence = format!("{name} is not the same as in the authorize URL");
            return Err(invalid_grant(&sentence));
        }
    }
    Ok(())
}

/// PKCE, RFC 7636 section 4.6.
fn verifier(challenge: Option<&str>, verifier: Option<&str>) -> Result<(), Refusal> {
    let unreserved =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (Some(_), None) => Err(invalid_grant("code_verifier is missing")),
        (None, Some(_)) => Err(invalid_grant(
            "code_verifier is given, but the authorize URL had no code_challenge",
        )),
        (Some(_), Some(text))
            if !(43..=128).contains(&text.len()) || !text.bytes().all(unreserved) =>
        {
            Err(invalid_grant(
                "code_verifier must be 43 to 128 unreserved characters",
            ))
        }
        (Some(challenge), Some(text)) => {
            let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(text));
            let ok = same(&digest, challenge);
            ok.then_some(())
                .ok_or_else(|| invalid_grant("code_verifier does not fit the code_challenge"))
        }
    }
}

/// Marks the account. A module that comes new starts with the default holder in every chat.
fn attach(cx: &mut Context<'_>, bot: &str, scopes: &[String]) -> Result<(), Refusal> {
    let known = cx.world.account_mut(bot);
    let account = known.ok_or_else(|| invalid_grant("the account is gone"))?;
    if excluded(cx.settings, account) {
        let sentence = "another module channel with Default Active is attached to the account";
        return Err(oauth_error(403, "access_denied", sentence));
    }
    let new = !account.attached;
    account.attached = true;
    account.lingers_until = None;
    account.scopes = scopes.to_vec();
    if new {
        let chats = cx.world.chats.get_mut(bot).into_iter().flatten();
        chats.for_each(|(_, chat)| chat.reset());
    }
    cx.bot = Some(bot.to_owned());
    Ok(())
}

fn answer(settings: &Settings, bot: &str, scopes: &[String]) -> Value {
    let text = scopes.join(" ");
    match settings.attach_answer {
        AttachAnswer::ScopesArray => json!({"bot_id": bot, "scopes": scopes}),
        AttachAnswer::ScopeString => json!({"bot_id": bot, "scope": text}),
        AttachAnswer::Both => json!({"bot_id": bot, "scopes": scopes, "scope": text}),
    }
}
