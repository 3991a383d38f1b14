//! What happens behind the webhooks in a chat: the module's own events (timers, signals,
//! commands), attempts that fail, events that are parked. LINE has no part in it, and the emulator
//! cannot know it: whoever assembles the stack hands in how to find it.

use std::sync::Arc;

use futures::future::BoxFuture;

/// Which chat is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChatKey {
    /// The account.
    pub bot: String,
    /// The user, group or room.
    pub chat: String,
}

/// What happens behind the webhooks in a chat, and for its account as a whole.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Behind {
    /// Timers that are set and not due, in the order in which they are due.
    pub timers: Vec<SetTimer>,
    /// Events that no webhook has.
    pub events: Vec<OwnEvent>,
    /// What went wrong.
    pub notes: Vec<Note>,
}

/// A timer that waits for its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetTimer {
    /// The name that the module gave it.
    pub name: String,
    /// When it is due, in milliseconds since 1970.
    pub due_at: i64,
}

/// An event that no webhook has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEvent {
    /// Its id.
    pub id: String,
    /// Whether it is of the chat, and not of the account itself.
    pub of_chat: bool,
    /// What it is: `Timer`, `Signal`, `Command`.
    pub kind: String,
    /// The name that the module or the company gave it.
    pub name: String,
    /// What goes with it, as JSON.
    pub payload: String,
    /// When it was handed to the module first, in milliseconds since 1970.
    pub at: i64,
}

/// Something went wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Grows with each note.
    pub number: u64,
    /// The event's id.
    pub event: String,
    /// Whether it is of the chat, and not of the account itself.
    pub of_chat: bool,
    /// What went wrong.
    pub kind: NoteKind,
    /// Which event it is, in words: `timer "remind"`.
    pub about: String,
    /// Why.
    pub reason: String,
    /// What happens next, in a sentence.
    pub next: String,
    /// When, in milliseconds since 1970.
    pub at: i64,
}

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteKind {
    /// An attempt at the event: it comes again.
    Failed,
    /// The event is set aside until a person looks at it.
    Parked,
    /// LINE has not taken something that was to be sent.
    Refused,
}

impl NoteKind {
    /// The word on the timeline.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "Failed",
            Self::Parked => "Parked",
            Self::Refused => "Refused",
        }
    }
}

/// Finds what happens behind the webhooks in a chat.
pub(crate) type FindBehind = Arc<dyn Fn(ChatKey) -> BoxFuture<'static, Behind> + Send + Sync>;

/// Makes an address that signs in to an account's management screen, or says why not.
pub(crate) type SignIn =
    Arc<dyn Fn(String) -> BoxFuture<'static, Result<String, String>> + Send + Sync>;

/// Changes settings of an account, given as a JSON object, or says why not.
pub(crate) type SetSettings =
    Arc<dyn Fn(String, serde_json::Value) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;
