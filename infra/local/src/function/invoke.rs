//! A function in a process of its own, behind Lambda's Invoke call.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::Semaphore;

use super::FunctionError;

/// Where one function is invoked.
#[derive(Debug)]
pub(super) struct Invoke {
    function: String,
    url: String,
    client: reqwest::Client,
    /// One process handles one event at a time. Whoever has to wait for it waits here, before the function's time
    /// begins, as it does in Lambda.
    free: Semaphore,
    at_once: usize,
}

impl Invoke {
    pub(super) fn new(function: &str, url: String, at_once: usize) -> Self {
        Self {
            function: function.to_owned(),
            url,
            client: reqwest::Client::new(),
            free: Semaphore::new(at_once),
            at_once,
        }
    }

    /// How many calls may be under way.
    pub(super) fn at_once(&self) -> usize {
        self.at_once
    }

    /// Out of time, the process is not killed as Lambda would: it ends its work, and its answer reaches nobody.
    pub(super) async fn call(
        &self,
        event: &Value,
        timeout: Duration,
    ) -> Result<Value, FunctionError> {
        let _free = self.free.acquire().await; // never closed
        match tokio::time::timeout(timeout, self.post(event)).await {
            Ok(answer) => answer.map_err(|message| FunctionError::Failed {
                function: self.function.clone(),
                message,
            }),
            Err(_elapsed) => Err(FunctionError::TimedOut {
                function: self.function.clone(),
                after: timeout,
            }),
        }
    }

    async fn post(&self, event: &Value) -> Result<Value, String> {
        let request = self.client.post(&self.url).json(event);
        let answer = request.send().await.map_err(|error| error.to_string())?;
        // Lambda names an error in a header and answers 200; `cargo lambda watch` answers 500.
        let has_error_header = answer.headers().contains_key("x-amz-function-error");
        let failed = has_error_header || !answer.status().is_success();
        let text = answer.text().await.map_err(|error| error.to_string())?;
        let value = serde_json::from_str::<Value>(&text);
        match value {
            Ok(value) if !failed => Ok(value),
            Ok(error) if error["errorMessage"].is_string() => Err(error["errorMessage"]
                .as_str()
                .unwrap_or_default()
                .to_owned()),
            _ => Err(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::extract::{Path, State};
    use axum::http::StatusCode;
    use axum::response::{IntoResponse as _, Response};
    use axum::routing::post;
    use serde_json::json;
    use tokio::net::TcpListener;

    use crate::function::{Function, FunctionError};

    const LONG: std::time::Duration = std::time::Duration::from_secs(60);

    /// How many calls are under way, and how many were at most.
    #[derive(Clone, Default)]
    struct Load(Arc<(AtomicUsize, AtomicUsize)>);

    /// Answers as the event says.
    async fn invoke(State(load): State<Load>, Path(name): Path<String>, body: String) -> Response {
        let now = load.0.0.fetch_add(1, Ordering::SeqCst) + 1;
        load.0.1.fetch_max(now, Ordering::SeqCst);
        tokio::task::yield_now().await;
        load.0.0.fetch_sub(1, Ordering::SeqCst);
        let error = json!({"errorType": "Bug", "errorMessage": "no table"}).to_string();
        match body.as_str() {
            "\"header\"" => ([("x-amz-function-error", "Unhandled")], error).into_response(),
            "\"status\"" => (StatusCode::INTERNAL_SERVER_ERROR, error).into_response(),
            "\"text\"" => (StatusCode::BAD_GATEWAY, "gone").into_response(),
            "\"never\"" => std::future::pending().await,
            _ => format!("{{\"{name}\": {body}}}").into_response(),
        }
    }

    /// A server of Lambda's Invoke call, and the function `echo` behind it.
    async fn function(timeout: std::time::Duration) -> (Function, Load) {
        let load = Load::default();
        let app = Router::new()
            .route("/2015-03-31/functions/{name}/invocations", post(invoke))
            .with_state(load.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (Function::invoked(&endpoint, "echo", timeout), load)
    }

    #[tokio::test]
    async fn the_answer_is_the_functions() {
        let (function, _) = function(LONG).await;
        let answer = function.call(json!({"a": 1})).await.unwrap();
        assert_eq!(answer, json!({"echo": {"a": 1}}));
    }

    #[tokio::test]
    async fn an_error_is_reported_with_its_message() {
        let (function, _) = function(LONG).await;
        for (event, said) in [
            ("header", "echo failed: no table"),
            ("status", "echo failed: no table"),
            ("text", "echo failed: gone"),
        ] {
            let error = function.call(json!(event)).await.unwrap_err();
            assert_eq!(error.to_string(), said);
        }
    }

    #[tokio::test]
    async fn a_call_ends_at_its_time() {
        let (function, _) = function(std::time::Duration::from_millis(1)).await;
        let error = function.call(json!("never")).await.unwrap_err();
        assert!(matches!(error, FunctionError::TimedOut { .. }), "{error}");
    }

    #[tokio::test]
    async fn a_process_is_given_one_event_at_a_time() {
        let (function, load) = function(LONG).await;
        let calls = (0..20).map(|n| function.call(json!(n)));
        let answers = futures::future::join_all(calls).await;
        assert!(answers.iter().all(Result::is_ok));
        assert_eq!(load.0.1.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn where_nobody_listens_the_call_fails() {
        let function = Function::invoked("http://127.0.0.1:1", "echo", LONG);
        let error = function.call(json!({})).await.unwrap_err();
        assert!(matches!(error, FunctionError::Failed { .. }), "{error}");
    }
}
