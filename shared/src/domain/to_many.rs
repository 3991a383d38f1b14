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
    /// To some of the friends, later.
    Narrowcast(Narrowcast),
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

/// To some of the friends: LINE takes it at once and makes it later. Messages are LINE's message
/// objects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Narrowcast {
    /// One to five messages.
    pub messages: Vec<Value>,
    /// To whom; all friends if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Recipient>,
    /// LINE's demographic filter object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demographic: Option<Value>,
    /// How many at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most: Option<u32>,
    /// Whether the users' phones do not notify of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub silent: bool,
}

/// To whom a narrowcast goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// The audience of this name that the module has made.
    Audience(String),
    /// Any audience of the account's, by its id at LINE.
    AudienceId(u64),
    /// Who has received an earlier narrowcast, by its request id.
    WhoReceived(String),
    /// Who is in all of these: 1 to 10.
    All(Vec<Recipient>),
    /// Who is in any of these: 1 to 10.
    Any(Vec<Recipient>),
    /// Who is not in it.
    Not(Box<Recipient>),
}

impl Recipient {
    /// The audience of this name that the module has made.
    pub fn audience(name: impl Into<String>) -> Self {
        Self::Audience(name.into())
    }
}

impl ToManyEffect {
    /// What is sent.
    pub fn messages(&self) -> &[Value] {
        match self {
            Self::Multicast(send) => &send.messages,
            Self::Broadcast(send) => &send.messages,
            Self::Narrowcast(send) => &send.messages,
        }
    }

    /// One word for logs and screens.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Multicast(_) => "multicast",
            Self::Broadcast(_) => "broadcast",
            Self::Narrowcast(_) => "narrowcast",
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(flag: &bool) -> bool {
    !flag
}
