//! Lambda's Invoke call in front of functions of this process, for a stack in another.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::function::{Function, invoke_url};

type Functions = Arc<HashMap<String, Function>>;

/// Serves the functions by their own names, until the future is dropped.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    functions: impl IntoIterator<Item = Function>,
) -> io::Result<()> {
    let named = |function: Function| (function.name().to_owned(), function);
    let functions: Functions = Arc::new(functions.into_iter().map(named).collect());
    let router = Router::new()
        .route(&invoke_url("", "{name}"), post(invoke))
        .with_state(functions);
    axum::serve(listener, router).await
}

async fn invoke(
    State(functions): State<Functions>,
    Path(name): Path<String>,
    event: Bytes,
) -> Response {
    // By its content alone, as Lambda reads it: the SDK names it no JSON.
    let Ok(event) = serde_json::from_slice::<Value>(&event) else {
        return (StatusCode::BAD_REQUEST, "the event is no JSON").into_response();
    };
    let Some(function) = functions.get(&name) else {
        return (StatusCode::NOT_FOUND, name).into_response();
    };
    match function.call(event).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error) => {
            let error = Json(json!({ "errorType": "Error", "errorMessage": error.to_string() }));
            ([("x-amz-function-error", "Unhandled")], error).into_response()
        }
    }
}
