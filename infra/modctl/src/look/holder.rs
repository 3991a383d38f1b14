//! Who holds a chat, as commands show it.

use serde::Serialize;
use shared::domain::chat::{Control, Word};
use shared::domain::why::{Reader, Telling, Tense};
use shared::domain::{BotState, ChatState, EventId, Timestamp};

use crate::output::{Screen, Tone};
use crate::site::Site;

/// Who holds a chat.
#[derive(Debug, Serialize)]
pub(crate) struct Held {
    pub(crate) by: Holder,
    /// Since when; absent if nothing but the channel's default says so.
    pub(crate) since: Option<Timestamp>,
    /// Until when, if it is ours for a time.
    pub(crate) until: Option<Timestamp>,
    /// The event that says so.
    pub(crate) event: Option<EventId>,
    #[serde(skip)]
    sentence: String,
}

/// Who.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Holder {
    /// We do.
    Us,
    /// Another channel, or the account's staff.
    Others,
    /// The user has blocked the account, or it has left.
    Gone,
}

impl Held {
    /// As of now.
    pub(crate) fn of(site: &Site, account: &BotState, chat: &ChatState, screen: &Screen) -> Self {
        let detached_at = account.detached_at;
        let holding = chat.holding(site.now(), detached_at, site.default_active());
        let (since, until, event) = match &holding.word {
            Word::Control(entry) => {
                let until = match entry.value {
                    Control::Ours(until) => until,
                    Control::Theirs | Control::Default => None,
                };
                (Some(entry.at), until, Some(entry.by.clone()))
            }
            Word::Mode(entry) => (Some(entry.at), None, Some(entry.by.clone())),
            Word::Lapsed(entry, at) => (Some(*at), None, Some(entry.by.clone())),
            Word::Nothing => (None, None, None),
        };
        let time = |at| screen.time(at);
        let reader = Reader {
            time: &time,
            is_ticket: false,
        };
        let telling = Telling {
            tense: Tense::Present,
            event: None,
            changes: &[],
            reader: &reader,
        };
        Self {
            by: match (chat.is_gone(detached_at), holding.is_ours) {
                (true, _) => Holder::Gone,
                (false, true) => Holder::Us,
                (false, false) => Holder::Others,
            },
            since,
            until,
            event,
            sentence: telling.holder(&holding),
        }
    }

    /// In a sentence.
    pub(crate) fn sentence(&self) -> &str {
        &self.sentence
    }
}

impl Holder {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Us => "us",
            Self::Others => "others",
            Self::Gone => "gone",
        }
    }

    pub(crate) fn tone(self) -> Option<Tone> {
        match self {
            Self::Us => None,
            Self::Others => Some(Tone::Warning),
            Self::Gone => Some(Tone::Quiet),
        }
    }
}
