//! Chats: who may speak, and what was said.

use std::collections::{BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Millis;

/// How many bubbles a chat keeps.
const KEPT: usize = 500;

/// A chat of an account with a user, a group or a room.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Chat {
    /// Who holds it, if somebody took it. Otherwise the default applies.
    pub(crate) holder: Option<Holder>,
    /// When the holder loses it, silently.
    pub(crate) expire_at: Option<Millis>,
    /// When another channel acquired it last.
    pub(crate) taken_at: Option<Millis>,
    /// Whether the bot has left this group or room.
    pub(crate) left: bool,
    /// The name of a group.
    pub(crate) name: Option<String>,
    /// The users who are in a group or room, as far as anything was heard of them.
    pub(crate) members: BTreeSet<String>,
    /// When the account last marked it as read.
    pub(crate) read_at: Option<Millis>,
    /// Until when the loading animation is shown.
    pub(crate) loading_until: Option<Millis>,
    /// What was said.
    pub(crate) bubbles: VecDeque<Bubble>,
}

/// Who may speak in a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Holder {
    /// The module channel.
    Module,
    /// The account's own Messaging API channel, where its staff may be.
    Primary,
    /// The other module channel.
    Other,
}

/// One entry of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bubble {
    /// A number that grows over all chats.
    pub number: u64,
    /// When it was said, in milliseconds since 1970.
    pub at: i64,
    /// Who said it.
    pub from: Speaker,
    /// LINE's message object; for a notice `{"type":"notice","text":…}`.
    pub message: Value,
    /// When the user last changed it, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<i64>,
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Speaker {
    User,
    /// The account: the module's messages.
    Account,
    /// Nobody: LINE's own line, such as that the user blocked the account.
    Notice,
}

impl Bubble {
    /// The text, where it has one; of a template its text, of a flex message its alternative text.
    pub fn text(&self) -> Option<&str> {
        let message = &self.message;
        let paths = ["/text", "/template/text", "/altText"];
        let mut found = paths.iter().filter_map(|path| message.pointer(path));
        found.find_map(Value::as_str)
    }

    /// The actions of its quick replies.
    pub fn quick_replies(&self) -> Vec<&Value> {
        let items = self
            .message
            .pointer("/quickReply/items")
            .and_then(Value::as_array);
        items.map_or_else(Vec::new, |items| {
            items.iter().filter_map(|item| item.get("action")).collect()
        })
    }
}

impl Chat {
    /// Who holds the chat now, if somebody took it and has not lost it.
    pub(crate) fn holder_at(&self, now: Millis) -> Option<Holder> {
        let lapsed = self.expire_at.is_some_and(|end| end <= now);
        // At the end of an acquired time the initiative goes back to the primary channel.
        if lapsed {
            Some(Holder::Primary)
        } else {
            self.holder
        }
    }

    /// Gives the chat to somebody, without an end.
    pub(crate) fn give(&mut self, holder: Holder) {
        self.holder = Some(holder);
        self.expire_at = None;
    }

    /// A module channel acquires the chat, until a moment or for good.
    pub(crate) fn acquire(&mut self, holder: Holder, until: Option<Millis>) {
        self.give(holder);
        self.expire_at = until;
    }

    /// Another channel, the primary one, acquires the chat.
    pub(crate) fn take(&mut self, now: Millis) {
        self.give(Holder::Primary);
        self.taken_at = Some(now);
    }

    /// Notes that another channel than the one under test acquired the chat now.
    pub(crate) fn lock(&mut self, now: Millis) {
        self.taken_at = Some(now);
    }

    /// Whether another channel acquired the chat within the last milliseconds.
    pub(crate) fn taken_within(&self, window: Millis, now: Millis) -> bool {
        self.taken_at
            .is_some_and(|at| now < at.saturating_add(window))
    }

    /// Back to the default, as when a user who blocked the account comes back.
    pub(crate) fn reset(&mut self) {
        self.holder = None;
        self.expire_at = None;
        self.taken_at = None;
    }

    /// Adds what was said.
    pub(crate) fn add(&mut self, number: u64, from: Speaker, message: Value, at: Millis) {
        self.bubbles.push_back(Bubble {
            number,
            at,
            from,
            message,
            edited_at: None,
        });
        if self.bubbles.len() > KEPT {
            self.bubbles.pop_front();
        }
    }
}

impl Chat {
    /// A user changes a message that they have said. A change older than the newest one known
    /// changes nothing.
    pub(crate) fn edit(&mut self, message: &Value, at: Millis) {
        let id = message.get("id").filter(|id| id.is_string());
        let mut bubbles = self.bubbles.iter_mut().rev();
        let said = bubbles.find(|bubble| {
            bubble.from == Speaker::User && id.is_some() && bubble.message.get("id") == id
        });
        if let Some(bubble) = said.filter(|bubble| bubble.edited_at.is_none_or(|last| last <= at)) {
            bubble.message = message.clone();
            bubble.edited_at = Some(at);
        }
    }
}

impl Holder {
    /// All channels of an account, the one under test first.
    pub(crate) const ALL: [Self; 3] = [Self::Module, Self::Other, Self::Primary];

    /// The value in the control interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Primary => "primary",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Bubble, Chat, Holder, Speaker};

    #[test]
    fn a_chat_taken_for_a_time_goes_back_silently() {
        let mut chat = Chat::default();
        assert_eq!(chat.holder_at(5), None);
        chat.acquire(Holder::Module, Some(10));
        assert_eq!(chat.holder_at(9), Some(Holder::Module));
        assert_eq!(chat.holder_at(10), Some(Holder::Primary));
    }

    #[test]
    fn a_chat_is_locked_for_a_moment_after_another_channel_took_it() {
        let mut chat = Chat::default();
        assert!(!chat.taken_within(3, 5));
        chat.take(5);
        assert!(chat.taken_within(3, 7));
        assert!(!chat.taken_within(3, 8));
    }

    #[test]
    fn a_template_bubble_has_the_text_of_its_template() {
        let message = json!({"type": "template", "altText": "a", "template": {"text": "b"}});
        let bubble = Bubble {
            number: 1,
            at: 0,
            from: Speaker::Account,
            message,
            edited_at: None,
        };
        assert_eq!(bubble.text(), Some("b"));
    }
}
