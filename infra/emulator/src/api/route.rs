//! Which endpoint answers a path. What is not known is refused loudly, never answered with 200.

use super::{Answer, Context, Refusal, bot, control, detach, list, profile, record, send};
use crate::{attach, oauth};

type Endpoint = fn(&mut Context<'_>) -> Result<Answer, Refusal>;

/// Finds the endpoint and lets it answer.
pub(crate) fn answer(cx: &mut Context<'_>) -> Result<Answer, Refusal> {
    let incoming = cx.incoming;
    let path: Vec<&str> = incoming.path.split('/').skip(1).collect();
    let (method, endpoint): (&str, Endpoint) = match path.as_slice() {
        ["module", "auth", "v1", "token"] => ("POST", attach::exchange),
        ["oauth2", "v3", "token"] => ("POST", oauth::stateless),
        ["v2", "bot", "channel", "detach"] => ("POST", detach::detach),
        ["v2", "bot", "chat", _, "control", "acquire"] => ("POST", control::acquire),
        ["v2", "bot", "chat", _, "control", "release"] => ("POST", control::release),
        ["v2", "bot", "info"] => ("GET", bot::info),
        ["v2", "bot", "list"] => ("GET", list::bots),
        ["v2", "bot", "message", "reply"] => ("POST", send::reply),
        ["v2", "bot", "message", "push"] => ("POST", send::push),
        ["v2", "bot", "profile", user] if !user.is_empty() => ("GET", profile::get),
        _ => return Err(unknown(cx, 404, "Not found")),
    };
    if incoming.method != method {
        return Err(unknown(cx, 405, "Method Not Allowed"));
    }
    endpoint(cx)
}

fn unknown(cx: &mut Context<'_>, status: u16, text: &str) -> Refusal {
    let path = record::without_ids(&cx.incoming.path);
    tracing::warn!("not emulated: {} {path}", cx.incoming.method);
    cx.look();
    cx.unknown = true;
    Refusal::message(status, text)
}
