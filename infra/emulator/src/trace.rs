//! What became of an event behind the webhook. The emulator cannot know it: whoever assembles the
//! stack hands in how to find it.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};

/// Which event a trace is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TraceKey {
    /// The bot that the event is for.
    pub bot: String,
    /// The user, group or room of its source. `None` for events of the account itself.
    pub chat: Option<String>,
    /// Its `webhookEventId`.
    pub event: String,
}

/// What became of an event. Words that are not known here are shown as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// What it came to, in a word: `handled`, `standby`, `failed`…
    pub verdict: String,
    /// How far it is: `planned`, `done`, `failed` or `parked`.
    pub outcome: String,
    /// Why, in a sentence.
    pub reason: Option<String>,
    /// What happens next, in a sentence: that it is tried again and when, or what it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The event's type.
    pub kind: String,
    /// Attempts that failed.
    pub attempts: u32,
    /// When it happened, by LINE's clock, in milliseconds since 1970.
    pub at: i64,
    /// When it was received, by the receiver's clock, in milliseconds since 1970.
    pub received_at: i64,
    /// What was to be sent, in order.
    pub effects: Vec<TraceEffect>,
}

impl Trace {
    /// Whether it is not settled: more may come of it.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.outcome.as_str(), "done" | "parked")
    }
}

/// One send, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceEffect {
    /// What it is: `reply`, `push`, `acquire`…
    pub name: String,
    /// What became of it: `pending`, `sent`, `refused`…
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// LINE's request id.
    pub request_id: Option<String>,
}

/// Finds a trace. `None` where there is none yet.
pub(crate) type FindTrace =
    Arc<dyn Fn(TraceKey) -> BoxFuture<'static, Option<Trace>> + Send + Sync>;

/// How an event is run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunAgain {
    /// What is done stays done.
    Respect,
    /// All of it, what was sent too.
    Force,
    /// Only to show what the module would do.
    Shadow,
}

/// Runs an event again, by its JSON as far as it is known. Gives what to show, or a
/// sentence why not.
pub(crate) type RunEvent = Arc<
    dyn Fn(TraceKey, RunAgain, Option<String>) -> BoxFuture<'static, Result<String, String>>
        + Send
        + Sync,
>;

/// A sentence for a verdict that comes without a reason.
pub(crate) fn meaning(verdict: &str) -> &'static str {
    match verdict {
        "handled" => "The module handled it.",
        "recorded" => "It was recorded; nothing was to be done.",
        "standby" => "Another channel holds the chat.",
        "gone" => "Nobody is there any more to be answered.",
        "suspended" => "The account is suspended.",
        "paused" => "An operator has paused the account, or the whole channel.",
        "not_entitled" => "The company's billing says that the account is not to be served.",
        "detached" => "The account is not attached.",
        "scope_missing" => "A scope that it needs was not granted.",
        "to_many_not_allowed" => "It was to reach many, and nobody has said that it may.",
        "token_expired" => "The reply token had expired.",
        "unknown" => "Whether LINE took what was sent is not known.",
        "refused" => "LINE refused what was sent.",
        "failed" => "It failed.",
        "waiting" => "It is not finished yet.",
        _ => "",
    }
}
