//! The server: HTTP in, HTTP out.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use uuid::Uuid;

use super::actions;
use super::error::Error;
use super::protocol::Failed;
use super::service::Sqs;

/// What stands before the action in `X-Amz-Target`.
const TARGET: &str = "AmazonSQS.";

/// The content type of the protocol.
const JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");

/// The code of the old protocol, from which the SDKs tell errors apart.
const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// 1 MiB of text may be six times as long in JSON, if every character is escaped.
const LONGEST_REQUEST: usize = 8 * 1024 * 1024;

impl Sqs {
    /// Answers requests until it is dropped. Queue URLs show the listener's address from now on.
    pub fn serve(&self, listener: TcpListener) -> impl Future<Output = ()> + Send + use<> {
        match listener.local_addr() {
            Ok(address) => self.set_address(address),
            Err(error) => tracing::warn!(%error, "SQS does not know its own address"),
        }
        let router = self.router();
        // Else each small answer waits for the other side's delayed acknowledgement.
        let listener = listener.tap_io(|stream| {
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "SQS could not set TCP_NODELAY");
            }
        });
        async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "SQS stopped");
            }
        }
    }

    /// Answers a request without HTTP: gives a status and a body. A simulation asks so.
    pub async fn handle(&self, action: &str, body: &[u8]) -> (u16, String) {
        match actions::perform(self, action, body).await {
            Ok(answer) => (200, answer.to_string()),
            Err(error) => (error.status(), failed(&error)),
        }
    }

    fn router(&self) -> Router {
        // Clients send to the root, older ones to the queue's URL.
        Router::new()
            .route("/", post(answer))
            .route("/{account}/{queue}", post(answer))
            .layer(DefaultBodyLimit::max(LONGEST_REQUEST))
            .with_state(self.clone())
    }
}

async fn answer(State(sqs): State<Sqs>, headers: HeaderMap, body: Bytes) -> Response {
    let action = action(&headers);
    sqs.count(action);
    sqs.faults().strike().await;
    let mut response = match actions::perform(&sqs, action, &body).await {
        Ok(answer) => (StatusCode::OK, answer.to_string()).into_response(),
        Err(error) => refuse(action, &error),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, JSON);
    if let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// The action a request names; empty if it names none.
fn action(headers: &HeaderMap) -> &str {
    let target = headers.get("x-amz-target").and_then(|it| it.to_str().ok());
    target.and_then(|it| it.strip_prefix(TARGET)).unwrap_or("")
}

fn refuse(action: &str, error: &Error) -> Response {
    if let Error::UnknownAction(_) = error {
        tracing::error!(
            action,
            "SQS was asked for an action that this server does not do"
        );
    } else {
        tracing::debug!(action, %error, "SQS refused a request");
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, failed(error)).into_response();
    if let Ok(code) = HeaderValue::from_str(&format!("{};Sender", error.code())) {
        response.headers_mut().insert(QUERY_ERROR, code);
    }
    response
}

fn failed(error: &Error) -> String {
    let failed = Failed {
        type_name: error.type_name(),
        message: error.to_string(),
    };
    serde_json::to_string(&failed).unwrap_or_default()
}

#[cfg(test)]
mod tests;
