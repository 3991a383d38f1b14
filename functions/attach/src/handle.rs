//! The routes.

use shared::gateway::{Request, Response};
use shared::pages::Visitor;
use tracing::Instrument as _;

use crate::App;
use crate::begin::begin;
use crate::callback::callback;
use crate::link::Link;
use crate::pages::Pages;

/// Answers the routes of template.yaml.
pub async fn handle(app: &App, request: Request) -> Response {
    let request_id = request.request_context.request_id.as_deref();
    let span = tracing::error_span!("attach", request_id);
    // Boxed: whoever calls this gets a small future.
    let answer = Box::pin(answer(app, &request));
    let response = answer.instrument(span).await;
    app.metrics.flush();
    response
}

async fn answer(app: &App, request: &Request) -> Response {
    let visitor = Visitor::of(request, &app.offer.public_url(request));
    let pages = Pages::new(&app.site, &visitor);
    match request.route().as_ref() {
        route @ ("GET /" | "GET /attach") => match Link::read(app, request).await {
            Ok(link) if route == "GET /" => pages.start(&app.offer.scopes, &link),
            Ok(link) => begin(app, &pages, request, &link).await,
            Err(outcome) => pages.result(&outcome, &Link::default()),
        },
        "GET /attach/callback" => callback(app, &pages, request).await,
        "GET /health" => Response::text(200, "ok"),
        _ => Response::text(404, "There is nothing here."),
    }
}
