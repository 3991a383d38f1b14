//! A function's answer as an HTTP response, the way API Gateway reads payload 2.0.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// An answer of the gateway itself.
pub(super) fn message(status: StatusCode, text: &str) -> Response<Body> {
    json_response(status, json!({ "message": text }).to_string())
}

/// What a client sees of a function that failed or answered nonsense.
pub(super) fn internal_server_error() -> Response<Body> {
    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

fn json_response(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    response
}

/// The response that the answer says, or why it says none.
pub(super) fn from_answer(answer: &Value) -> Result<Response<Body>, &'static str> {
    match answer.get("statusCode") {
        Some(status) => written_out(answer, status),
        // Without a status code the answer is the body.
        None => Ok(json_response(StatusCode::OK, shorthand(answer))),
    }
}

/// A bare string is itself the body, anything else is its JSON.
fn shorthand(answer: &Value) -> String {
    match answer {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn written_out(answer: &Value, status: &Value) -> Result<Response<Body>, &'static str> {
    let mut response = Response::new(Body::from(body(answer)?));
    *response.status_mut() = status
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .and_then(|status| StatusCode::from_u16(status).ok())
        .ok_or("statusCode is no status code")?;
    let headers = response.headers_mut();
    let text = HeaderValue::from_static("text/plain;charset=UTF-8");
    headers.insert(header::CONTENT_TYPE, text);
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        let name = HeaderName::try_from(name).map_err(|_| "a header's name is none")?;
        let value = header_value(value)?;
        // Of these the connection has its own.
        if name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING {
            headers.insert(name, value);
        }
    }
    for cookie in answer["cookies"].as_array().into_iter().flatten() {
        headers.append(header::SET_COOKIE, header_value(cookie)?);
    }
    warn_of_what_is_not_read(answer);
    Ok(response)
}

/// Payload 2.0 has no `multiValueHeaders`. API Gateway does not read them, so neither does this.
fn warn_of_what_is_not_read(answer: &Value) {
    let given = answer["multiValueHeaders"].as_object();
    if given.is_some_and(|headers| !headers.is_empty()) {
        tracing::warn!("API Gateway does not read multiValueHeaders in payload 2.0");
    }
}

/// A header's value may be written as a number or a truth.
fn header_value(value: &Value) -> Result<HeaderValue, &'static str> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(_) | Value::Bool(_) => value.to_string(),
        _ => return Err("a header's value is no text"),
    };
    HeaderValue::from_str(&text).map_err(|_| "a header's value has a character that cannot be sent")
}

fn body(answer: &Value) -> Result<Vec<u8>, &'static str> {
    let body = match &answer["body"] {
        Value::Null => "",
        Value::String(body) => body,
        _ => return Err("the body is no string"),
    };
    match answer["isBase64Encoded"].as_bool() {
        Some(true) => STANDARD
            .decode(body)
            .map_err(|_| "the body is no base64 and says it is"),
        _ => Ok(body.as_bytes().to_vec()),
    }
}
