#![doc = include_str!("../README.md")]

mod account;
mod app;
mod begin;
mod callback;
pub mod config;
mod language;
mod pages;
mod under_way;

use shared::gateway::{Request, Response};

use crate::language::Language;

pub use app::App;
pub use config::{Config, Offer};

/// Answers the routes of template.yaml.
pub async fn handle(app: &App, request: Request) -> Response {
    let language = Language::asked_for(request.header("accept-language").unwrap_or_default());
    match request.route().as_ref() {
        "GET /" => pages::start(language, &app.offer),
        "GET /attach" => begin::begin(app, language, &request).await,
        "GET /attach/callback" => callback::callback(app, language, &request).await,
        "GET /health" => Response::text(200, "ok"),
        _ => Response::text(404, "There is nothing here."),
    }
}
