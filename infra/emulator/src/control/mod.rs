//! The control interface, `/_emulator/…`: for tests, scripts and the curious. Each route calls the
//! method of the same name.

mod stock;

use std::time::Duration;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, body::Bytes};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::clock::read_moment;
use crate::emulator::Emulator;
use crate::error::Error;
use crate::webhook::request::EventsRequest;
use crate::world::chat::Holder;
use crate::world::fault::Fault;

/// The routes of the control interface.
pub(crate) fn routes() -> Router<Emulator> {
    Router::new()
        .route("/_emulator/state", get(state))
        .route("/_emulator/calls", get(calls))
        .route("/_emulator/deliveries", get(deliveries))
        .route("/_emulator/events", post(events))
        .route("/_emulator/redeliver", post(redeliver))
        .route("/_emulator/faults", post(faults))
        .route("/_emulator/clock", post(clock))
        .route(
            "/_emulator/bots/{bot}/module-settings",
            post(module_settings),
        )
        .route("/_emulator/bots", post(bots))
        .route("/_emulator/bots/{bot}/other-module", post(other_module))
        .route("/_emulator/bots/{bot}/{verb}", post(bot_verb))
        .route("/_emulator/chats/{bot}/{chat}/tap-menu", post(tap_menu))
        .route("/_emulator/chats/{bot}/{chat}/{verb}", post(chat_verb))
        .merge(stock::routes())
        .route("/_emulator/{*rest}", axum::routing::any(unknown))
}

/// Keeps web pages of other origins from driving the emulator through somebody's browser.
pub(crate) async fn same_origin(request: Request, next: Next) -> Response {
    if !request.method().is_safe() && is_foreign(request.headers()) {
        let body = json!({"message": "requests from pages of another origin are refused"});
        return (StatusCode::FORBIDDEN, Json(body)).into_response();
    }
    next.run(request).await
}

fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    text(header::ORIGIN).is_some_and(|origin| {
        origin.split_once("://").map(|(_, authority)| authority) != Some(host)
    })
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Request(_) => StatusCode::BAD_REQUEST,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, Json(json!({"message": self.to_string()}))).into_response()
    }
}

/// Reads a JSON body; the error says in one sentence what is wrong with it.
pub(crate) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Error> {
    serde_json::from_slice(body)
        .map_err(|error| Error::request(format!("the body cannot be used: {error}")))
}

#[derive(Deserialize)]
struct Since {
    #[serde(default)]
    since: u64,
}

async fn state(State(emulator): State<Emulator>) -> Response {
    Json(emulator.state().await).into_response()
}

type SinceQuery = Result<Query<Since>, QueryRejection>;

fn number(since: SinceQuery) -> Result<u64, Error> {
    let query = since.map_err(|_| Error::request("\"since\" is a number"))?;
    Ok(query.0.since)
}

async fn calls(State(emulator): State<Emulator>, since: SinceQuery) -> Result<Json<Value>, Error> {
    let calls = emulator.calls(number(since)?).await;
    Ok(Json(json!({ "calls": calls })))
}

#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    since: u64,
    to: Option<Holder>,
}

async fn deliveries(
    State(emulator): State<Emulator>,
    query: Result<Query<Sent>, QueryRejection>,
) -> Result<Json<Value>, Error> {
    let sentence = "\"since\" is a number and \"to\" is module, other or primary";
    let Query(query) = query.map_err(|_| Error::request(sentence))?;
    let to = query.to.unwrap_or(Holder::Module);
    let deliveries = emulator.deliveries_to(to, query.since).await;
    Ok(Json(json!({ "deliveries": deliveries })))
}

async fn events(State(emulator): State<Emulator>, body: Bytes) -> Result<Response, Error> {
    let request: EventsRequest = read(&body)?;
    Ok(Json(emulator.send_events(request).await?).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Redeliver {
    delivery: u64,
}

async fn redeliver(State(emulator): State<Emulator>, body: Bytes) -> Result<Response, Error> {
    let request: Redeliver = read(&body)?;
    Ok(Json(emulator.redeliver(request.delivery).await?).into_response())
}

async fn faults(State(emulator): State<Emulator>, body: Bytes) -> Result<Response, Error> {
    let faults: Vec<Fault> = read(&body)?;
    emulator.add_faults(faults).await?;
    Ok(Json(json!({})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clock {
    /// Moves it forward.
    #[serde(default)]
    advance_s: Option<u64>,
    /// Sets it to this moment.
    #[serde(default)]
    at: Option<String>,
}

/// What an account has set of the module: the stack knows how it is changed.
async fn module_settings(
    State(emulator): State<Emulator>,
    Path(bot): Path<String>,
    body: Bytes,
) -> Result<Response, Error> {
    let values: Value = read(&body)?;
    let none = || Error::request("the emulator does not know how settings are changed");
    let set = emulator.set_settings().ok_or_else(none)?;
    set(bot, values).await.map_err(Error::request)?;
    Ok(Json(json!({})).into_response())
}

async fn clock(State(emulator): State<Emulator>, body: Bytes) -> Result<Response, Error> {
    let request: Clock = read(&body)?;
    match (request.at, request.advance_s) {
        (Some(at), None) => {
            let at = read_moment(&at).map_err(Error::request)?;
            emulator.set_clock(at).await?;
        }
        (None, Some(seconds)) => emulator.advance_clock(Duration::from_secs(seconds)).await,
        _ => return Err(Error::request("give either advance_s or at")),
    }
    Ok(Json(emulator.state().await.clock).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bots {
    count: usize,
    #[serde(default)]
    attached: bool,
    #[serde(default = "usual_scopes")]
    scopes: Vec<String>,
}

fn usual_scopes() -> Vec<String> {
    ["message:send", "message:receive", "profile:read"]
        .map(str::to_owned)
        .into()
}

async fn bots(State(emulator): State<Emulator>, body: Bytes) -> Result<Response, Error> {
    let request: Bots = read(&body)?;
    let scopes = request.attached.then_some(request.scopes);
    let bots = emulator.make_accounts(request.count, scopes).await?;
    Ok(Json(json!({ "bots": bots })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherModule {
    attached: bool,
    #[serde(default = "usual_scopes")]
    scopes: Vec<String>,
}

async fn other_module(
    State(emulator): State<Emulator>,
    Path(bot): Path<String>,
    body: Bytes,
) -> Result<Response, Error> {
    let request: OtherModule = read(&body)?;
    let scopes = if request.attached {
        request.scopes
    } else {
        Vec::new()
    };
    emulator
        .set_other_module(&bot, request.attached, scopes)
        .await?;
    Ok(Json(json!({})).into_response())
}

async fn bot_verb(
    State(emulator): State<Emulator>,
    Path((bot, verb)): Path<(String, String)>,
) -> Result<Response, Error> {
    let delivery = match verb.as_str() {
        "suspend" => emulator.suspend(&bot).await?,
        "resume" => emulator.resume(&bot).await?,
        "delete" => emulator.delete(&bot).await?,
        other => return Err(no_verb(other, "suspend, resume and delete")),
    };
    Ok(Json(json!({ "delivery": delivery })).into_response())
}

async fn chat_verb(
    State(emulator): State<Emulator>,
    Path((bot, chat, verb)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let delivery = match verb.as_str() {
        "take" => emulator.take(&bot, &chat).await?,
        "give" => emulator.give(&bot, &chat).await?,
        "block" => emulator.block(&bot, &chat).await?,
        "unblock" => emulator.unblock(&bot, &chat).await?,
        other => return Err(no_verb(other, "take, give, block and unblock")),
    };
    Ok(Json(json!({ "delivery": delivery })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TapMenu {
    /// The area's place in the menu; the first is 0.
    area: usize,
    /// What is picked, for a date picker.
    value: Option<String>,
}

async fn tap_menu(
    State(emulator): State<Emulator>,
    Path((bot, chat)): Path<(String, String)>,
    body: Bytes,
) -> Result<Response, Error> {
    let request: TapMenu = read(&body)?;
    let value = request.value.as_deref();
    let delivery = emulator.tap_menu(&bot, &chat, request.area, value).await?;
    Ok(Json(json!({ "delivery": delivery })).into_response())
}

fn no_verb(verb: &str, known: &str) -> Error {
    Error::request(format!("there is no {verb:?}; there are {known}"))
}

async fn unknown(request: Request) -> (StatusCode, Json<Value>) {
    let path = request.uri().path();
    let sentence = format!("the control interface has no {} {path}", request.method());
    (StatusCode::NOT_FOUND, Json(json!({ "message": sentence })))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::is_foreign;

    fn headers(origin: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("127.0.0.1:9001"));
        headers.insert("origin", HeaderValue::from_static(origin));
        headers
    }

    #[test]
    fn a_page_of_another_site_cannot_drive_the_emulator() {
        assert!(is_foreign(&headers("https://example.com")));
        assert!(is_foreign(&headers("http://127.0.0.1:9000")));
        assert!(is_foreign(&headers("null")));
        assert!(!is_foreign(&headers("http://127.0.0.1:9001")));
        assert!(!is_foreign(&HeaderMap::new()));
    }
}
