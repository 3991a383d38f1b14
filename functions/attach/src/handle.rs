//! The routes.

use shared::gateway::{Request, Response};
use tracing::Instrument as _;

use crate::App;
use crate::begin::begin;
use crate::callback::callback;
use crate::language::Language;
use crate::link::Link;
use crate::pages;

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
    let language = Language::asked_for(request.header("accept-language").unwrap_or_default());
    match request.route().as_ref() {
        route @ ("GET /" | "GET /attach") => match Link::read(app, request).await {
            Ok(link) if route == "GET /" => pages::start(language, &app.offer, &link),
            Ok(link) => begin(app, language, request, &link).await,
            Err(outcome) => pages::result(language, &outcome, &Link::default()),
        },
        "GET /attach/callback" => callback(app, language, request).await,
        "GET /health" => Response::text(200, "ok"),
        _ => Response::text(404, "There is nothing here."),
    }
}
