//! The account that an attach was about: saved, reported to the module, and shown.

use shared::domain::{BotId, Scopes};
use shared::line::attach::Attached;
use shared::line::endpoints::bot::BotInfo;
use shared::line::event;
use shared::queue::Job;
use shared::store::BotRow;

use crate::App;
use crate::pages::{Outcome, Trouble};
use crate::under_way::SHOWN_AGAIN;

/// Saves an attach. The account is linked whatever happens here: if it cannot be
/// saved now, the attached event and the reconciler do it.
pub(crate) async fn save(app: &App, state: &str, attached: &Attached, asked: &str) -> Outcome {
    let Attached { bot, scopes, at } = attached;
    tracing::info!(%bot, "an account is attached");
    let saved = app
        .store
        .update_bot(bot, |row| row.state.attach(*at, scopes));
    match saved.await {
        Ok(row) => tell(app, bot, &row).await,
        Err(error) => tracing::error!(%error, %bot, "an attached account could not be saved"),
    }
    let end = app.now().plus(SHOWN_AGAIN).seconds();
    if let Err(error) = app.store.end_attach(state, bot, end).await {
        tracing::warn!(%error, "the last page of an attach cannot be loaded again");
    }
    let row = name(app, bot).await;
    outcome(&row.unwrap_or_else(|| unsaved(attached)), asked)
}

/// What the last page says of an account.
pub(crate) fn outcome(row: &BotRow, asked: &str) -> Outcome {
    let name = row.display_name.clone();
    if !row.state.is_attached() {
        return Outcome::Not(Trouble::StartOver);
    }
    if row.state.is_suspended() {
        return Outcome::Suspended { name };
    }
    let missing = missing(asked, row.state.scopes());
    Outcome::Linked { name, missing }
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

/// Asks LINE for the account's name, and keeps it; the row, if all of that works.
async fn name(app: &App, bot: &BotId) -> Option<BotRow> {
    let info = app.line.bot(bot).info().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the account's name could not be read");
        BotInfo::default()
    });
    let named = app.store.update_bot(bot, |row| {
        row.display_name = info.display_name.clone().or(row.display_name.take());
        row.basic_id = info.basic_id.clone().or(row.basic_id.take());
    });
    named
        .await
        .inspect_err(|error| tracing::warn!(%error, "the account's name could not be saved"))
        .ok()
}

/// The row as it would be.
fn unsaved(attached: &Attached) -> BotRow {
    let mut row = BotRow::default();
    row.state.attach(attached.at, &attached.scopes);
    row
}

/// Scopes that were asked for and are known not to be granted.
fn missing(asked: &str, granted: &Scopes) -> Vec<String> {
    asked
        .split(' ')
        .filter(|scope| !granted.may(scope))
        .map(str::to_owned)
        .collect()
}
