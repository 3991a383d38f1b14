//! The pages for people: the index, and one page per chat.

mod act;
mod assets;
mod bubble;
mod chat;
mod flex;
mod index;
mod live;
mod menu;
mod replay;
mod timeline;
mod trace;

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

use crate::emulator::Emulator;

/// What a page may load: its own style sheet, script and stream of changes. How a flex message looks stands in it,
/// and its images are where the module says.
const POLICY: &str = "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; \
     script-src 'self'; connect-src 'self'; img-src 'self' https:; base-uri 'none'; \
     frame-ancestors 'none'";

/// The routes of the pages.
pub(crate) fn routes() -> Router<Emulator> {
    Router::new()
        .route("/", get(index::show))
        .route("/chats/{bot}/{chat}", get(chat::show))
        .route("/chats/{bot}/{chat}/{verb}", post(act::in_chat))
        .route("/chats/{bot}/{chat}/events/{event}", get(trace::of_chat))
        .route(
            "/chats/{bot}/{chat}/events/{event}/again",
            post(replay::of_chat),
        )
        .route("/bots/{bot}/{verb}", post(act::on_bot))
        .route("/bots/{bot}/events/{event}", get(trace::of_account))
        .route("/bots/{bot}/menus/{menu}/image", get(menu::image))
        .route("/deliveries/{number}/again", post(act::again))
        .route("/changes", get(live::changes))
        .merge(assets::routes())
}

/// Renders a page.
pub(crate) fn page(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(text) => {
            let mut response = (status, Html(text)).into_response();
            let headers = response.headers_mut();
            let policy = HeaderValue::from_static(POLICY);
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "cannot render a page"
            );
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A page that says what went wrong.
#[derive(Template)]
#[template(path = "problem.html")]
struct Problem<'a> {
    sentence: &'a str,
}

fn problem(status: StatusCode, sentence: &str) -> Response {
    let mut letters = sentence.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    let sentence = format!("{}{}.", first.unwrap_or_default(), letters.as_str());
    page(
        status,
        &Problem {
            sentence: &sentence,
        },
    )
}

/// Whether a script asks, not a browser that shows a page.
fn scripted(headers: &HeaderMap) -> bool {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json"))
}

/// A path segment for a link.
fn segment(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The first letter of a name, for the round picture.
fn initial(name: &str) -> String {
    name.chars().take(1).collect()
}

/// One of six colours, always the same for a name.
fn colour(name: &str) -> u32 {
    name.chars().fold(0u32, |sum, letter| {
        sum.wrapping_mul(31).wrapping_add(letter.into())
    }) % 6
}
