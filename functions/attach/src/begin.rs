//! `GET /attach`: from our page to LINE's link screen.

use shared::gateway::{Request, Response};
use shared::line::attach::{AttachTerms, Verifier};
use shared::metrics::Metric;

use crate::App;
use crate::limit::{self, BasicId, RANDOM_LENGTH};
use crate::link::Link;
use crate::pages::{Outcome, Pages, Trouble};
use crate::under_way::{Cookie, Kept, cookie_value};

/// Keeps a new attach and sends the browser to LINE.
pub(crate) async fn begin(
    app: &App,
    pages: &Pages<'_>,
    request: &Request,
    link: &Link,
) -> Response {
    let limit = link.limit.as_ref();
    let public_url = app.offer.public_url(request);
    let state = limit::state(&app.random.alphanumeric(RANDOM_LENGTH), limit);
    let secret = cookie_value(&app.random, app.now());
    let kept = Kept {
        verifier: Verifier::new(app.random.bytes()),
        terms: terms(app, limit, &public_url),
        invitation: link.invitation.clone(),
    };
    if let Err(error) = keep(app, &state, &secret, &kept).await {
        app.metrics.count(Metric::AttachesFailed);
        tracing::error!(error, "an attach could not be begun");
        return pages.result(&Outcome::Not(Trouble::TryLater), link);
    }
    app.metrics.count(Metric::AttachesBegun);
    let url = app
        .attach
        .authorize_url(&kept.terms, &state, &kept.verifier);
    let response = shared::pages::private(Response::status(302))
        .with_header("location", url)
        .with_cookie(Cookie::of(&state, &public_url).set(&secret));
    let surplus = Cookie::surplus(&request.cookies, &public_url);
    surplus.iter().fold(response, |response, cookie| {
        response.with_cookie(cookie.cleared())
    })
}

fn terms(app: &App, limit: Option<&BasicId>, public_url: &str) -> AttachTerms {
    AttachTerms {
        redirect_uri: format!("{public_url}/attach/callback"),
        scope: app.offer.scopes.clone(),
        region: app.offer.region.clone(),
        basic_search_id: limit.map(|id| id.as_str().to_owned()),
        brand_type: app.offer.brand_type.clone(),
    }
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
