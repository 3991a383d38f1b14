//! What goes wrong.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What goes wrong with one call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// Which kind of call: an action of AWS, or a word for one of LINE's.
    pub call: String,
    /// Which of them, from 1.
    pub nth: u32,
    /// What goes wrong.
    pub harm: Harm,
}

/// A call that is slow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Slow {
    /// Which kind of call, as a fault's.
    pub call: String,
    /// Which of them, from 1.
    pub nth: u32,
    /// How long it takes to get there, in milliseconds.
    pub there_ms: u64,
    /// How long its answer takes, in milliseconds.
    pub back_ms: u64,
}

/// What goes wrong with calls to a server for a while.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Outage {
    /// Whose.
    pub server: Server,
    /// Only of these calls, if given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// From when.
    pub from_ms: u64,
    /// Until when.
    pub to_ms: u64,
    /// What goes wrong.
    pub harm: Harm,
}

/// The event source is switched off for a while, and the queue keeps what comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// From when.
    pub from_ms: u64,
    /// Until when.
    pub to_ms: u64,
}

/// Who is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Server {
    /// DynamoDB.
    Table,
    /// SQS.
    Queue,
    /// LINE.
    Line,
}

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    /// No connection.
    NotConnected,
    /// Not done, and the connection breaks.
    RequestLost,
    /// Not done, and never answered.
    TimedOutBefore,
    /// Done, and the connection breaks.
    AnswerLost,
    /// Done, and never answered.
    TimedOutAfter,
    /// Done this many milliseconds later, whoever still waits.
    Late(u64),
    /// Not done: an internal error.
    Error,
    /// Done, and answered with an internal error.
    ErrorAfter,
    /// Not done: too many calls.
    Throttled,
    /// Not done: a transaction is at the row.
    Conflict,
    /// Someone else has settled the event a moment before.
    Settled,
    /// Only a part is done.
    Partly,
    /// LINE's 423.
    Locked,
    /// LINE refuses it, with this status.
    Refused(u16),
    /// The process ends before the call is done.
    CrashBefore,
    /// The process ends after the call is done.
    CrashAfter,
}

impl fmt::Display for Harm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotConnected => "not connected",
            Self::RequestLost => "request lost",
            Self::TimedOutBefore => "timed out before",
            Self::AnswerLost => "answer lost",
            Self::TimedOutAfter => "timed out after",
            Self::Late(_) => "late",
            Self::Error => "error",
            Self::ErrorAfter => "error after",
            Self::Throttled => "throttled",
            Self::Conflict => "conflict",
            Self::Settled => "settled by another",
            Self::Partly => "partly",
            Self::Locked => "locked",
            Self::Refused(_) => "refused",
            Self::CrashBefore => "crash before",
            Self::CrashAfter => "crash after",
        })
    }
}
