//! The accounts that the module channel is attached to.

use serde::{Deserialize, Serialize};

use crate::domain::{BotId, Timestamp};
use crate::line::endpoint::{Endpoint, Facts, ForChannel, Query, endpoint};
use crate::line::endpoints::table::BOT_LIST;
use crate::line::error::LineErrorKind;
use crate::line::http::Answer;
use crate::line::{LineClient, LineError};

/// A page of the list has this many accounts at most; more must not be asked for.
const PAGE: u32 = 100;

/// Asks for a page of the accounts
/// (<https://developers.line.biz/en/reference/partner-docs/#get-multiple-bot-info-api>).
#[derive(Debug, Clone, Copy)]
pub struct ListBots<'a> {
    /// The page before's `next`.
    pub start: Option<&'a str>,
}

impl Endpoint for ListBots<'_> {
    const FACTS: &'static Facts = &BOT_LIST;
    type By = ForChannel;
    type Answer = BotPage;

    fn query(&self) -> Query {
        let page = Query::default().and("limit", &PAGE);
        page.and("start", &self.start)
    }

    fn read(answer: &Answer) -> Option<BotPage> {
        answer.json()
    }
}

/// One page of the list of accounts.
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

/// Unlinks the module channel from an account
/// (<https://developers.line.biz/en/reference/partner-docs/#unlink-detach-module-channel-by-operation-mc-admin>).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detach<'a> {
    /// The account.
    #[serde(rename = "botId")]
    pub bot: &'a BotId,
}

endpoint!(Detach<'_>: DETACH, ForChannel -> (), body());

/// What a detach has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detached {
    /// LINE has detached it, by the end of this second of its clock.
    At(Timestamp),
    /// It was not attached any more, at the start of this second of LINE's clock at the
    /// latest: an earlier attach is over, a later one is not denied.
    Already(Timestamp),
}

impl LineClient {
    /// A page of the accounts; `start` is the page before's `next`. One that is
    /// older than 24 hours is refused as
    /// [`StartExpired`](crate::line::error::LineErrorKind::StartExpired): begin
    /// the walk again.
    ///
    /// # Errors
    /// LINE's refusal, or that it could not be asked.
    pub async fn bots(&self, start: Option<&str>) -> Result<BotPage, LineError> {
        let answered = self.ask(&ListBots { start }).await?;
        let at = answered.date.unwrap_or_else(|| self.now());
        Ok(BotPage {
            at,
            ..answered.value
        })
    }

    /// Unlinks the module channel from an account. One that is not attached is no
    /// error: a second detach finds what the first has done.
    ///
    /// # Errors
    /// LINE's refusal, or that its answer is not known.
    pub async fn detach(&self, bot: &BotId) -> Result<Detached, LineError> {
        let asked_at = self.now();
        match self.ask(&Detach { bot }).await {
            Ok(answered) => Ok(Detached::At(
                answered.end_of_second().unwrap_or_else(|| self.now()),
            )),
            Err(error) if error.kind == LineErrorKind::NotAttached => {
                Ok(Detached::Already(error.date.unwrap_or(asked_at)))
            }
            Err(error) => Err(error),
        }
    }
}
