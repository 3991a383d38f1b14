//! What users sent that is no text: images, videos, audios and files.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Millis;

/// The content of a message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Content {
    /// The bot it was sent to.
    pub(crate) bot: String,
    /// The message's type.
    pub(crate) kind: String,
    /// Whether LINE has it; if not, another provider does.
    pub(crate) at_line: bool,
    /// When it was sent.
    pub(crate) at: Millis,
    /// Whether the user took the message back.
    pub(crate) unsent: bool,
    /// Its media type and bytes, if they were given; else there is a small sample.
    pub(crate) given: Option<(String, Vec<u8>)>,
}

impl Content {
    /// What a user's message has that is no text, with the message's id.
    pub(super) fn of(bot: &str, message: &Value, at: Millis) -> Option<(String, Self)> {
        let text = |member: &str| message.get(member).and_then(Value::as_str);
        let kind = text("type").filter(|it| matches!(*it, "image" | "video" | "audio" | "file"));
        let provider = message.pointer("/contentProvider/type");
        let content = Self {
            bot: bot.to_owned(),
            kind: kind?.to_owned(),
            at_line: provider.is_none_or(|provider| provider == "line"),
            at,
            unsent: false,
            given: None,
        };
        Some((text("id")?.to_owned(), content))
    }

    /// The user takes the message back.
    pub(super) fn unsend(&mut self) {
        self.unsent = true;
        self.given = None;
    }
}
