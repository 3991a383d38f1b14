//! The link screen and its error page.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use super::excluded;
use super::request::Request;
use super::words::Words;
use crate::pages;
use crate::platform::Platform;
use crate::world::account::Account;

#[derive(Template)]
#[template(path = "authorize.html")]
struct Screen<'a> {
    words: &'a Words,
    channel_name: &'a str,
    channel_id: &'a str,
    redirect_uri: &'a str,
    scopes: &'a [String],
    choices: Vec<Choice<'a>>,
    any_free: bool,
    query: &'a str,
}

/// An account to choose.
struct Choice<'a> {
    account: &'a Account,
    /// Whether another module channel keeps this one out.
    excluded: bool,
    /// Whether it is the one chosen at first.
    chosen: bool,
}

#[derive(Template)]
#[template(path = "authorize_error.html")]
struct Trouble<'a> {
    words: &'a Words,
    sentence: &'a str,
}

pub(super) fn screen(
    platform: &Platform,
    request: &Request,
    query: &str,
    words: &Words,
) -> Response {
    let choices = choices(platform, request);
    html(
        StatusCode::OK,
        words,
        &Screen {
            words,
            channel_name: &platform.settings.channel_name,
            channel_id: &platform.settings.channel_id,
            redirect_uri: &request.redirect_uri,
            scopes: &request.scopes,
            any_free: choices.iter().any(|choice| choice.chosen),
            choices,
            query,
        },
    )
}

fn choices<'a>(platform: &'a Platform, request: &Request) -> Vec<Choice<'a>> {
    let accounts = platform.world.accounts.iter();
    let offered = accounts.filter(|account| request.offers(account));
    let mut choices: Vec<Choice> = offered
        .map(|account| Choice {
            account,
            excluded: excluded(&platform.settings, account),
            chosen: false,
        })
        .collect();
    if let Some(first) = choices.iter_mut().find(|choice| !choice.excluded) {
        first.chosen = true;
    }
    choices
}

/// The page for an authorize URL that cannot be trusted.
pub(super) fn error(sentence: &str, words: &Words) -> Response {
    html(StatusCode::BAD_REQUEST, words, &Trouble { words, sentence })
}

fn html(status: StatusCode, words: &Words, template: &impl Template) -> Response {
    let mut response = pages::page(status, template);
    let headers = response.headers_mut();
    let language = HeaderValue::from_static(words.lang);
    headers.insert(header::CONTENT_LANGUAGE, language);
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    response
}
