//! What was sent: what counts, statistics and later sends go by.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Millis;

/// One send.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Sent {
    /// The request that asked for it.
    pub(crate) request_id: String,
    /// How it was sent.
    pub(crate) means: Means,
    /// When.
    pub(crate) at: Millis,
    pub(crate) messages: Vec<Value>,
    /// The chats that it reached.
    pub(crate) reached: Vec<String>,
    /// The people who are counted for it.
    pub(crate) people: u64,
    /// The unit that statistics are gathered under.
    pub(crate) unit: Option<String>,
    /// What else there is to a narrowcast.
    pub(crate) narrowcast: Option<Narrowcast>,
}

/// How messages are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Means {
    /// Reply.
    Reply,
    /// Push.
    Push,
    /// Multicast.
    Multicast,
    /// Narrowcast.
    Narrowcast,
    /// Broadcast.
    Broadcast,
    /// Notification message.
    Pnp,
    /// Notification message by a template.
    TemplatedPnp,
}

/// A narrowcast, which is taken on first and sent later.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Narrowcast {
    /// Whom it is for.
    pub(crate) targets: Vec<String>,
    /// When it is sent.
    pub(crate) due: Millis,
    /// What it keeps of the quota until then.
    pub(crate) reserved: u64,
    /// Why it is never sent: LINE's number and a sentence.
    pub(crate) failed: Option<(u32, String)>,
    /// Whether it is over.
    pub(crate) done: bool,
}
