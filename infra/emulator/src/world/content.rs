//! What users sent that is no text: images, videos, audios and files.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::World;
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

impl World {
    /// Takes in a message that may have content.
    pub(crate) fn keep_content(&mut self, bot: &str, message: &Value, at: Millis) {
        let text = |member: &str| message.get(member).and_then(Value::as_str);
        let (Some(id), Some(kind @ ("image" | "video" | "audio" | "file"))) =
            (text("id"), text("type"))
        else {
            return;
        };
        let provider = message.pointer("/contentProvider/type");
        let at_line = provider.is_none_or(|provider| provider == "line");
        let content = Content {
            bot: bot.to_owned(),
            kind: kind.to_owned(),
            at_line,
            at,
            unsent: false,
            given: None,
        };
        self.contents.entry(id.to_owned()).or_insert(content);
    }

    /// The user takes a message back.
    pub(crate) fn unsend(&mut self, message: &str) {
        if let Some(content) = self.contents.get_mut(message) {
            content.unsent = true;
            content.given = None;
        }
    }
}
