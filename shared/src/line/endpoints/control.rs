//! Who holds a chat.

use std::time::Duration;

use serde::Serialize;

use crate::domain::{ChatId, MayControl, Timestamp};
use crate::line::endpoint::endpoint;
use crate::line::{BotClient, LineError};

/// LINE lets a chat be held for a year at most, unless it is without limit.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);

/// Takes a chat
/// (<https://developers.line.biz/en/reference/partner-docs/#acquire-control-api>).
#[derive(Debug, Clone, Serialize)]
pub struct Acquire<'a> {
    #[serde(skip)]
    chat: &'a ChatId,
    expired: bool,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u64>,
}

endpoint!(Acquire<'_>: ACQUIRE, ForBot -> (), places(chat), body());

impl<'a> Acquire<'a> {
    /// For `ttl`, up to a year, or without limit.
    pub fn new(_: &MayControl, chat: &'a ChatId, ttl: Option<Duration>) -> Self {
        let ttl = ttl.map(|ttl| ttl.clamp(Duration::from_secs(1), LONGEST).as_secs());
        Self {
            chat,
            expired: ttl.is_some(),
            ttl,
        }
    }
}

/// Gives a chat back
/// (<https://developers.line.biz/en/reference/partner-docs/#release-control-api>).
#[derive(Debug, Clone)]
pub struct Release<'a> {
    chat: &'a ChatId,
}

endpoint!(Release<'_>: RELEASE, ForBot -> (), places(chat));

impl<'a> Release<'a> {
    /// To the account's primary channel.
    pub fn new(_: &MayControl, chat: &'a ChatId) -> Self {
        Self { chat }
    }
}

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
    /// [`Standby`](crate::line::error::LineErrorKind::Standby): try again within
    /// seconds. 404 says that the user is no friend, or the account not in the
    /// group; 403 that `message:receive` is not granted.
    ///
    /// # Errors
    /// LINE's refusal, or that its answer is not known.
    pub async fn acquire(
        &self,
        may: &MayControl,
        chat: &ChatId,
        ttl: Option<Duration>,
    ) -> Result<Held, LineError> {
        let acquire = Acquire::new(may, chat, ttl);
        let answered = self.ask(&acquire).await?;
        let from = answered.date.unwrap_or_else(|| self.now());
        let until = acquire.ttl.map(|ttl| from.plus(Duration::from_secs(ttl)));
        Ok(Held { from, until })
    }

    /// Gives the chat back to the primary channel. Gives the moment from which on
    /// it surely is: the end of the second of LINE's answer.
    ///
    /// # Errors
    /// As [`BotClient::acquire`].
    pub async fn release(&self, may: &MayControl, chat: &ChatId) -> Result<Timestamp, LineError> {
        let answered = self.ask(&Release::new(may, chat)).await?;
        Ok(answered.end_of_second().unwrap_or_else(|| self.now()))
    }
}
