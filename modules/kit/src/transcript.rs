//! What was said and done, as a text that is the same in every run.

use std::sync::Mutex;

use emulator::Call;
use serde_json::Value;
use shared::line::webhook::RawEvent;

use crate::lock;

/// The whole conversation so far.
#[derive(Debug, Default)]
pub(crate) struct Transcript(Mutex<Vec<String>>);

impl Transcript {
    /// Adds a line.
    pub(crate) fn note(&self, line: impl Into<String>) {
        lock(&self.0).push(line.into());
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        let mut text = lock(&self.0).join("\n");
        text.push('\n');
        text
    }

    /// Adds what LINE reports by itself: who holds a chat, what becomes of the account.
    pub(crate) fn line_tells(&self, event: &RawEvent, name: impl Fn(&str) -> String) {
        let raw: Value = serde_json::from_str(event.raw.get()).unwrap_or_default();
        let kind = match event.kind.as_str() {
            "module" => raw["module"]["type"].as_str().unwrap_or_default(),
            kind @ ("activated" | "deactivated" | "botSuspended" | "botResumed") => kind,
            _ => return,
        };
        let chat = event.chat.as_ref();
        let of = chat.map_or_else(String::new, |chat| {
            format!(" of {}", name(chat.id.as_str()))
        });
        self.note(format!("  LINE tells: {kind}{of}"));
    }

    /// Adds a call to LINE. Calls that only read are left out.
    pub(crate) fn call(&self, call: &Call, name: impl Fn(&str) -> String) {
        if call.method == "GET" || call.path.starts_with("/oauth2/") {
            return;
        }
        let to = call.chat.as_deref().map(&name);
        let refused = match call.status {
            200..=299 => String::new(),
            status => format!(", refused with {status}: {}", message_of(&call.response)),
        };
        self.note(format!("  {}{refused}", deed(call, to.as_deref())));
        let messages = call.request["messages"].as_array();
        for line in messages.into_iter().flatten().flat_map(shown) {
            self.note(format!("    {line}"));
        }
    }
}

fn message_of(response: &Value) -> &str {
    response["message"].as_str().unwrap_or_default()
}

/// A call in words.
fn deed(call: &Call, to: Option<&str>) -> String {
    let whom = to.map_or_else(String::new, |to| format!(" {to}"));
    let path = call.path.as_str();
    if let Some(kind) = path.strip_prefix("/v2/bot/message/") {
        let to = to.map_or_else(String::new, |to| format!(" to {to}"));
        return format!("{kind}{to}");
    }
    if path.ends_with("/control/acquire") {
        let ttl = call.request["ttl"].as_u64();
        let time = ttl.map_or_else(String::new, |ttl| format!(" for {ttl} s"));
        return format!("takes the chat of{whom}{time}");
    }
    if path.ends_with("/control/release") {
        return format!("gives back the chat of{whom}");
    }
    if path.contains("/richmenu") {
        return menu_deed(call, &whom);
    }
    let chat = call.chat.as_deref().unwrap_or_default();
    let path = match chat.is_empty() {
        true => path.to_owned(),
        false => path.replace(chat, to.unwrap_or_default()),
    };
    format!("{} {path}", call.method)
}

/// A call about rich menus: their ids are other ones in each run.
fn menu_deed(call: &Call, whom: &str) -> String {
    let path = call.path.as_str();
    let is_of_user = path.contains("/user/") && !path.contains("/user/all/");
    match (call.method.as_str(), path.rsplit('/').next()) {
        ("POST", Some("richmenu")) => {
            let name = call.request["name"].as_str().unwrap_or_default();
            // Without what tells its look.
            let name = name.rsplit_once(' ').map_or(name, |(name, _)| name);
            format!("makes the rich menu {name}")
        }
        ("POST", Some("content")) => "gives the rich menu its image".into(),
        ("POST", _) if is_of_user => format!("gives a rich menu to{whom}"),
        ("DELETE", _) if is_of_user => format!("takes the rich menu from{whom}"),
        ("POST", _) => "makes the rich menu everybody's".into(),
        _ => "deletes a rich menu".into(),
    }
}

/// A message as a user sees it, in lines: its text, then what can be tapped.
pub(crate) fn shown(message: &Value) -> Vec<String> {
    let text = |path: &str| message.pointer(path).and_then(Value::as_str);
    let words = ["/text", "/template/text", "/altText"]
        .iter()
        .find_map(|path| text(path));
    let kind = text("/type").unwrap_or("message");
    let head = match (kind, words) {
        ("text" | "textV2", Some(words)) => words.to_owned(),
        (kind, Some(words)) => format!("({kind}) {words}"),
        (kind, None) => format!("({kind})"),
    };
    let mut lines: Vec<_> = head.lines().map(str::to_owned).collect();
    let actions = crate::screen::actions(message);
    let labels: Vec<_> = actions
        .iter()
        .map(|action| format!("[{}]", crate::screen::label(action)))
        .collect();
    if !labels.is_empty() {
        lines.push(labels.join(" "));
    }
    lines
}
