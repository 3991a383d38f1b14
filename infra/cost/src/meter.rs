//! What a function asks of AWS and of LINE, counted on its way there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::connector::connector;

/// CloudWatch adds this to each line (<https://aws.amazon.com/cloudwatch/pricing/>).
const LINE_OVERHEAD: usize = 26;
/// The request line and the headers of a call to LINE, of which a token is the longest.
const HEADERS: usize = 400;

/// What one function has used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) invocations: u64,
    pub(crate) read_units: f64,
    pub(crate) write_units: f64,
    /// Requests to the queue, in SQS's units of 64 KB.
    pub(crate) queue_requests: u64,
    pub(crate) logged_bytes: usize,
    pub(crate) sent_bytes: usize,
    /// The calls to AWS by their names, and those to LINE by method and path.
    pub(crate) calls: BTreeMap<String, u64>,
}

/// Counts for one function. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Meter(Arc<Mutex<Tally>>);

impl Meter {
    /// What was counted since the last time.
    pub(crate) fn take(&self) -> Tally {
        std::mem::take(&mut self.lock())
    }

    pub(crate) fn invoked(&self) {
        self.lock().invocations += 1;
    }

    /// A line of the log or of metrics.
    pub(crate) fn logged(&self, line: &[u8]) {
        self.lock().logged_bytes += line.trim_ascii_end().len() + LINE_OVERHEAD;
    }

    /// A connection to AWS on which calls are counted.
    pub(crate) fn to_aws(&self) -> SharedHttpClient {
        let connector = self.connector(Side::Aws);
        http_client_fn(move |_, _| connector.clone())
    }

    /// A connection to LINE on which calls are counted.
    pub(crate) fn to_line(&self) -> SharedHttpConnector {
        self.connector(Side::Line)
    }

    fn connector(&self, side: Side) -> SharedHttpConnector {
        SharedHttpConnector::new(Metered {
            meter: self.clone(),
            inner: connector(Duration::from_secs(5)),
            side,
        })
    }

    fn asked(&self, side: Side, request: &HttpRequest) {
        let bytes = request.body().bytes().map_or(0, <[u8]>::len);
        let mut tally = self.lock();
        *tally.calls.entry(name(side, request)).or_default() += 1;
        match (side, target(request).starts_with("AmazonSQS.")) {
            (Side::Line, _) => tally.sent_bytes += HEADERS + bytes,
            (Side::Aws, true) => tally.queue_requests += bytes.div_ceil(64 * 1024).max(1) as u64,
            (Side::Aws, false) => {}
        }
    }

    fn consumed(&self, action: &str, units: f64) {
        let mut tally = self.lock();
        match action {
            "GetItem" | "BatchGetItem" | "Query" | "Scan" => tally.read_units += units,
            _ => tally.write_units += units,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Tally> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Clone, Copy)]
enum Side {
    Aws,
    Line,
}

#[derive(Debug, Clone)]
struct Metered {
    meter: Meter,
    inner: SharedHttpConnector,
    side: Side,
}

impl HttpConnector for Metered {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        self.meter.asked(self.side, &request);
        let Some(action) = target(&request).strip_prefix("DynamoDB_20120810.") else {
            return self.inner.call(request);
        };
        let action = action.to_owned();
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            asking_for_capacity(&mut request)?;
            let response = this.inner.call(request).await?;
            let (units, response) = capacity_of(response).await?;
            this.meter.consumed(&action, units);
            Ok(response)
        })
    }
}

fn target(request: &HttpRequest) -> &str {
    request.headers().get("x-amz-target").unwrap_or_default()
}

fn name(side: Side, request: &HttpRequest) -> String {
    match side {
        Side::Aws => target(request)
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_owned(),
        Side::Line => format!("{} {}", request.method(), path(request.uri())),
    }
}

/// The path of a URL, without what identifies somebody.
fn path(url: &str) -> String {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = path.split_once('/').map_or("", |(_, path)| path);
    let path = path.split('?').next().unwrap_or_default();
    let is_id = |part: &&str| part.len() == 33 && part.starts_with(['U', 'C', 'R']);
    let parts = path
        .split('/')
        .map(|part| if is_id(&part) { "{id}" } else { part });
    format!("/{}", parts.collect::<Vec<_>>().join("/"))
}

/// DynamoDB says what a call consumes, to who asks.
fn asking_for_capacity(request: &mut HttpRequest) -> Result<(), ConnectorError> {
    let bytes = request.body().bytes().unwrap_or_default();
    let mut body: Value = serde_json::from_slice(bytes).map_err(user)?;
    body["ReturnConsumedCapacity"] = "TOTAL".into();
    let body = body.to_string();
    let length = body.len().to_string();
    *request.body_mut() = SdkBody::from(body);
    request.headers_mut().insert("content-length", length);
    Ok(())
}

/// What a call has consumed, and its answer.
async fn capacity_of(response: HttpResponse) -> Result<(f64, HttpResponse), ConnectorError> {
    let (status, headers) = (response.status(), response.headers().clone());
    let body = ByteStream::new(response.into_body());
    let body = body.collect().await.map_err(io)?.into_bytes();
    let answer: Value = serde_json::from_slice(&body).map_err(user)?;
    let consumed = &answer["ConsumedCapacity"];
    let units = |consumed: &Value| consumed["CapacityUnits"].as_f64().unwrap_or_default();
    let units = match consumed.as_array() {
        Some(tables) => tables.iter().map(units).sum(),
        None => units(consumed),
    };
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    *response.headers_mut() = headers;
    Ok((units, response))
}

fn user(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ConnectorError {
    ConnectorError::user(error.into())
}

fn io(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ConnectorError {
    ConnectorError::io(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_nobody() {
        let of = |url: &str| path(url);
        let user = format!("U{}", "0".repeat(32));
        assert_eq!(
            of(&format!("http://127.0.0.1:9/v2/bot/profile/{user}?a=b")),
            "/v2/bot/profile/{id}"
        );
    }

    #[tokio::test]
    async fn the_capacity_of_each_table_counts() {
        let answer = |body: &'static str| HttpResponse::new(200.try_into().unwrap(), body.into());
        let units = async |body| capacity_of(answer(body)).await.unwrap().0;
        assert_eq!(units("{}").await, 0.0);
        let one = r#"{"ConsumedCapacity":{"CapacityUnits":1.5}}"#;
        assert_eq!(units(one).await, 1.5);
        let more = r#"{"ConsumedCapacity":[{"CapacityUnits":4},{"CapacityUnits":2}]}"#;
        assert_eq!(units(more).await, 6.0);
    }
}
