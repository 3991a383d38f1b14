//! The HTTP connector under every call of a function, to AWS and to LINE: hyper
//! with rustls and ring, HTTP/1.1 only, with roots that are linked in. The SDK's
//! own connector also speaks HTTP/2 and reads a folder of certificates at the
//! start; neither SQS, DynamoDB nor a cold start has a use for that.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as Tcp;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;

/// A connection is not used again after this: load balancers drop idle ones.
const IDLE: Duration = Duration::from_secs(20);

#[derive(Clone, Debug)]
struct Connector(Client<HttpsConnector<Tcp>, SdkBody>);

/// A connector that gives up connecting after `connect`. Whole calls are limited
/// by whoever makes them.
pub fn connector(connect: Duration) -> SharedHttpConnector {
    let mut tcp = Tcp::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(connect));
    let roots = rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let tls = rustls::ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap_or_else(|_| unreachable!("ring has the cipher suites of TLS 1.2 and 1.3"))
        .with_root_certificates(roots)
        .with_no_client_auth();
    let https = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1();
    let client = Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .build(https.wrap_connector(tcp));
    SharedHttpConnector::new(Connector(client))
}

/// The same for SDK clients.
pub fn client(connect: Duration) -> SharedHttpClient {
    let connector = connector(connect);
    http_client_fn(move |_, _| connector.clone())
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(async move {
            let request = request
                .try_into_http1x()
                .map_err(|error| ConnectorError::user(error.into()))?;
            // Transient, as far as the SDK's retries are concerned.
            let response =
                client
                    .request(request)
                    .await
                    .map_err(|error| match error.is_connect() {
                        true => not_connected(error),
                        false => ConnectorError::io(error.into()),
                    })?;
            HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// The error is from before anything was sent.
#[derive(Debug, thiserror::Error)]
#[error("no connection could be made")]
struct NotConnected(#[source] Box<dyn std::error::Error + Send + Sync>);

/// The error of a call for which no connection could be made.
pub fn not_connected(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ConnectorError {
    ConnectorError::io(NotConnected(error.into()).into())
}

/// Whether a call failed before it could send anything.
pub fn was_connecting(error: &ConnectorError) -> bool {
    let mut under = std::error::Error::source(error);
    while let Some(error) = under {
        if error.is::<NotConnected>() {
            return true;
        }
        under = error.source();
    }
    false
}
