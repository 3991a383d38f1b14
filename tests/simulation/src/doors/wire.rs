//! A connection whose other end is a function.

use std::fmt;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

type Answer = dyn Fn(&HttpRequest) -> (u16, Vec<u8>) + Send + Sync;

/// A connection to whoever answers with a status and a body.
#[derive(Clone)]
pub(crate) struct Wire(Arc<Answer>);

impl Wire {
    pub(crate) fn new(
        answer: impl Fn(&HttpRequest) -> (u16, Vec<u8>) + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(answer))
    }

    /// For LINE.
    pub(crate) fn connector(&self) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }

    /// For AWS.
    pub(crate) fn client(&self) -> SharedHttpClient {
        let connector = self.connector();
        http_client_fn(move |_, _| connector.clone())
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (status, body) = (self.0)(&request);
        let status = status.try_into().expect("a status");
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from(body))))
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}
