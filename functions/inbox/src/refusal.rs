//! Why a call is not taken, as its caller and the operator are told.

use serde::Serialize;
use shared::aws::reasons;
use shared::metrics::Metric;
use shared::secret::SecretError;

use crate::command::LARGEST_PAYLOAD;
use crate::signed::SIGNED_FOR;

/// Why a call is not taken.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// 401: a header is missing, or has not its form.
    Unsigned,
    /// 401: signed with a key that we do not have, or something else was signed.
    WrongSignature,
    /// 403: signed at another time than now.
    Stale {
        /// How many seconds it is off.
        off: u64,
        /// Our time, in Unix seconds.
        ours: u64,
    },
    /// 404: what can be no account's id.
    UnknownAccount,
    /// 404: what can be no chat's id.
    UnknownChat,
    /// 413.
    TooLarge,
    /// 400: signed, but no command.
    Malformed(String),
    /// 503: it cannot be checked, as long as there is no key to check it with.
    Unchecked(SecretError),
    /// 503: the queue has not taken it.
    NotQueued(String),
}

/// A call by direct invocation that may work when it is made again: the function's error, so
/// that Lambda itself repeats an asynchronous one.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotQueued(pub(crate) String);

/// A refusal, as its caller is told.
#[derive(Debug, Serialize)]
pub(crate) struct Told {
    /// One word for the caller's code.
    error: &'static str,
    /// What is wrong and what helps, for people.
    message: String,
}

impl Refusal {
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Unsigned | Self::WrongSignature => 401,
            Self::Stale { .. } => 403,
            Self::UnknownAccount | Self::UnknownChat => 404,
            Self::TooLarge => 413,
            Self::Unchecked(_) | Self::NotQueued(_) => 503,
        }
    }

    pub(crate) fn metric(&self) -> Metric {
        match self {
            Self::Unsigned | Self::WrongSignature => Metric::CommandsUnsigned,
            Self::Stale { .. } => Metric::CommandsStale,
            Self::UnknownAccount | Self::UnknownChat => Metric::CommandsMisplaced,
            Self::TooLarge => Metric::CommandsTooLarge,
            Self::Malformed(_) => Metric::CommandsMalformed,
            Self::Unchecked(_) => Metric::CommandsWithoutKey,
            Self::NotQueued(_) => Metric::CommandsNotQueued,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Unsigned => "unsigned",
            Self::WrongSignature => "wrong_signature",
            Self::Stale { .. } => "stale_timestamp",
            Self::UnknownAccount => "unknown_account",
            Self::UnknownChat => "unknown_chat",
            Self::TooLarge => "too_large",
            Self::Malformed(_) => "malformed",
            Self::Unchecked(SecretError::NotSet(_)) => "no_key",
            Self::Unchecked(_) => "key_unreadable",
            Self::NotQueued(_) => "not_queued",
        }
    }

    pub(crate) fn message(&self) -> String {
        match self {
            Self::Unsigned => "Sign the call: X-Inbox-Timestamp is the time in Unix seconds, \
                 X-Inbox-Signature the base64 of an HMAC-SHA256, 44 characters."
                .into(),
            Self::WrongSignature => "The signature does not fit. Sign the timestamp, a line feed, \
                 the path from /inbox/ on, a line feed and the body as it is sent, with the inbox_key \
                 of this stack."
                .into(),
            Self::Stale { off, ours } => format!(
                "The call was signed {off} seconds from now, and {} are allowed. Here it is {ours}. \
                 Make a new signature for each try, and check your clock.",
                SIGNED_FOR.as_secs()
            ),
            Self::UnknownAccount => "This is no account: its bot id begins with U, as the webhook's \
                 destination has it. The path is /inbox/{bot} or /inbox/{bot}/{chat}."
                .into(),
            Self::UnknownChat => "This is no chat: its id is that of a user, group or room, as events \
                 have it. The path is /inbox/{bot} or /inbox/{bot}/{chat}."
                .into(),
            Self::TooLarge => format!(
                "The payload has more than {LARGEST_PAYLOAD} bytes. Send less, or the address of the rest."
            ),
            Self::Malformed(reason) => {
                format!("The body is JSON with name, id and payload, and nothing else: {reason}")
            }
            Self::Unchecked(SecretError::NotSet(_)) => {
                "This stack has no key for its inbox yet: put an inbox_key into its secret.".into()
            }
            Self::Unchecked(_) => {
                "The inbox's key could not be read. Send the call again, with the same id.".into()
            }
            Self::NotQueued(_) => {
                "The command could not be queued. Send it again, with the same id.".into()
            }
        }
    }

    pub(crate) fn told(&self) -> Told {
        Told {
            error: self.word(),
            message: self.message(),
        }
    }

    pub(crate) fn log(&self) {
        let error = self.word();
        match self {
            Self::Unchecked(cause) => {
                let reason = reasons(cause);
                tracing::error!(error, reason, "a call could not be checked");
            }
            Self::NotQueued(reason) => {
                tracing::error!(error, reason, "a command could not be queued");
            }
            Self::Malformed(reason) => tracing::warn!(error, reason, "a call is refused"),
            Self::Stale { off, .. } => tracing::warn!(error, off, "a call is refused"),
            _ => tracing::warn!(error, "a call is refused"),
        }
    }
}
