//! Why a bot has answered an event or not: the event's whole way in plain sentences, from the
//! rows that tell of it. For the operator's command line, and for any screen that wants the
//! same; whoever reads the rows does the I/O.

mod answer;
mod held;
mod reader;
mod remedy;
mod sends;
mod story;
mod what;

#[cfg(test)]
mod tests;

use serde::Serialize;

use crate::domain::{BotId, BotState, ChatId, ChatState, EventId, LedgerEntry, Timestamp, Verdict};

pub use held::{Change, Telling, Tense};
pub use reader::Reader;
pub use what::kind_in_words;

/// What is known of an event and of what is around it.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The account.
    pub bot: &'a BotId,
    /// Its registers, as they are now.
    pub account: &'a BotState,
    /// The event's chat, if it has one.
    pub chat: Option<ChatFacts<'a>>,
    /// The event's id.
    pub event: &'a EventId,
    /// Its row.
    pub entry: &'a LedgerEntry,
    /// Now.
    pub now: Timestamp,
}

/// What is known of an event's chat.
#[derive(Debug, Clone, Copy)]
pub struct ChatFacts<'a> {
    /// Its id.
    pub id: &'a ChatId,
    /// Its registers, as they are now.
    pub state: &'a ChatState,
    /// Events of the chat by which its holder may have changed, of those that are still known.
    pub changes: &'a [Change],
    /// Whether the channel holds chats by default.
    pub default_active: bool,
}

/// What has become of an event, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// In one word.
    pub verdict: Verdict,
    /// In one sentence.
    pub answer: String,
    /// Its way, in order.
    pub story: Vec<Sentence>,
    /// What one could do now.
    pub remedies: Vec<Remedy>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// When, if it has a moment.
    pub at: Option<Timestamp>,
    /// What.
    pub text: String,
}

/// What one could do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remedy {
    /// In a sentence.
    pub text: String,
    /// The command that does it, if one does: what stands behind `modctl`.
    pub command: Option<String>,
}

impl Why {
    /// From what is known, in words for this reader.
    pub fn of(facts: &Facts<'_>, reader: &Reader<'_>) -> Self {
        Self {
            verdict: facts.entry.verdict(),
            answer: answer::answer(facts, reader),
            story: story::story(facts, reader),
            remedies: remedy::remedies(facts, reader),
        }
    }
}

impl Sentence {
    fn at(at: Timestamp, text: impl Into<String>) -> Self {
        Self {
            at: Some(at),
            text: text.into(),
        }
    }

    fn undated(text: impl Into<String>) -> Self {
        Self {
            at: None,
            text: text.into(),
        }
    }
}
