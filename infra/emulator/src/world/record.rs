//! What the emulator writes down: each API call and each webhook.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::chat::Holder;

/// An API call received. Credentials are masked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub number: u64,
    /// When, in milliseconds since 1970 on the emulator's clock.
    pub at: i64,
    pub method: String,
    /// The host, where the caller's base address names one of LINE's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The path behind it.
    pub path: String,
    /// The query, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// The bot it was for, as far as that can be seen.
    pub bot: Option<String>,
    /// The chat it was for, as far as that can be seen.
    pub chat: Option<String>,
    /// The headers, with names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The status of the answer; of one that never comes, what it would have been.
    pub status: u16,
    /// The body: JSON as it is, a form as an object, else text.
    pub request: Value,
    /// The body of the answer.
    pub response: Value,
    /// Whether the emulator knows this endpoint. If not, the answer says nothing about LINE.
    pub emulated: bool,
    /// The fault that hit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

/// A webhook sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    pub number: u64,
    /// When, in milliseconds since 1970 on the emulator's clock.
    pub at: i64,
    /// The channel that it was sent to.
    #[serde(default = "module")]
    pub to: Holder,
    /// The bot it is for.
    pub bot: String,
    /// The chats of its events.
    pub chats: Vec<String>,
    /// The ids of its events.
    pub event_ids: Vec<String>,
    /// Whether it is a redelivery.
    pub redelivery: bool,
    pub body: String,
    /// The value of `x-line-signature`; none if it was left out.
    pub signature: Option<String>,
    /// The status of the answer.
    pub status: Option<u16>,
    /// How long the answer took.
    pub milliseconds: u64,
    /// Why it failed.
    pub failure: Option<Failure>,
}

fn module() -> Holder {
    Holder::Module
}

/// Why a webhook failed, in the words of LINE's error statistics.
///
/// Source: <https://developers.line.biz/en/docs/messaging-api/check-webhook-error-statistics/>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// No connection, or no webhook URL is set.
    CouldNotConnect,
    /// No answer in time.
    RequestTimeout,
    /// Another status than 2xx.
    ErrorStatusCode,
    /// Anything else.
    Unclassified,
}

impl Failure {
    /// The value in the answer to a webhook test.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::CouldNotConnect => "COULD_NOT_CONNECT",
            Self::RequestTimeout => "REQUEST_TIMEOUT",
            Self::ErrorStatusCode => "ERROR_STATUS_CODE",
            Self::Unclassified => "UNCLASSIFIED",
        }
    }

    /// The value in the control interface.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CouldNotConnect => "could_not_connect",
            Self::RequestTimeout => "request_timeout",
            Self::ErrorStatusCode => "error_status_code",
            Self::Unclassified => "unclassified",
        }
    }
}
