//! HTTP as API Gateway hands it to a function: payload format 2.0
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
//! Only what is used is read, so that an odd header is never an error.

use std::borrow::Cow;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::domain::Timestamp;

/// A request. It cannot be printed: cookies, a code or what a user wrote are in it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Request {
    /// The method and path of the template's route, as `GET /attach`.
    #[serde(default, deserialize_with = "null_is_none")]
    pub route_key: String,
    /// The query as it came, still encoded.
    #[serde(default, deserialize_with = "null_is_none")]
    pub raw_query_string: String,
    /// `name=value`, each.
    #[serde(default, deserialize_with = "null_is_none")]
    pub cookies: Vec<String>,
    /// Names in lower case; repeated ones joined by commas.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What API Gateway knows of the request.
    #[serde(default)]
    pub request_context: RequestContext,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// What API Gateway knows of a request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestContext {
    /// The host that was asked.
    #[serde(default)]
    pub domain_name: String,
    /// API Gateway's id of the request, as the access log has it.
    #[serde(default)]
    pub request_id: Option<String>,
    #[serde(default)]
    http: Http,
    #[serde(default)]
    time_epoch: Value,
}

#[derive(Debug, Default, Deserialize)]
struct Http {
    #[serde(default)]
    method: String,
    #[serde(default)]
    path: String,
}

/// A member that is null is one that is not there: so writes `cargo lambda watch`, which API Gateway leaves out.
fn null_is_none<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl Request {
    /// The route that was asked for: the template's; or, where all comes by the one route `$default`, as from a
    /// function URL or `cargo lambda watch`, method and path.
    pub fn route(&self) -> Cow<'_, str> {
        let http = &self.request_context.http;
        match self.route_key.as_str() {
            "$default" => format!("{} {}", http.method, http.path).into(),
            key => key.into(),
        }
    }

    /// The path that was asked for.
    pub fn path(&self) -> &str {
        &self.request_context.http.path
    }

    /// The method that was asked by.
    pub fn method(&self) -> &str {
        &self.request_context.http.method
    }

    /// The bundle's own address: the one that is configured, or the one that was asked.
    pub fn public_url(&self, configured: Option<&str>) -> String {
        let asked = || format!("https://{}", self.request_context.domain_name);
        configured.map_or_else(asked, str::to_owned)
    }

    /// A header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// A cookie's value.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies
            .iter()
            .find_map(|cookie| cookie.split_once('=').filter(|(key, _)| *key == name))
            .map(|(_, v)| v)
    }

    /// When the request was received: API Gateway's time, unless this process's clock already shows
    /// a later one.
    pub fn received_at(&self, now: Timestamp) -> Timestamp {
        let gateway_time = self.request_context.time_epoch.as_i64().map(Timestamp);
        gateway_time.map_or(now, |time| time.max(now))
    }

    /// The body's bytes; `None` if it claims to be base64 and is not.
    pub fn into_body(mut self) -> Option<Vec<u8>> {
        self.take_body()
    }

    /// The same, and the rest stays; asked again it is empty.
    pub fn take_body(&mut self) -> Option<Vec<u8>> {
        let body = self.body.take().unwrap_or_default();
        if self.is_base64_encoded {
            STANDARD.decode(body).ok()
        } else {
            Some(body.into_bytes())
        }
    }
}

/// An answer.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The status.
    pub status_code: u16,
    /// Headers.
    pub headers: BTreeMap<&'static str, String>,
    /// `set-cookie` values.
    pub cookies: Vec<String>,
    /// The body, a text.
    pub body: String,
}

impl Response {
    /// An answer with a status and nothing else.
    pub fn status(status_code: u16) -> Self {
        Self {
            status_code,
            ..Self::default()
        }
    }

    /// A short plain text.
    pub fn text(status_code: u16, body: impl Into<String>) -> Self {
        Self {
            body: body.into(),
            ..Self::status(status_code)
        }
        .with_header("content-type", "text/plain; charset=utf-8")
    }

    /// With one more header.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.insert(name, value.into());
        self
    }

    /// With one more cookie.
    #[must_use]
    pub fn with_cookie(mut self, cookie: String) -> Self {
        self.cookies.push(cookie);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: &str) -> Request {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_body_comes_plain_or_as_base64_with_the_same_bytes() {
        let plain = request(r#"{"body":"{\"a\":\"é\"}","isBase64Encoded":false}"#);
        let coded = request(r#"{"body":"eyJhIjoiw6kifQ==","isBase64Encoded":true}"#);
        assert_eq!(plain.into_body(), coded.into_body());
        assert_eq!(
            request(r#"{"body":"%","isBase64Encoded":true}"#).into_body(),
            None
        );
        assert_eq!(request("{}").into_body(), Some(vec![]));
    }

    #[test]
    fn the_route_is_the_templates_or_method_and_path() {
        let routed = request(r#"{"routeKey":"GET /attach"}"#);
        assert_eq!(routed.route(), "GET /attach");
        let http = r#"{"http":{"method":"GET","path":"/health"}}"#;
        let json = format!(r#"{{"routeKey":"$default","requestContext":{http}}}"#);
        assert_eq!(request(&json).route(), "GET /health");
        assert_eq!(request("{}").route(), "");
    }

    #[test]
    fn a_clock_that_is_behind_does_not_date_a_receipt_back() {
        let received_at = |context: &str| {
            let request = request(&format!(r#"{{"requestContext":{context}}}"#));
            request.received_at(Timestamp(2_000)).0
        };
        assert_eq!(received_at(r#"{"timeEpoch":1999}"#), 2_000);
        assert_eq!(received_at(r#"{"timeEpoch":5000}"#), 5_000);
        assert_eq!(received_at(r#"{"timeEpoch":"soon"}"#), 2_000);
        assert_eq!(received_at("{}"), 2_000);
    }

    #[test]
    fn a_member_that_is_null_is_none() {
        let request =
            request(r#"{"routeKey":null,"rawQueryString":null,"cookies":null,"body":null}"#);
        assert_eq!(request.raw_query_string, "");
        assert_eq!(request.cookie("a"), None);
    }

    #[test]
    fn headers_and_cookies_are_found_by_name() {
        let request = request(r#"{"headers":{"X-Line-Signature":"s"},"cookies":["a=1","b=2=3"]}"#);
        assert_eq!(request.header("x-line-signature"), Some("s"));
        assert_eq!(request.cookie("b"), Some("2=3"));
        assert_eq!(request.cookie("c"), None);
    }
}
