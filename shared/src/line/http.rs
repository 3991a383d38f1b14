//! One HTTP exchange with LINE: the only place that sends. It follows no
//! redirect, waits no longer than its limit, and reads no endless answer.
//!
//! It stands on the SDK's own HTTP connector, so that the bundle has one HTTP
//! stack, and tests swap one thing.

use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::{AsyncSleep as _, SharedAsyncSleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;

use crate::connector::was_connecting;
use crate::domain::Timestamp;
use crate::metrics::{Metric, Metrics};

/// No answer that we read is larger.
const LARGEST_ANSWER: usize = 1024 * 1024;

/// What RFC 3986 leaves as it is; LINE wants a space as `%20` and `:` as `%3A`.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What lies under every call: connector, clock, sleep and metrics.
#[derive(Debug, Clone)]
pub struct Http {
    connector: SharedHttpConnector,
    clock: SharedTimeSource,
    sleep: SharedAsyncSleep,
    limit: Duration,
    metrics: Metrics,
}

/// LINE's answer, whatever its status.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// `x-line-request-id`, for LINE's support.
    pub request_id: Option<String>,
    /// `x-line-accepted-request-id`: of the request with the same retry key that
    /// LINE has taken before.
    pub accepted_request_id: Option<String>,
    /// `date`: the second in which LINE answered.
    pub date: Option<Timestamp>,
    /// None if it broke off or is too large: the status tells what LINE did all
    /// the same.
    pub(crate) body: Option<Bytes>,
}

/// How much of an answer is read within the limit of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// All of it.
    Whole,
    /// Its head; the body of a 200 is left to whoever wants it.
    Head,
}

/// An answer whose body may not be read yet.
pub(crate) struct Opened {
    pub(crate) answer: Answer,
    pub(crate) content_type: Option<String>,
    pub(crate) content_length: Option<u64>,
    pub(crate) body: SdkBody,
}

/// No answer: refused, broken off or too slow. What was sent may have arrived.
#[derive(Debug, thiserror::Error)]
pub enum NoAnswer {
    /// The limit was over.
    #[error("no answer within {} ms", .0.as_millis())]
    TimedOut(Duration),
    /// No connection could be made: nothing was sent.
    #[error("no connection could be made")]
    NotConnected(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection broke.
    #[error("the connection failed")]
    Connection(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Http {
    /// `limit` is for a whole exchange.
    pub fn new(
        connector: SharedHttpConnector,
        clock: SharedTimeSource,
        sleep: SharedAsyncSleep,
        limit: Duration,
    ) -> Self {
        Self {
            connector,
            clock,
            sleep,
            limit,
            metrics: Metrics::none(),
        }
    }

    /// With its calls counted and measured here.
    #[must_use]
    pub fn measured_by(self, metrics: Metrics) -> Self {
        Self { metrics, ..self }
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The time now, by our clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now().into()
    }

    /// Waits.
    pub(crate) async fn sleep(&self, time: Duration) {
        self.sleep.sleep(time).await;
    }

    /// What a body is read with, piece by piece.
    pub(crate) fn patience(&self) -> (SharedAsyncSleep, Duration) {
        (self.sleep.clone(), self.limit)
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn send(
        &self,
        request: http::Request<impl Into<SdkBody>>,
    ) -> Result<Answer, NoAnswer> {
        let opened = self.open(request.map(Into::into), Reading::Whole).await;
        opened.map(|opened| opened.answer)
    }

    /// Sends a request and reads as much of the answer as is wanted.
    pub(crate) async fn open(
        &self,
        request: http::Request<SdkBody>,
        reading: Reading,
    ) -> Result<Opened, NoAnswer> {
        let began = self.now();
        let exchange = self.exchange(request, reading);
        let result = match Timeout::new(exchange, self.sleep.sleep(self.limit)).await {
            Ok(result) => result,
            Err(_) => Err(NoAnswer::TimedOut(self.limit)),
        };
        self.measure(began, &result);
        result
    }

    fn measure(&self, began: Timestamp, result: &Result<Opened, NoAnswer>) {
        let class = match result.as_ref().map(|opened| opened.answer.status) {
            Err(_) => Metric::LineNoAnswer,
            Ok(429) => Metric::LineAnswers429,
            Ok(400..=499) => Metric::LineAnswers4xx,
            Ok(500..) => Metric::LineAnswers5xx,
            Ok(_) => Metric::LineAnswers2xx,
        };
        self.metrics.count(class);
        let time = self.now().since(began);
        self.metrics.observe_time(Metric::LineTime, time);
    }

    async fn exchange(
        &self,
        request: http::Request<SdkBody>,
        reading: Reading,
    ) -> Result<Opened, NoAnswer> {
        let request = HttpRequest::try_from(request).map_err(broken)?;
        let response = self
            .connector
            .call(request)
            .await
            .map_err(|error| match was_connecting(&error) {
                true => NoAnswer::NotConnected(error.into()),
                false => broken(error),
            })?;
        let opened = Opened::of(response);
        match reading {
            Reading::Head if opened.answer.status == 200 => Ok(opened),
            _ => Ok(opened.read().await),
        }
    }
}

impl Opened {
    fn of(response: HttpResponse) -> Self {
        let header = |name| response.headers().get(name).map(str::to_owned);
        let answer = Answer {
            status: response.status().as_u16(),
            request_id: header("x-line-request-id"),
            accepted_request_id: header("x-line-accepted-request-id"),
            date: header("date")
                .and_then(|date| httpdate::parse_http_date(&date).ok())
                .map(Timestamp::from),
            body: None,
        };
        Self {
            answer,
            content_type: header("content-type"),
            content_length: header("content-length").and_then(|length| length.parse().ok()),
            body: response.into_body(),
        }
    }

    /// With its body in the answer.
    async fn read(mut self) -> Self {
        let body = std::mem::replace(&mut self.body, SdkBody::taken());
        let collected = Limited::new(body, LARGEST_ANSWER).collect().await;
        self.answer.body = collected.ok().map(|body| body.to_bytes());
        self
    }
}

fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> NoAnswer {
    NoAnswer::Connection(error.into())
}

impl Answer {
    /// The body as JSON; `None` if it is not what is expected.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.body.as_ref()?).ok()
    }

    /// Whether LINE has done it.
    pub(crate) fn is_success(&self) -> bool {
        (200..=299).contains(&self.status)
    }

    /// The last moment of the second in which LINE answered.
    pub(crate) fn end_of_second(&self) -> Option<Timestamp> {
        self.date.map(|date| date.plus(Duration::from_millis(999)))
    }
}

/// Percent-encodes one value, once.
pub(crate) fn encode(value: &str) -> String {
    utf8_percent_encode(value, ENCODED).to_string()
}

/// `name=value` pairs for a query or a form, each value encoded exactly once.
pub(crate) fn encode_pairs(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value)))
        .collect();
    pairs.join("&")
}

/// A form, as LINE's token endpoints want it.
pub(crate) fn post_form(url: &str) -> http::request::Builder {
    http::Request::post(url).header("content-type", "application/x-www-form-urlencoded")
}
