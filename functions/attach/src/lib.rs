#![doc = include_str!("../README.md")]

mod account;
mod begin;
mod callback;
pub mod config;
mod language;
mod pages;
mod under_way;

use aws_smithy_async::time::SharedTimeSource;
use shared::domain::Timestamp;
use shared::gateway::{Request, Response};
use shared::line::LineClient;
use shared::line::attach::AttachClient;
use shared::queue::Queue;
use shared::random::Random;
use shared::store::Store;

use crate::language::Language;

pub use config::{Config, Offer};

/// What the function works with.
#[derive(Debug, Clone)]
pub struct App {
    /// What accounts are asked for, and where.
    pub offer: Offer,
    /// LINE's link screen and the exchange behind it.
    pub attach: AttachClient,
    /// LINE, for the account's name.
    pub line: LineClient,
    /// The table.
    pub store: Store,
    /// The event queue, by which the module hears of an attach.
    pub queue: Queue,
    /// The clock.
    pub clock: SharedTimeSource,
    /// For states, verifiers and cookies.
    pub random: Random,
}

impl App {
    fn now(&self) -> Timestamp {
        self.clock.now().into()
    }
}

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
