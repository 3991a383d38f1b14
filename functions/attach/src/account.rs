//! The account that an attach was about: saved, held against the link's limit, reported to
//! the module, and shown.

use serde::{Deserialize, Serialize};
use shared::detach::{DetachError, detach};
use shared::domain::{BotId, Scopes, Timestamp};
use shared::line::attach::{AttachTerms, Attached};
use shared::line::endpoints::bot::BotInfo;
use shared::line::event;
use shared::metrics::Metric;
use shared::queue::Job;
use shared::store::BotRow;

use crate::App;
use crate::pages::{Outcome, Trouble};

/// How an attach ended. It is kept in the attach's row, so that a second callback and a page
/// that is loaded again show the same.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    /// LINE attached this account.
    Attached(Account),
    /// LINE attached another account than the link is for.
    AnotherAttached {
        account: Account,
        /// Whether it stays attached; else it is being detached.
        stays: bool,
    },
    Not(Trouble),
}

/// An account as LINE attached it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    bot: BotId,
    scopes: Scopes,
    at: Timestamp,
}

impl From<Attached> for Account {
    fn from(attached: Attached) -> Self {
        Self {
            bot: attached.bot,
            scopes: attached.scopes,
            at: attached.at,
        }
    }
}

impl Ending {
    /// The account that LINE attached, if it attached one.
    pub(crate) fn bot(&self) -> Option<&BotId> {
        match self {
            Self::Attached(account) | Self::AnotherAttached { account, .. } => Some(&account.bot),
            Self::Not(_) => None,
        }
    }

    /// What it counts as: a refusal is the admin's or LINE's own, a failure is somebody's
    /// work.
    pub(crate) fn metric(&self) -> Metric {
        match self {
            Self::Attached(_) => Metric::AttachesLinked,
            Self::AnotherAttached { .. } => Metric::AttachesRefused,
            Self::Not(trouble) => match trouble {
                Trouble::Refused
                | Trouble::StartOver
                | Trouble::OtherBrowser
                | Trouble::Unlinked => Metric::AttachesRefused,
                Trouble::TryLater
                | Trouble::TryAgain
                | Trouble::Failed
                | Trouble::Misconfigured
                | Trouble::Interrupted => Metric::AttachesFailed,
            },
        }
    }

    /// What its page says, by the account's row as it is now.
    pub(crate) fn outcome(&self, row: Option<BotRow>, terms: &AttachTerms) -> Outcome {
        match self {
            Self::Attached(account) => account.outcome(row.unwrap_or_default(), &terms.scope),
            Self::AnotherAttached { stays, .. } => Outcome::AnotherLinked {
                asked: terms.basic_search_id.clone().unwrap_or_default(),
                linked: row.and_then(|row| row.basic_id.or(row.display_name)),
                stays: *stays,
            },
            Self::Not(trouble) => Outcome::Not(*trouble),
        }
    }
}

impl Account {
    /// The row may be without this attach, where it could not be saved.
    fn outcome(&self, mut row: BotRow, asked: &str) -> Outcome {
        row.state.attach(self.at, &self.scopes);
        let name = row.display_name;
        if !row.state.is_attached() {
            return Outcome::Not(Trouble::Unlinked);
        }
        if row.state.is_suspended() {
            return Outcome::Suspended { name };
        }
        let missing = missing(asked, row.state.scopes());
        Outcome::Linked {
            bot: self.bot.clone(),
            name,
            missing,
        }
    }
}

/// Saves what LINE attached by an attach that was begun at `begun_at`. The account is linked
/// whatever happens here: if it cannot be saved now, the attached event and the reconciler do
/// it. Gives the account's row too, if it could be written.
pub(crate) async fn save(
    app: &App,
    account: Account,
    terms: &AttachTerms,
    begun_at: Timestamp,
) -> (Ending, Option<BotRow>) {
    let bot = &account.bot;
    tracing::info!(%bot, "an account is attached");
    let saved = app
        .store
        .change_bot(bot, |row| row.state.attach(account.at, &account.scopes));
    let saved = saved.await.inspect_err(
        |error| tracing::error!(%error, %bot, "an attached account could not be saved"),
    );
    let was_attached = saved.as_ref().map_or(true, |changed| {
        changed.before.state.was_attached_before(begun_at)
    });
    let info = info(app, bot).await;
    let named = name(app, &account, &info).await;
    let row = named.or(saved.ok().map(|changed| changed.row));
    if is_another(bot, &info, terms) {
        let stays = was_attached || !begin_detach(app, bot).await;
        return (Ending::AnotherAttached { account, stays }, row);
    }
    if let Some(row) = &row {
        tell(app, bot, row).await;
    }
    (Ending::Attached(account), row)
}

/// The module hears of it through the queue, if it has not yet.
async fn tell(app: &App, bot: &BotId, row: &BotRow) {
    let Some(event) = event::of_unreported(bot, &row.state) else {
        return;
    };
    let queued = match Job::of_account(bot.clone(), app.now(), event) {
        Ok(job) => app.queue.send_jobs(vec![job]).await,
        Err(error) => return tracing::error!(%error, "an attach cannot be written as a job"),
    };
    if let Err(error) = queued {
        tracing::warn!(%error, %bot, "the module will hear of an attach later");
    }
}

/// What LINE says of the account; nothing, if it cannot be asked.
async fn info(app: &App, bot: &BotId) -> BotInfo {
    app.line.bot(bot).info().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the account's name could not be read");
        BotInfo::default()
    })
}

/// Keeps the account's name, and the attach if the table was away before; gives the row, if
/// that works.
async fn name(app: &App, account: &Account, info: &BotInfo) -> Option<BotRow> {
    let named = app.store.update_bot(&account.bot, |row| {
        row.state.attach(account.at, &account.scopes);
        row.display_name = info.display_name.clone().or(row.display_name.take());
        row.basic_id = info.basic_id.clone().or(row.basic_id.take());
    });
    named
        .await
        .inspect_err(|error| tracing::warn!(%error, "the account's name could not be saved"))
        .ok()
}

/// Whether it is surely another account than the link is for, whose id may be in either case
/// and the basic one or the premium one. LINE holds the account against
/// the limit as well, and alone against region and brand type: bot info has neither.
fn is_another(bot: &BotId, info: &BotInfo, terms: &AttachTerms) -> bool {
    let Some(limit) = &terms.basic_search_id else {
        return false;
    };
    let Some(basic_id) = &info.basic_id else {
        tracing::warn!(%bot, "whether an account is the one of its link could not be checked");
        return false;
    };
    let ids = [Some(basic_id), info.premium_id.as_ref()];
    !ids.into_iter()
        .flatten()
        .any(|id| limit.eq_ignore_ascii_case(id))
}

/// Detaches an account that the link was not for; whether that has begun.
async fn begin_detach(app: &App, bot: &BotId) -> bool {
    match detach(&app.store, &app.queue, bot, &app.clock).await {
        Ok(()) => {
            tracing::warn!(%bot, "an account that its link is not for is to be detached");
            true
        }
        Err(DetachError::NotQueued(error)) => {
            tracing::warn!(%error, %bot, "the reconciler will detach an account");
            true
        }
        Err(error) => {
            tracing::error!(%error, %bot, "an account stays attached that its link is not for");
            false
        }
    }
}

/// Scopes that were asked for and are known not to be granted.
fn missing(asked: &str, granted: &Scopes) -> Vec<String> {
    asked
        .split(' ')
        .filter(|scope| !granted.may(scope))
        .map(str::to_owned)
        .collect()
}
