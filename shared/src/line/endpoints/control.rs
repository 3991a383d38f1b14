//! Who holds a chat.

use std::time::Duration;

use http::Method;
use serde_json::json;

use crate::domain::{ChatId, MayControl, Timestamp};
use crate::line::client::Call;
use crate::line::http::{Answer, encode};
use crate::line::{BotClient, LineError};

/// LINE lets a chat be held for a year at most, unless it is without limit.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// A chat that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// From when on it is ours: the start of the second of LINE's answer.
    pub from: Timestamp,
    /// Until when, if there is a limit.
    pub until: Option<Timestamp>,
}

impl BotClient {
    /// Takes the chat, for `ttl` or without limit; then it goes back to the
    /// primary channel, and LINE sends no event.
    ///
    /// A 423 (another channel took it a few seconds ago) is
    /// [`Throttled`](crate::line::error::LineErrorKind::Throttled): try again
    /// within seconds. 404 says that the user is no friend, or the account not in
    /// the group; 403 that `message:receive` is not granted
    /// (<https://developers.line.biz/en/reference/partner-docs/#acquire-control-api>).
    ///
    /// # Errors
    /// LINE's refusal, or that its answer is not known.
    pub async fn acquire(
        &self,
        _: &MayControl,
        chat: &ChatId,
        ttl: Option<Duration>,
    ) -> Result<Held, LineError> {
        let ttl = ttl.map(|ttl| ttl.clamp(Duration::from_secs(1), LONGEST));
        let body = match ttl {
            Some(ttl) => json!({ "expired": true, "ttl": ttl.as_secs() }),
            None => json!({ "expired": false }),
        };
        let path = control(chat, "acquire");
        let call = post("acquire a chat", &path);
        let answer = done(call.operation, self.post(&call, &body).await?)?;
        let from = answer.date.unwrap_or_else(|| self.now());
        let until = ttl.map(|ttl| from.plus(ttl));
        Ok(Held { from, until })
    }

    /// Gives the chat back to the primary channel. Gives the moment from which on
    /// it surely is: the end of the second of LINE's answer
    /// (<https://developers.line.biz/en/reference/partner-docs/#release-control-api>).
    ///
    /// # Errors
    /// As [`BotClient::acquire`].
    pub async fn release(&self, _: &MayControl, chat: &ChatId) -> Result<Timestamp, LineError> {
        let path = control(chat, "release");
        let call = post("release a chat", &path);
        let answer = done(call.operation, self.post_nothing(&call).await?)?;
        Ok(answer.end_of_second().unwrap_or_else(|| self.now()))
    }
}

fn control(chat: &ChatId, verb: &str) -> String {
    format!("/v2/bot/chat/{}/control/{verb}", encode(chat.as_str()))
}

fn post<'a>(operation: &'static str, path: &'a str) -> Call<'a> {
    Call {
        operation,
        method: Method::POST,
        path,
        retry_key: None,
    }
}

fn done(operation: &'static str, answer: Answer) -> Result<Answer, LineError> {
    match answer.status {
        200 => Ok(answer),
        _ => Err(LineError::refused(operation, &answer)),
    }
}
