//! Builders for LINE's message objects. Anything else that serialises as one is
//! taken just as well
//! (<https://developers.line.biz/en/reference/messaging-api/#message-objects>).

use serde::Serialize;

/// A text message, with quick replies if wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "text", rename_all = "camelCase")]
pub struct Text {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quick_reply: Option<QuickReplies>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct QuickReplies {
    items: Vec<QuickReply>,
}

/// One button above the keyboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename = "action")]
pub struct QuickReply {
    action: Action,
}

/// What a tap does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "lowercase",
    rename_all_fields = "camelCase"
)]
pub enum Action {
    /// Comes back as a postback with `data`.
    Postback {
        /// What the button says.
        label: String,
        /// What comes back.
        data: String,
        /// What the user is shown to have said.
        #[serde(skip_serializing_if = "Option::is_none")]
        display_text: Option<String>,
    },
    /// Comes back as the user's own message.
    Message {
        /// What the button says.
        label: String,
        /// What the user says.
        text: String,
    },
}

impl Text {
    /// A text of 1 to 5,000 UTF-16 units.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            quick_reply: None,
        }
    }

    /// With quick replies: LINE takes up to 13.
    #[must_use]
    pub fn quick_replies(mut self, items: impl IntoIterator<Item = QuickReply>) -> Self {
        let items: Vec<_> = items.into_iter().take(13).collect();
        self.quick_reply = (!items.is_empty()).then_some(QuickReplies { items });
        self
    }
}

impl QuickReply {
    /// A button whose tap comes back as `data`, and shows `label` as said.
    pub fn postback(label: impl Into<String>, data: impl Into<String>) -> Self {
        let label = label.into();
        Self {
            action: Action::Postback {
                display_text: Some(label.clone()),
                label,
                data: data.into(),
            },
        }
    }

    /// A button whose tap says `text`.
    pub fn message(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            action: Action::Message {
                label: label.into(),
                text: text.into(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn messages_have_lines_json() {
        let text = Text::new("いつ？").quick_replies([
            QuickReply::postback("10:00", "at:10"),
            QuickReply::message("やめる", "cancel"),
        ]);
        assert_eq!(
            serde_json::to_value(text).unwrap(),
            json!({"type": "text", "text": "いつ？", "quickReply": {"items": [
                {"type": "action", "action": {"type": "postback", "label": "10:00", "data": "at:10", "displayText": "10:00"}},
                {"type": "action", "action": {"type": "message", "label": "やめる", "text": "cancel"}}]}})
        );
        assert_eq!(
            serde_json::to_value(Text::new("a").quick_replies([])).unwrap(),
            json!({"type": "text", "text": "a"})
        );
    }
}
