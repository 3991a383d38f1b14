//! Writing a call down, with credentials masked.

use std::collections::BTreeMap;

use http::HeaderMap;
use serde_json::{Map, Value};

use super::{Answer, Incoming};
use crate::clock::Millis;
use crate::form::Form;
use crate::world::World;
use crate::world::fault::FaultKind;
use crate::world::record::Call;

/// Members and parameters that nobody should read over somebody's shoulder.
const SECRET: [&str; 4] = [
    "access_token",
    "client_assertion",
    "client_secret",
    "code_verifier",
];

/// Adds the call to the world, and one line to the log.
pub(super) fn write(
    world: &mut World,
    incoming: &Incoming,
    answer: &Answer,
    fault: Option<FaultKind>,
    now: Millis,
) {
    let mut response = match &answer.bytes {
        Some((kind, bytes)) => format!("({} bytes of {kind})", bytes.len()).into(),
        None => answer.body.clone(),
    };
    mask_members(&mut response);
    let (request, headers) = (body(incoming), headers(&incoming.headers));
    let path = without_ids(&incoming.path);
    tracing::info!("call {} {path} -> {}", incoming.method, answer.status);
    world.calls.add(|number| Call {
        number,
        at: now,
        method: incoming.method.clone(),
        host: incoming.host.map(|host| host.name().to_owned()),
        path: incoming.path.clone(),
        query: incoming.query.as_deref().map(query),
        bot: answer.bot.clone(),
        chat: answer.chat.clone(),
        headers,
        status: answer.status,
        request,
        response,
        emulated: !answer.unknown,
        fault: fault.map(String::from),
    });
}

/// A path for the log: user ids and the like stay out of it.
pub(super) fn without_ids(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.len() > 30 { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let all = headers.iter().map(|(name, value)| {
        let original = String::from_utf8_lossy(value.as_bytes());
        let text = if name == http::header::AUTHORIZATION {
            mask_authorization(&original)
        } else {
            original.into_owned()
        };
        (name.as_str().to_owned(), text)
    });
    all.collect()
}

/// Keeps the scheme and, of a token, the last four characters.
fn mask_authorization(header: &str) -> String {
    match header.split_once(' ') {
        Some(("Bearer", token)) => format!("Bearer …{}", tail(token)),
        Some((scheme, _)) => format!("{scheme} …"),
        None => "…".into(),
    }
}

fn tail(token: &str) -> &str {
    let start = token
        .char_indices()
        .rev()
        .nth(3)
        .map_or(0, |(start, _)| start);
    if token.len() < 16 {
        ""
    } else {
        &token[start..]
    }
}

/// A query without credentials.
fn query(query: &str) -> String {
    let parts = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) if SECRET.contains(&name) => format!("{name}=…{}", tail(value)),
        _ => pair.to_owned(),
    });
    parts.collect::<Vec<_>>().join("&")
}

fn body(incoming: &Incoming) -> Value {
    if !incoming.fits {
        return "(over 2 MB)".into();
    }
    if incoming.body.is_empty() {
        return Value::Null;
    }
    let text = String::from_utf8_lossy(&incoming.body);
    let kind = incoming.headers.get(http::header::CONTENT_TYPE);
    let is_form = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form"));
    let mut value = if is_form {
        form(&text)
    } else {
        serde_json::from_str(&text).unwrap_or_else(|_| text.into_owned().into())
    };
    mask_members(&mut value);
    value
}

fn form(text: &str) -> Value {
    let form = Form::parse(text, false);
    let pairs = form.pairs().iter();
    let members: Map<String, Value> = pairs
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    members.into()
}

fn mask_members(value: &mut Value) {
    for name in SECRET {
        if let Some(Value::String(text)) = value.get_mut(name) {
            *text = format!("…{}", tail(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{form, mask_authorization, mask_members};

    #[test]
    fn a_written_call_shows_no_credentials() {
        assert_eq!(
            mask_authorization("Bearer abcdefghijklmnopqrstuvwxyz"),
            "Bearer …wxyz"
        );
        assert_eq!(
            mask_authorization("Basic abcdefghijklmnopqrstuvwxyz"),
            "Basic …"
        );
        let mut value = form("client_id=1&client_secret=00112233445566778899aabbccddeeff");
        mask_members(&mut value);
        assert_eq!(value["client_secret"], "…eeff");
        assert_eq!(value["client_id"], "1");
    }
}
