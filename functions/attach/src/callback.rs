//! `GET /attach/callback`: back from LINE's link screen. The state is taken out
//! before anything else, the code is exchanged, the account is saved, and then
//! the page is shown.

use shared::domain::Scopes;
use shared::gateway::{Request, Response};
use shared::line::attach::Attached;
use shared::line::error::LineErrorKind;
use shared::store::browser_hash;

use crate::App;
use crate::language::Language;
use crate::pages::{self, Outcome};
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
        return pages::result(language, &Outcome::StartOver);
    };
    let cookie = Cookie::of(&state, &app.offer.public_url(request));
    let Some(secret) = request.cookie(cookie.name()) else {
        return pages::result(language, &Outcome::OtherBrowser);
    };
    match take(app, &state, secret).await {
        Ok(Some(kept)) => {
            let outcome = end(app, &kept, query).await;
            pages::result(language, &outcome).with_cookie(cookie.cleared())
        }
        Ok(None) => pages::result(language, &Outcome::StartOver).with_cookie(cookie.cleared()),
        Err(reason) => {
            tracing::error!(reason, "an attach could not be read");
            // The cookie stays: loading the page again may help.
            pages::result(language, &Outcome::TryLater)
        }
    }
}

async fn end(app: &App, kept: &Kept, query: Query) -> Outcome {
    match (query.code, query.error) {
        (_, Some(error)) => {
            let plain =
                error.len() <= 40 && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            let error = if plain { error.as_str() } else { "not a code" };
            tracing::info!(error, "an admin did not link the account");
            Outcome::Refused
        }
        (Some(code), None) => exchange(app, &code, kept).await,
        (None, None) => Outcome::StartOver,
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

async fn exchange(app: &App, code: &str, kept: &Kept) -> Outcome {
    match app.attach.exchange(code, &kept.terms, &kept.verifier).await {
        Ok(attached) => save(app, attached, &kept.terms.scope).await,
        Err(error) => {
            tracing::error!(error = %error, "LINE did not exchange the code");
            match error.kind {
                LineErrorKind::NotSent | LineErrorKind::Open | LineErrorKind::Throttled => {
                    Outcome::TryLater
                }
                _ => Outcome::Failed,
            }
        }
    }
}

/// The account is linked whatever happens here: if it cannot be saved now, the
/// attached event and the reconciler do it.
async fn save(app: &App, attached: Attached, asked: &str) -> Outcome {
    let Attached { bot, scopes, at } = &attached;
    if let Err(error) = app
        .store
        .update_bot(bot, |row| row.state.attach(*at, scopes))
        .await
    {
        tracing::error!(%error, %bot, "an attached account could not be saved");
    }
    tracing::info!(%bot, "an account is attached");
    let info = app.line.bot(bot).info().await;
    let info = info
        .inspect_err(|error| tracing::warn!(%error, "the account's name could not be read"))
        .ok();
    if let Some(info) = &info {
        let named = app.store.update_bot(bot, |row| {
            row.display_name.clone_from(&info.display_name);
            row.basic_id.clone_from(&info.basic_id);
        });
        if let Err(error) = named.await {
            tracing::warn!(%error, "the account's name could not be saved");
        }
    }
    Outcome::Linked {
        name: info.and_then(|info| info.display_name),
        missing: missing(asked, scopes),
    }
}

/// Scopes that were asked for and are known not to be granted.
fn missing(asked: &str, granted: &Scopes) -> Vec<String> {
    asked
        .split(' ')
        .filter(|scope| !granted.may(scope))
        .map(str::to_owned)
        .collect()
}
