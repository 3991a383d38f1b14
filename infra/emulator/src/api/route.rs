//! Which endpoint answers a call. What is not known is refused loudly, never answered with 200.

use super::endpoint::{Lookup, find};
use super::table::TABLE;
use super::{Answer, Context, Refusal, checks, record};

/// Finds the endpoint, checks the call, and lets the endpoint answer.
pub(crate) fn answer(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let incoming = cx.incoming;
    cx.look();
    checks::length(cx)?;
    match find(TABLE, incoming.host, &incoming.method, &incoming.path) {
        Lookup::Endpoint(endpoint) => {
            cx.endpoint = Some(endpoint);
            checks::pass(cx, endpoint)?;
            (endpoint.answer)(cx)
        }
        Lookup::OtherMethod => Err(unknown(cx, 405, "Method Not Allowed")),
        Lookup::Nothing => Err(unknown(cx, 404, "Not found")),
    }
}

fn unknown(cx: &mut Context<'_>, status: u16, text: &str) -> Refusal {
    let path = record::without_ids(&cx.incoming.path);
    let host = cx.incoming.host.map_or("", |host| host.name());
    tracing::warn!("not emulated: {} {host}{path}", cx.incoming.method);
    cx.unknown = true;
    Refusal::message(status, text)
}
