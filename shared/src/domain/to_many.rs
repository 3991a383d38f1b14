//! What an account sends that is into no one chat: to users by their ids, or to all friends.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::UserId;

/// A send that reaches many. It is judged by the account's registers, and by whether the account
/// or the operator allows such sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToManyEffect {
    /// To users, by their ids.
    Multicast(Multicast),
    /// To all friends.
    Broadcast(Broadcast),
}

/// To users, by their ids. Messages are LINE's message objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Multicast {
    /// One to 500 users, each once.
    pub users: Vec<UserId>,
    /// One to five messages.
    pub messages: Vec<Value>,
    /// What it is counted under in the account's statistics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Whether the users' phones do not notify of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub silent: bool,
}

/// To all friends. Messages are LINE's message objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Broadcast {
    /// One to five messages.
    pub messages: Vec<Value>,
    /// Whether the users' phones do not notify of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub silent: bool,
}

impl ToManyEffect {
    /// What is sent.
    pub fn messages(&self) -> &[Value] {
        match self {
            Self::Multicast(send) => &send.messages,
            Self::Broadcast(send) => &send.messages,
        }
    }

    /// One word for logs and screens.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Multicast(_) => "multicast",
            Self::Broadcast(_) => "broadcast",
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}
