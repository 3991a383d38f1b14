//! `GET /attach/callback`: back from LINE's link screen. The state is taken out
//! before anything else, the code is exchanged, the account is saved, and then
//! the page is shown.

use shared::gateway::{Request, Response};
use shared::line::error::LineErrorKind;
use shared::store::browser_hash;

use crate::App;
use crate::account;
use crate::language::Language;
use crate::pages::{self, Outcome, Trouble};
use crate::under_way::{Cookie, Kept};

/// What LINE, or someone in its name, sends back.
#[derive(Default)]
struct Query {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

impl Query {
    fn read(raw: &str) -> Self {
        let mut query = Self::default();
        for (name, value) in form_urlencoded::parse(raw.as_bytes()) {
            match name.as_ref() {
                "state" => query.state = Some(value.into_owned()),
                "code" => query.code = Some(value.into_owned()),
                "error" => query.error = Some(value.into_owned()),
                _ => {}
            }
        }
        query
    }
}

/// Ends an attach, and shows how.
pub(crate) async fn callback(app: &App, language: Language, request: &Request) -> Response {
    let query = Query::read(&request.raw_query_string);
    let Some(state) = query.state.clone().filter(|state| !state.is_empty()) else {
        return pages::result(language, &Outcome::Not(Trouble::StartOver));
    };
    let cookie = Cookie::of(&state, &app.offer.public_url(request));
    let Some(secret) = request.cookie(cookie.name()) else {
        return pages::result(language, &Outcome::Not(Trouble::OtherBrowser));
    };
    let outcome = match take(app, &state, secret).await {
        Ok(Some(kept)) => end(app, &state, &kept, query).await,
        Ok(None) => again(app, &state, secret).await,
        Err(reason) => {
            tracing::error!(reason, "an attach could not be read");
            Outcome::Not(Trouble::TryLater)
        }
    };
    let page = pages::result(language, &outcome);
    match outcome {
        Outcome::Linked { .. } | Outcome::Suspended { .. } => page.with_cookie(cookie.kept(secret)),
        Outcome::Not(Trouble::TryLater) => page, // loading it again may help
        _ => page.with_cookie(cookie.cleared()),
    }
}

async fn end(app: &App, state: &str, kept: &Kept, query: Query) -> Outcome {
    match (query.code, query.error) {
        (_, Some(error)) => {
            let plain =
                error.len() <= 40 && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            let error = if plain { error.as_str() } else { "not a code" };
            tracing::info!(error, "an admin did not link the account");
            Outcome::Not(Trouble::Refused)
        }
        (Some(code), None) => exchange(app, state, &code, kept).await,
        (None, None) => Outcome::Not(Trouble::StartOver),
    }
}

async fn take(app: &App, state: &str, secret: &str) -> Result<Option<Kept>, String> {
    let found = app
        .store
        .take_attach(
            state,
            &browser_hash(secret),
            &app.random.alphanumeric(16),
            app.now(),
        )
        .await;
    let Some(under_way) = found.map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    serde_json::from_str(&under_way.terms)
        .map(Some)
        .map_err(|error| error.to_string())
}

/// The same page once more: how the account is now that was attached by it.
async fn again(app: &App, state: &str, secret: &str) -> Outcome {
    match ended(app, state, secret).await {
        Ok(outcome) => outcome.unwrap_or(Outcome::Not(Trouble::StartOver)),
        Err(reason) => {
            tracing::error!(reason, "an ended attach could not be read");
            Outcome::Not(Trouble::TryLater)
        }
    }
}

async fn ended(app: &App, state: &str, secret: &str) -> Result<Option<Outcome>, String> {
    let browser = browser_hash(secret);
    let ended = app.store.ended_attach(state, &browser, app.now()).await;
    let Some(attach) = ended.map_err(|error| error.to_string())? else {
        return Ok(None);
    };
    let Some(bot) = &attach.bot else {
        return Ok(None);
    };
    let kept: Kept = serde_json::from_str(&attach.terms).map_err(|error| error.to_string())?;
    let row = app
        .store
        .bot(bot)
        .await
        .map_err(|error| error.to_string())?;
    Ok(row.map(|row| account::outcome(&row, &kept.terms.scope)))
}

async fn exchange(app: &App, state: &str, code: &str, kept: &Kept) -> Outcome {
    match app.attach.exchange(code, &kept.terms, &kept.verifier).await {
        Ok(attached) => account::save(app, state, &attached, &kept.terms.scope).await,
        // Whoever comes back can write any code into the address.
        Err(error) if error.is_invalid_grant() => {
            tracing::warn!(%error, "LINE does not take the code");
            Outcome::Not(Trouble::StartOver)
        }
        Err(error) => {
            tracing::error!(error = %error, "LINE did not exchange the code");
            match error.kind {
                LineErrorKind::NotSent | LineErrorKind::Open | LineErrorKind::Throttled => {
                    Outcome::Not(Trouble::TryLater)
                }
                _ => Outcome::Not(Trouble::Failed),
            }
        }
    }
}
