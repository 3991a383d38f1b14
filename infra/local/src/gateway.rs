//! API Gateway's HTTP API in front of the functions: HTTP to payload 2.0, and the answer back to HTTP.

mod request;
mod response;
mod routes;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_async::time::SharedTimeSource;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{Request, Response, StatusCode};
use tokio::net::TcpListener;

use crate::function::{Function, FunctionError};
use template_file::Route;

use routes::Routes;

/// How long API Gateway waits for a function.
const INTEGRATION_TIMEOUT: Duration = Duration::from_secs(30);

/// An HTTP API. Clones are the same API.
#[derive(Clone, Debug)]
pub struct Gateway {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    routes: Routes,
    functions: HashMap<String, Function>,
    integration_timeout: Duration,
    clock: SharedTimeSource,
}

impl Gateway {
    /// An HTTP API with these routes, and the functions by their logical names. A route to a function that is not
    /// there answers 500, as a deployed one does whose function has been deleted. Requests are dated by `clock`.
    pub fn new(
        routes: Vec<Route>,
        functions: HashMap<String, Function>,
        clock: SharedTimeSource,
    ) -> Self {
        Self::with_integration_timeout(routes, functions, clock, INTEGRATION_TIMEOUT)
    }

    fn with_integration_timeout(
        routes: Vec<Route>,
        functions: HashMap<String, Function>,
        clock: SharedTimeSource,
        integration_timeout: Duration,
    ) -> Self {
        let inner = Inner {
            routes: Routes::new(routes),
            functions,
            integration_timeout,
            clock,
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Serves on the listener until the future is dropped.
    pub async fn serve(self, listener: TcpListener) -> io::Result<()> {
        let app = Router::new().fallback(answer).with_state(self);
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).await
    }

    /// Answers one request, as if it had come from `source`.
    pub async fn handle(&self, request: Request<Body>, source: SocketAddr) -> Response<Body> {
        let path = request::decoded_path(request.uri().path());
        let Some(matched) = self.inner.routes.find(request.method().as_str(), &path) else {
            return response::message(StatusCode::NOT_FOUND, "Not Found");
        };
        let Some(function) = self.inner.functions.get(&matched.route.function) else {
            tracing::error!(
                function = matched.route.function,
                "no function behind the route"
            );
            return response::internal_server_error();
        };
        let now = self.inner.clock.now();
        match request::event(request, &matched, &path, source, now).await {
            Ok(event) => self.invoke(function, event).await,
            Err(refusal) => refusal.into_response(),
        }
    }

    async fn invoke(&self, function: &Function, event: serde_json::Value) -> Response<Body> {
        let call = tokio::time::timeout(self.inner.integration_timeout, function.call(event));
        match call.await {
            Ok(Ok(answer)) => response::from_answer(&answer).unwrap_or_else(|reason| {
                tracing::error!(function = function.name(), reason, "malformed answer");
                response::internal_server_error()
            }),
            Ok(Err(error)) => {
                log(&error);
                response::internal_server_error()
            }
            // The function may still be running; it is only the gateway that does not wait any longer.
            Err(_elapsed) => {
                response::message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
            }
        }
    }
}

/// A function that ran out of its own time is a failed one to the gateway, and no time-out of the integration.
fn log(error: &FunctionError) {
    tracing::error!(error = error as &dyn std::error::Error, "function error");
}

async fn answer(
    State(gateway): State<Gateway>,
    ConnectInfo(source): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response<Body> {
    gateway.handle(request, source).await
}

#[cfg(test)]
mod tests;
