//! The link screen: where the admin of an account lets the module channel in.
//!
//! Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-attach-channel/#request-auth-from-line-oa-admin>

mod page;
pub(crate) mod request;
mod words;

use axum::Router;
use axum::extract::{Form, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use self::request::{Problem, Request};
use self::words::Words;
use crate::clock::{Millis, seconds};
use crate::emulator::Emulator;
use crate::error::Error;
use crate::form::with_query;
use crate::ids;
use crate::platform::Platform;
use crate::settings::Settings;
use crate::world::account::Account;
use crate::world::grant::Code;

/// The routes of the link screen.
pub(crate) fn routes() -> Router<Emulator> {
    Router::new()
        .route("/module/auth/v1/authorize", get(show))
        .route("/module/auth/v1/decide", post(decide))
}

async fn show(
    State(emulator): State<Emulator>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let platform = emulator.platform();
    let words = Words::of(&headers);
    let query = query.unwrap_or_default();
    match Request::read(&platform.settings, &query) {
        Ok(request) => page::screen(&platform, &request, &query, words),
        Err(problem) => refused(&problem, words),
    }
}

/// What the form of the link screen sends.
#[derive(Deserialize)]
struct Decision {
    /// The query of the authorize URL.
    query: String,
    /// The account chosen.
    #[serde(default)]
    bot: String,
    /// `link` or `cancel`.
    decision: String,
}

async fn decide(
    State(emulator): State<Emulator>,
    headers: HeaderMap,
    Form(form): Form<Decision>,
) -> Response {
    let words = Words::of(&headers);
    let answer = {
        let mut platform = emulator.platform();
        let request = match Request::read(&platform.settings, &form.query) {
            Ok(request) => request,
            Err(problem) => return refused(&problem, words),
        };
        if form.decision == "link" {
            granted(&mut platform, &request, &form.bot)
        } else {
            Ok(cancelled(&request))
        }
    };
    emulator.changed();
    match answer {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(error) => page::error(&error.to_string(), words),
    }
}

/// A bad client or redirect URI is shown and never redirected to, as RFC 6749 section 4.1.2.1 asks.
fn refused(problem: &Problem, words: &Words) -> Response {
    match problem {
        Problem::Shown(sentence) => page::error(sentence, words),
        Problem::Redirected {
            redirect_uri,
            error,
            description,
            state,
        } => {
            tracing::warn!(error, description, "authorize URL refused");
            let mut parameters = vec![("error", *error), ("error_description", description)];
            if let Some(state) = state {
                parameters.push(("state", state));
            }
            let url = with_query(redirect_uri, &parameters);
            (StatusCode::FOUND, [("location", url)]).into_response()
        }
    }
}

/// The admin pressed Link for an account: gives out a code and the URL that carries it.
pub(crate) fn granted(
    platform: &mut Platform,
    request: &Request,
    bot: &str,
) -> Result<String, Error> {
    let now = platform.now();
    let account = platform
        .world
        .account(bot)
        .filter(|account| request.offers(account));
    if account.is_none() {
        let sentence = format!("{bot:?} is no account that this link may be used for");
        return Err(Error::request(sentence));
    }
    if let Some(account) = account.filter(|account| excluded(&platform.settings, account)) {
        let name = &account.display_name;
        let sentence = format!(
            "{name} has another extension with Default Active linked; there can be only one"
        );
        return Err(Error::request(sentence));
    }
    let code = ids::authorization_code();
    let grant = grant(&platform.settings, request, bot, now);
    platform.world.prune(now);
    platform.world.codes.insert(code.clone(), grant);
    let parameters = [("code", code.as_str()), ("state", &request.state)];
    Ok(with_query(&request.redirect_uri, &parameters))
}

/// Whether another module channel keeps this one out: with Default Active there can be only one.
///
/// Source: <https://developers.line.biz/en/docs/partner-docs/module-technical-chat-control/#default-active>
pub(crate) fn excluded(settings: &Settings, account: &Account) -> bool {
    settings.default_active && account.other_module
}

/// The admin pressed Cancel. The error's name is not documented; this is OAuth 2.0's.
pub(crate) fn cancelled(request: &Request) -> String {
    let parameters = [
        ("error", "access_denied"),
        ("error_description", "The admin did not allow the link."),
        ("state", &request.state),
    ];
    with_query(&request.redirect_uri, &parameters)
}

fn grant(settings: &Settings, request: &Request, bot: &str, now: Millis) -> Code {
    Code {
        bot: bot.to_owned(),
        scopes: request.scopes.clone(),
        redirect_uri: request.redirect_uri.clone(),
        challenge: request.challenge.clone(),
        repeated: request.repeated.clone(),
        expires_at: now + seconds(settings.code_ttl_s),
        used: false,
    }
}
