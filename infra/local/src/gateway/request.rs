//! An HTTP request as the payload 2.0 event of API Gateway.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::net::SocketAddr;
use std::time::SystemTime;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode, Version, header, request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::LengthLimitError;
use jiff::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::response;
use super::routes::Match;
use template_file::ACCOUNT_ID;

/// The most bytes of a body that API Gateway takes.
const BODY_LIMIT: usize = 10 * 1024 * 1024;

/// Why no event could be made of a request.
pub(super) enum Refusal {
    /// The body is over API Gateway's limit.
    TooLarge,
    /// The client went away in the middle of the body.
    Incomplete,
}

impl Refusal {
    pub(super) fn into_response(self) -> Response<Body> {
        match self {
            Self::TooLarge => {
                response::message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large")
            }
            Self::Incomplete => response::message(StatusCode::BAD_REQUEST, "Bad Request"),
        }
    }
}

/// The path as API Gateway matches and hands it on: percent-decoded.
pub(super) fn decoded_path(path: &str) -> String {
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// The event for the request, whose decoded path is `path`, received at `now`.
pub(super) async fn event(
    request: Request<Body>,
    matched: &Match<'_>,
    path: &str,
    source: SocketAddr,
    now: SystemTime,
) -> Result<Value, Refusal> {
    let (head, body) = request.into_parts();
    let bytes = read(body).await?;
    let (body, is_base64) = encode(&head.headers, &bytes);
    let query = head.uri.query().unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": matched.route.key(),
        "rawPath": path,
        "rawQueryString": query,
        "cookies": cookies(&head.headers),
        "headers": headers(&head, source),
        "queryStringParameters": query_parameters(query),
        "pathParameters": path_parameters(matched),
        "requestContext": context(&head, matched, path, source, now),
        "body": body,
        "isBase64Encoded": is_base64,
    });
    // What a request does not have is left out, not null.
    if let Value::Object(members) = &mut event {
        members.retain(|_, value| !value.is_null());
    }
    Ok(event)
}

async fn read(body: Body) -> Result<Bytes, Refusal> {
    to_bytes(body, BODY_LIMIT).await.map_err(|error| {
        let too_large = error.source().is_some_and(|s| s.is::<LengthLimitError>());
        if too_large {
            Refusal::TooLarge
        } else {
            Refusal::Incomplete
        }
    })
}

/// Payload 2.0 has cookies in a list of their own and no longer among the headers.
fn cookies(headers: &HeaderMap) -> Option<Vec<String>> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .map(|line| String::from_utf8_lossy(line.as_bytes()));
    let cookies: Vec<String> = lines
        .flat_map(|line| split_cookies(&line))
        .filter(|cookie| !cookie.is_empty())
        .collect();
    (!cookies.is_empty()).then_some(cookies)
}

fn split_cookies(line: &str) -> Vec<String> {
    line.split(';')
        .map(|cookie| cookie.trim().to_owned())
        .collect()
}

/// Names in small letters, repeated headers joined by commas, and what a proxy says of the client.
fn headers(head: &request::Parts, source: SocketAddr) -> BTreeMap<String, String> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    let mut add = |name: &str, value: &str| {
        joined
            .entry(name.to_owned())
            .and_modify(|line| {
                line.push(',');
                line.push_str(value);
            })
            .or_insert_with(|| value.to_owned());
    };
    for (name, value) in &head.headers {
        if name != header::COOKIE {
            add(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
        }
    }
    add("x-forwarded-for", &source.ip().to_string());
    joined.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    if let Some(port) = host(head).rsplit_once(':').map(|(_, port)| port) {
        joined.insert("x-forwarded-port".to_owned(), port.to_owned());
    }
    joined
}

fn query_parameters(query: &str) -> Option<BTreeMap<String, String>> {
    let mut joined: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        joined
            .entry(name.into_owned())
            .and_modify(|line| {
                line.push(',');
                line.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    (!joined.is_empty()).then_some(joined)
}

fn path_parameters<'a>(matched: &'a Match<'_>) -> Option<&'a BTreeMap<String, String>> {
    (!matched.parameters.is_empty()).then_some(&matched.parameters)
}

fn context(
    head: &request::Parts,
    matched: &Match<'_>,
    path: &str,
    source: SocketAddr,
    now: SystemTime,
) -> Value {
    let host = host(head);
    let now = Timestamp::try_from(now).unwrap_or_default();
    json!({
        "accountId": ACCOUNT_ID,
        "apiId": "local",
        "domainName": host,
        "domainPrefix": host.split(['.', ':']).next(),
        "http": {
            "method": head.method.as_str(),
            "path": path,
            "protocol": protocol(head.version),
            "sourceIp": source.ip().to_string(),
            "userAgent": text(&head.headers, header::USER_AGENT),
        },
        "requestId": uuid::Uuid::new_v4().to_string(),
        "routeKey": matched.route.key(),
        "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
        "timeEpoch": now.as_millisecond(),
    })
}

/// The host a request names, in its header or, in HTTP/2, in its address.
fn host(head: &request::Parts) -> &str {
    match text(&head.headers, header::HOST) {
        "" => head
            .uri
            .authority()
            .map_or("", |authority| authority.as_str()),
        host => host,
    }
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        _ => "HTTP/1.1",
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// The body as a string, and whether it is in base64. API Gateway judges by the content type; a form is in base64 too.
fn encode(headers: &HeaderMap, body: &[u8]) -> (Option<String>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    match std::str::from_utf8(body) {
        Ok(body) if is_text(headers) => (Some(body.to_owned()), false),
        _ => (Some(STANDARD.encode(body)), true),
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    if headers.contains_key(header::CONTENT_ENCODING) {
        return false;
    }
    let content_type = text(headers, header::CONTENT_TYPE).to_ascii_lowercase();
    match content_type.split(';').next().unwrap_or_default().trim() {
        "" | "application/json" | "application/javascript" | "application/xml" => true,
        other => other.starts_with("text/") || other.ends_with("+json") || other.ends_with("+xml"),
    }
}
