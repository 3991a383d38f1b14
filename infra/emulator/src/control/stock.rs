//! The part of the control interface that stands for LINE's own screens, and what is known of
//! settings and endpoints.

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use serde::Deserialize;
use serde_json::{Value, json};

use super::read;
use crate::emulator::Emulator;
use crate::error::Error;
use crate::verbs::account::NewAccount;
use crate::verbs::redelivery::tsv;
use crate::world::membership::Membership;

pub(super) fn routes() -> Router<Emulator> {
    Router::new()
        .route("/_emulator/settings", get(settings).post(change_settings))
        .route("/_emulator/endpoints", get(endpoints))
        .route("/_emulator/error-statistics", get(error_statistics))
        .route("/_emulator/accounts", post(accounts))
        .route("/_emulator/keys", post(keys))
        .route("/_emulator/bots/{bot}/quota", post(quota))
        .route("/_emulator/bots/{bot}/memberships", post(memberships))
        .route("/_emulator/bots/{bot}/account-link", post(account_link))
        .route("/_emulator/messages/{message}/content", put(content))
}

async fn settings(State(emulator): State<Emulator>) -> Response {
    Json(json!({ "settings": emulator.settings().listing() })).into_response()
}

async fn change_settings(State(emulator): State<Emulator>, body: Bytes) -> Result<Response, Error> {
    emulator.change_settings(&read(&body)?).await?;
    Ok(settings(State(emulator)).await)
}

async fn endpoints(State(emulator): State<Emulator>) -> Response {
    Json(json!({ "endpoints": emulator.endpoints() })).into_response()
}

#[derive(Deserialize)]
struct Format {
    #[serde(default)]
    format: String,
}

async fn error_statistics(
    State(emulator): State<Emulator>,
    Query(query): Query<Format>,
) -> Response {
    let counts = emulator.error_statistics().await;
    if query.format == "tsv" {
        let kind = [("content-type", "text/tab-separated-values")];
        return (kind, tsv(&counts)).into_response();
    }
    Json(json!({ "error_statistics": counts })).into_response()
}

async fn accounts(State(emulator): State<Emulator>, body: Bytes) -> Result<Response, Error> {
    let account: NewAccount = read(&body)?;
    let bot = emulator.make_account(account).await?;
    Ok(Json(json!({ "bot_id": bot })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    /// The channel; the one under test if not given.
    channel_id: Option<String>,
    jwk: Value,
}

async fn keys(State(emulator): State<Emulator>, body: Bytes) -> Result<Response, Error> {
    let request: Key = read(&body)?;
    let id = request
        .channel_id
        .unwrap_or_else(|| emulator.settings().channel_id);
    let kid = emulator.register_key(&id, &request.jwk).await?;
    Ok(Json(json!({ "kid": kid })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quota {
    limit: Option<u64>,
}

async fn quota(
    State(emulator): State<Emulator>,
    Path(bot): Path<String>,
    body: Bytes,
) -> Result<Response, Error> {
    let request: Quota = read(&body)?;
    emulator.set_quota(&bot, request.limit).await?;
    Ok(Json(json!({})).into_response())
}

async fn memberships(
    State(emulator): State<Emulator>,
    Path(bot): Path<String>,
    body: Bytes,
) -> Result<Response, Error> {
    let plan: Membership = read(&body)?;
    emulator.set_membership(&bot, plan).await?;
    Ok(Json(json!({})).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountLink {
    link_token: String,
    nonce: String,
}

async fn account_link(
    State(emulator): State<Emulator>,
    Path(bot): Path<String>,
    body: Bytes,
) -> Result<Response, Error> {
    let request: AccountLink = read(&body)?;
    let delivery = emulator
        .link_account(&bot, &request.link_token, &request.nonce)
        .await?;
    Ok(Json(json!({ "delivery": delivery })).into_response())
}

async fn content(
    State(emulator): State<Emulator>,
    Path(message): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Error> {
    let kind = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or("application/octet-stream");
    emulator.set_content(&message, kind, body.to_vec()).await?;
    Ok(Json(json!({})).into_response())
}
