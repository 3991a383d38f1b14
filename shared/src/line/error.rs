//! LINE's refusals, cut by what the caller does next.

use serde::Deserialize;

use crate::domain::Timestamp;
use crate::line::assertion::BadKey;
use crate::line::endpoint::Rate;
use crate::line::endpoints::table::ALL;
use crate::line::http::{Answer, NoAnswer};
use crate::secret::SecretError;

/// A call to LINE that did not succeed.
#[derive(Debug, thiserror::Error)]
#[error("{operation}: {kind}: {message}{}", .request_id.as_deref().map(|id| format!(" (LINE's request id {id})")).unwrap_or_default())]
pub struct LineError {
    /// What the caller does next.
    pub kind: LineErrorKind,
    /// Which call.
    pub operation: &'static str,
    /// LINE's status, if it answered.
    pub status: Option<u16>,
    /// LINE's own words, for the log and the ledger.
    pub message: Box<str>,
    /// Where in the request LINE finds the fault, if it says so.
    pub positions: Box<[Position]>,
    /// LINE's request id, for its support.
    pub request_id: Option<Box<str>>,
    /// The second in which LINE answered, if it did.
    pub date: Option<Timestamp>,
    /// When a call is worth trying again, where our own count of LINE's limits
    /// has stopped it.
    pub free_at: Option<Timestamp>,
    /// What lies under it.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What the caller does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineErrorKind {
    /// It never left us: try again later.
    #[error("not sent")]
    NotSent,
    /// Over a rate, LINE's or by our own count; not accepted, surely: try again
    /// later.
    #[error("throttled")]
    Throttled,
    /// Another channel has just taken the chat (423); not done, surely: try again
    /// within seconds, or leave it to them.
    #[error("another channel has just taken the chat")]
    Standby,
    /// It may have been accepted: try again only where a second time is harmless.
    #[error("no definite answer")]
    Open,
    /// LINE is still preparing what was asked for (202), as a user's video: try again later.
    #[error("not ready yet")]
    NotReady,
    /// Not before the month ends, or the account's plan changes.
    #[error("the monthly quota is reached")]
    QuotaReached,
    /// Our token, or the channel's secret, is not taken: an operator must look.
    #[error("the channel's credentials are refused")]
    Credentials,
    /// A scope that the call needs is known not to be granted; nothing was sent.
    /// The account's admin must link again.
    #[error("a scope is missing")]
    ScopeMissing,
    /// LINE refuses it: the account did not grant this, or is not attached; LINE
    /// does not tell which.
    #[error("forbidden")]
    Forbidden,
    /// The module channel is not attached to the account.
    #[error("not attached")]
    NotAttached,
    /// The user, chat or thing is not there.
    #[error("not found")]
    NotFound,
    /// It was there, and is no more: an unsent message's content, a closed coupon.
    #[error("gone")]
    Gone,
    /// The reply token was used, or is too old.
    #[error("the reply token is not taken")]
    ReplyToken,
    /// The place in a list is no longer good: begin from its start.
    #[error("the continuation is no longer good")]
    StartExpired,
    /// The request is wrong, now and later.
    #[error("invalid")]
    Invalid,
}

impl LineErrorKind {
    /// Whether LINE surely has done nothing, and another try later may succeed.
    pub fn may_pass(self) -> bool {
        matches!(
            self,
            Self::NotSent | Self::Throttled | Self::Standby | Self::NotReady | Self::Credentials
        )
    }
}

/// A place in the request, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// `messages[0].text`, and so on.
    pub property: String,
    /// LINE's words.
    pub message: String,
}

/// LINE has two shapes of errors: the Messaging API's and OAuth's.
#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    details: Vec<Detail>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    error_description: Option<String>,
}

#[derive(Deserialize)]
struct Detail {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    property: Option<String>,
}

impl LineError {
    /// From an answer that is no success.
    pub(crate) fn refused(operation: &'static str, answer: &Answer) -> Self {
        let body: ErrorBody = answer.json().unwrap_or_default();
        let message = shortened(body.text());
        Self {
            status: Some(answer.status),
            request_id: answer.request_id.as_deref().map(Into::into),
            date: answer.date,
            positions: body.positions(),
            ..Self::new(kind_of(answer.status, &message), operation, message)
        }
    }

    fn new(kind: LineErrorKind, operation: &'static str, message: impl Into<Box<str>>) -> Self {
        Self {
            kind,
            operation,
            status: None,
            message: message.into(),
            positions: Box::default(),
            request_id: None,
            date: None,
            free_at: None,
            source: None,
        }
    }

    /// The scope that LINE names for the call, if it names one.
    pub fn scope(&self) -> Option<&'static str> {
        let mut endpoints = ALL.iter();
        endpoints.find(|facts| facts.name == self.operation)?.scope
    }

    /// From no answer at all.
    pub(crate) fn no_answer(operation: &'static str, error: NoAnswer) -> Self {
        let kind = match error {
            NoAnswer::NotConnected(_) => LineErrorKind::NotSent,
            _ => LineErrorKind::Open,
        };
        let message = error.to_string();
        Self {
            source: Some(error.into()),
            ..Self::new(kind, operation, message)
        }
    }

    /// The request could not even be made.
    pub(crate) fn unsendable(operation: &'static str, error: impl std::fmt::Display) -> Self {
        Self::new(
            LineErrorKind::Invalid,
            operation,
            shortened(error.to_string()),
        )
    }

    /// The call needs a scope that the account did not grant.
    pub(crate) fn scope_missing(operation: &'static str, scope: &str) -> Self {
        let message =
            format!("it needs {scope}: ask the account's admin to link again and grant {scope}");
        Self::new(LineErrorKind::ScopeMissing, operation, message)
    }

    /// One call more would be over LINE's limit until `free_at`, and that is later
    /// than the caller can wait.
    pub(crate) fn limited(operation: &'static str, rate: Rate, free_at: Timestamp) -> Self {
        let message = format!("{rate} are LINE's limit");
        Self {
            free_at: Some(free_at),
            ..Self::new(LineErrorKind::Throttled, operation, message)
        }
    }

    /// The key for assertions cannot be used: an operator must look.
    pub(crate) fn bad_key(operation: &'static str, error: BadKey) -> Self {
        let message = error.to_string();
        Self {
            source: Some(error.into()),
            ..Self::new(LineErrorKind::Credentials, operation, message)
        }
    }

    /// Calls could not be counted, so none was made.
    pub(crate) fn uncounted(operation: &'static str, reason: &str) -> Self {
        let message = format!("its calls could not be counted: {reason}");
        Self::new(LineErrorKind::NotSent, operation, message)
    }

    /// What is left of the month's quota is kept for something else.
    pub(crate) fn quota_kept(operation: &'static str, message: String) -> Self {
        Self::new(LineErrorKind::QuotaReached, operation, message)
    }

    /// LINE has taken note of a question and has no answer yet.
    pub(crate) fn not_ready(operation: &'static str, answer: &Answer) -> Self {
        let message = "LINE is still preparing it";
        Self {
            status: Some(answer.status),
            request_id: answer.request_id.as_deref().map(Into::into),
            date: answer.date,
            ..Self::new(LineErrorKind::NotReady, operation, message)
        }
    }

    /// A file is larger than the caller wants.
    pub(crate) fn too_large(operation: &'static str) -> Self {
        let message = "the file is larger than wanted";
        Self::new(LineErrorKind::Invalid, operation, message)
    }

    /// The same trouble, met before the call itself was made: whatever it is, the
    /// call was not.
    pub(crate) fn before_sending(mut self) -> Self {
        if self.kind != LineErrorKind::Credentials {
            self.kind = LineErrorKind::NotSent;
        }
        self
    }

    /// An earlier try of the same call may have been accepted, whatever this one says.
    pub(crate) fn left_open(mut self) -> Self {
        self.kind = LineErrorKind::Open;
        self
    }

    /// A success whose body is not what LINE documents.
    pub(crate) fn unreadable(operation: &'static str, answer: &Answer) -> Self {
        let message = "the answer is not what LINE documents";
        Self {
            status: Some(answer.status),
            request_id: answer.request_id.as_deref().map(Into::into),
            date: answer.date,
            ..Self::new(LineErrorKind::Open, operation, message)
        }
    }

    /// The channel secret could not be read: nothing was sent.
    pub(crate) fn secret(operation: &'static str, error: SecretError) -> Self {
        let message = error.to_string();
        Self {
            source: Some(error.into()),
            ..Self::new(LineErrorKind::NotSent, operation, message)
        }
    }

    /// Whether LINE says that our id and secret do not fit.
    pub(crate) fn is_invalid_client(&self) -> bool {
        matches!(self.status, Some(400 | 401)) && self.message.contains("invalid_client")
    }

    /// Whether only our configuration can be the cause, by OAuth's error codes (RFC 6749,
    /// section 5.2). A wrong channel secret is of [`LineErrorKind::Credentials`].
    pub fn is_of_our_configuration(&self) -> bool {
        const CODES: [&str; 4] = [
            "invalid_request",
            "invalid_scope",
            "unauthorized_client",
            "unsupported_grant_type",
        ];
        let code = self.message.split("; ").next().unwrap_or_default();
        self.kind == LineErrorKind::Credentials || CODES.contains(&code)
    }

    /// Whether LINE does not take the code of an attach: it is used, too old or invented.
    pub fn is_invalid_grant(&self) -> bool {
        self.status == Some(400) && self.message.contains("invalid_grant")
    }
}

/// LINE's words go into the ledger, whose rows have a limit.
fn shortened(mut text: String) -> String {
    const MOST: usize = 500;
    if text.len() > MOST {
        let end = (0..=MOST)
            .rev()
            .find(|at| text.is_char_boundary(*at))
            .unwrap_or(0);
        text.truncate(end);
        text.push('…');
    }
    text
}

impl ErrorBody {
    fn positions(&self) -> Box<[Position]> {
        let position = |detail: &Detail| Position {
            property: detail.property.clone().unwrap_or_default(),
            message: detail.message.clone().unwrap_or_default(),
        };
        self.details.iter().map(position).collect()
    }

    fn text(&self) -> String {
        let mut parts: Vec<String> = [&self.message, &self.error, &self.error_description]
            .into_iter()
            .flatten()
            .cloned()
            .collect();
        for detail in &self.details {
            let place = detail.property.as_deref().unwrap_or_default();
            parts.push(
                format!("{place} {}", detail.message.as_deref().unwrap_or_default())
                    .trim()
                    .to_owned(),
            );
        }
        if parts.is_empty() {
            "no reason given".into()
        } else {
            parts.join("; ")
        }
    }
}

/// 429 has three meanings that only the message tells apart; neither a rate nor
/// a concurrency 429 was accepted
/// (<https://developers.line.biz/en/reference/messaging-api/#error-responses>).
fn kind_of(status: u16, message: &str) -> LineErrorKind {
    match status {
        400 if message.contains("Invalid reply token") => LineErrorKind::ReplyToken,
        400 if message.contains("Invalid start param") => LineErrorKind::StartExpired,
        400 if message.contains("not detachable") => LineErrorKind::NotAttached,
        400 | 401 if message.contains("invalid_client") => LineErrorKind::Credentials,
        401 => LineErrorKind::Credentials,
        403 => LineErrorKind::Forbidden,
        404 => LineErrorKind::NotFound,
        410 => LineErrorKind::Gone,
        429 if message.contains("monthly limit") => LineErrorKind::QuotaReached,
        423 => LineErrorKind::Standby,
        429 => LineErrorKind::Throttled,
        400..=499 => LineErrorKind::Invalid,
        _ => LineErrorKind::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_message_tells_a_full_quota_from_a_rate_limit() {
        assert_eq!(
            kind_of(429, "You have reached your monthly limit."),
            LineErrorKind::QuotaReached
        );
        assert_eq!(
            kind_of(
                429,
                "The API rate limit has been exceeded. Try again later."
            ),
            LineErrorKind::Throttled
        );
    }

    #[test]
    fn five_hundreds_leave_it_open_and_four_hundreds_are_definite() {
        assert_eq!(kind_of(500, ""), LineErrorKind::Open);
        assert_eq!(kind_of(302, ""), LineErrorKind::Open);
        assert_eq!(
            kind_of(400, "Invalid reply token"),
            LineErrorKind::ReplyToken
        );
        assert_eq!(kind_of(413, ""), LineErrorKind::Invalid);
    }

    #[test]
    fn both_shapes_of_error_are_shown_in_one_line() {
        let oauth: ErrorBody =
            serde_json::from_str(r#"{"error":"invalid_client","error_description":"x"}"#).unwrap();
        assert_eq!(oauth.text(), "invalid_client; x");
        let api: ErrorBody = serde_json::from_str(
            r#"{"message":"The request body has 1 error(s)","details":[{"message":"May not be empty","property":"messages[0].text"}]}"#,
        )
        .unwrap();
        assert_eq!(
            api.text(),
            "The request body has 1 error(s); messages[0].text May not be empty"
        );
    }
}
