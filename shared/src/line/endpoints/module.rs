//! The accounts that the module channel is attached to.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::domain::{BotId, Timestamp};
use crate::line::client::Call;
use crate::line::http::encode;
use crate::line::{LineClient, LineError};

/// A page of the list has this many accounts at most; more must not be asked for.
const PAGE: u32 = 100;

/// One page of the list of accounts
/// (<https://developers.line.biz/en/reference/partner-docs/#get-multiple-bot-info-api>).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BotPage {
    /// When LINE answered: the start of that second.
    #[serde(skip)]
    pub at: Timestamp,
    /// The accounts.
    pub bots: Vec<ListedBot>,
    /// Where the next page begins, good for 24 hours; none on the last page.
    #[serde(default)]
    pub next: Option<String>,
}

/// One account of the list. The list has no scopes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedBot {
    /// Its bot id.
    pub user_id: BotId,
    /// The id that people search for.
    #[serde(default)]
    pub basic_id: Option<String>,
    /// Its name.
    #[serde(default)]
    pub display_name: Option<String>,
}

/// What a detach has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detached {
    /// LINE has detached it, by the end of this second of its clock.
    At(Timestamp),
    /// It was not attached any more.
    Already,
}

impl LineClient {
    /// A page of the accounts; `start` is the page before's `next`. One that is
    /// older than 24 hours is refused as
    /// [`StartExpired`](crate::line::error::LineErrorKind::StartExpired): begin
    /// the walk anew.
    ///
    /// # Errors
    /// LINE's refusal, or that it could not be asked.
    pub async fn bots(&self, start: Option<&str>) -> Result<BotPage, LineError> {
        let start = start
            .map(|start| format!("&start={}", encode(start)))
            .unwrap_or_default();
        let path = format!("/v2/bot/list?limit={PAGE}{start}");
        let (page, at): (BotPage, _) = self.get("list the bots", &path).await?;
        let at = at.unwrap_or_else(|| self.now());
        Ok(BotPage { at, ..page })
    }

    /// Unlinks the module channel from an account. One that is not attached is no
    /// error: a second detach finds what the first has done
    /// (<https://developers.line.biz/en/reference/partner-docs/#unlink-detach-module-channel-by-operation-mc-admin>).
    ///
    /// # Errors
    /// LINE's refusal, or that its answer is not known.
    pub async fn detach(&self, bot: &BotId) -> Result<Detached, LineError> {
        let operation = "detach a bot";
        let call = Call {
            operation,
            method: Method::POST,
            path: "/v2/bot/channel/detach",
            retry_key: None,
        };
        let answer = self.post(&call, &json!({ "botId": bot })).await?;
        match answer.status {
            200 => Ok(Detached::At(
                answer.end_of_second().unwrap_or_else(|| self.now()),
            )),
            400 => match LineError::refused(operation, &answer) {
                error if error.message.contains("not detachable") => Ok(Detached::Already),
                error => Err(error),
            },
            _ => Err(LineError::refused(operation, &answer)),
        }
    }
}
