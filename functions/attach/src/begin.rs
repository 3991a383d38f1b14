//! `GET /attach`: from our page to LINE's link screen.

use shared::gateway::{Request, Response};
use shared::line::attach::{AttachTerms, Verifier};

use crate::App;
use crate::language::Language;
use crate::pages::{self, Outcome, Trouble};
use crate::under_way::{Cookie, Kept};

/// Letters and digits only, as LINE wants a state; about 190 random bits.
const STATE_LENGTH: usize = 32;

/// Keeps a new attach and sends the browser to LINE.
pub(crate) async fn begin(app: &App, language: Language, request: &Request) -> Response {
    let public_url = app.offer.public_url(request);
    let state = app.random.alphanumeric(STATE_LENGTH);
    let secret = app.random.alphanumeric(STATE_LENGTH);
    let kept = Kept {
        verifier: Verifier::new(app.random.bytes()),
        terms: terms(app, request, &public_url),
    };
    if let Err(error) = keep(app, &state, &secret, &kept).await {
        tracing::error!(error, "an attach could not be begun");
        return pages::result(language, &Outcome::Not(Trouble::TryLater));
    }
    let url = app
        .attach
        .authorize_url(&kept.terms, &state, &kept.verifier);
    pages::private(Response::status(302))
        .with_header("location", url)
        .with_cookie(Cookie::of(&state, &public_url).set(&secret))
}

fn terms(app: &App, request: &Request, public_url: &str) -> AttachTerms {
    AttachTerms {
        redirect_uri: format!("{public_url}/attach/callback"),
        scope: app.offer.scopes.clone(),
        region: app.offer.region.clone(),
        basic_search_id: basic_search_id(&request.raw_query_string),
        brand_type: app.offer.brand_type.clone(),
    }
}

/// A link to `/attach?basic_search_id=@shop` admits only that account.
fn basic_search_id(query: &str) -> Option<String> {
    let (_, id) =
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "basic_search_id")?;
    let plain = id.len() <= 40
        && id
            .strip_prefix('@')?
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    plain.then(|| id.into_owned())
}

async fn keep(app: &App, state: &str, secret: &str, kept: &Kept) -> Result<(), String> {
    let under_way = kept
        .under_way(secret, app.now())
        .map_err(|error| error.to_string())?;
    app.store
        .begin_attach(state, &under_way)
        .await
        .map_err(|error| error.to_string())
}
