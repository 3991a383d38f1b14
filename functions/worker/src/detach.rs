//! An account that is to be detached. Its row was marked first, so that nothing
//! new is begun for it; LINE is asked one worker's time later, when whoever read
//! the row before the mark has stopped.

use line_module::Module;
use shared::domain::{Attachment, BotId, LedgerEntry, Timestamp};
use shared::line::BotClient;
use shared::line::endpoints::module::Detached;
use shared::line::endpoints::rich_menu::DeleteRichMenu;
use shared::line::endpoints::rich_menu_alias::{DeleteAlias, ListAliases};
use shared::line::error::LineErrorKind;
use shared::line::event;
use shared::metrics::Metric;
use shared::queue::Job;
use shared::store::BotRow;

use crate::requeue::{Cause, Requeue};
use crate::work::Work;
use crate::{App, TIMEOUT};

/// Detaches the account, if the mark is still the newest entry about it. What is in hand
/// of the account counts, and is kept: LINE may be away for long.
pub(crate) async fn detach<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    mark: Timestamp,
) -> Result<(), Requeue> {
    let bot = &work.key.bot;
    if app.store.bot(bot).await?.is_none() {
        return Ok(()); // erased meanwhile
    }
    let events = || work.in_hand.iter().filter(|event| event.kind.is_of_bot());
    let fold = |row: &mut BotRow| events().for_each(|event| row.state.fold(event));
    let mut row = app.store.update_bot(bot, fold).await?;
    if row.state.attachment() == Attachment::Detaching(mark) {
        wait_for_workers(app, work)?;
        take_menus_away(app, bot, &row).await;
        let Some(at) = ask_line(app, bot, mark).await? else {
            return Ok(());
        };
        let enter = |row: &mut BotRow| row.state.detach(at);
        row = app.store.update_bot(bot, enter).await?;
    }
    report(app, bot, &row).await?;
    settle_failures(app, work).await
}

/// A worker may still be under way that has read the row before the mark was written.
fn wait_for_workers<M>(app: &App<M>, work: &Work<'_>) -> Result<(), Requeue> {
    let rest = work.received_at.plus(TIMEOUT).since(app.now());
    match rest.is_zero() {
        true => Ok(()),
        false => Err(Requeue::NotYet {
            reason: "workers may still send",
            wait: rest,
        }),
    }
}

/// What was recorded of earlier failures is settled with it.
pub(crate) async fn settle_failures<M>(app: &App<M>, work: &Work<'_>) -> Result<(), Requeue> {
    let Some(seen) = app.store.ledger(&work.key).await? else {
        return Ok(());
    };
    let now = app.now();
    let done = LedgerEntry {
        writes: seen.writes,
        epoch: seen.epoch,
        ..LedgerEntry::done(work.kind, seen.at, seen.received_at, now)
    };
    match app.store.replace_ledger(&work.key, &done, now).await? {
        true => Ok(()),
        false => Err(Requeue::not_yet("another worker is at this job")),
    }
}

/// The module's rich menus would go on to be shown, and nobody would answer their taps.
/// Once detached it is too late; that one cannot be taken away keeps nobody from leaving.
async fn take_menus_away<M: Module>(app: &App<M>, bot: &BotId, row: &BotRow) {
    let line = app.line.bot(bot);
    for alias in &aliases(&line, row).await {
        if let Err(error) = line.call(&DeleteAlias { alias }).await {
            tracing::warn!(%error, %bot, "a rich menu's alias stays at a detached account");
        }
    }
    for menu in row.menus.values() {
        if let Err(error) = line.call(&DeleteRichMenu { menu }).await {
            tracing::warn!(%error, %bot, "a rich menu stays at a detached account");
        }
    }
}

/// The aliases that lead to the module's menus.
async fn aliases(line: &BotClient, row: &BotRow) -> Vec<String> {
    if row.menus.is_empty() {
        return Vec::new();
    }
    let all = match line.call(&ListAliases).await {
        Ok(all) => all.aliases,
        Err(error) => {
            tracing::warn!(%error, "the aliases of rich menus cannot be listed");
            return Vec::new();
        }
    };
    let of_module = all.into_iter().filter(|alias| {
        let mut menus = row.menus.values();
        menus.any(|menu| *menu == alias.rich_menu_id)
    });
    of_module.map(|alias| alias.rich_menu_alias_id).collect()
}

/// When the account was detached, which is not before the mark; none if LINE
/// refuses for good: the mark stays, and the reconciler tries again.
async fn ask_line<M: Module>(
    app: &App<M>,
    bot: &BotId,
    mark: Timestamp,
) -> Result<Option<Timestamp>, Requeue> {
    match app.line.detach(bot).await {
        Ok(Detached::At(at) | Detached::Already(at)) => Ok(Some(at.max(mark))),
        Err(error) if error.kind == LineErrorKind::Open || error.kind.may_pass() => Err(
            Requeue::transient(Cause::Line, "LINE has not detached the account"),
        ),
        Err(error) => {
            app.metrics.count(Metric::DetachesRefused);
            tracing::error!(%error, %bot, "LINE refuses to detach an account");
            Ok(None)
        }
    }
}

/// The module gets the event as of any other detach: through the queue.
async fn report<M: Module>(app: &App<M>, bot: &BotId, row: &BotRow) -> Result<(), Requeue> {
    let Some(event) = event::of_unreported(bot, &row.state) else {
        return Ok(());
    };
    let job = Job::of_account(bot.clone(), app.now(), event)
        .map_err(|error| Requeue::transient(Cause::Queue, error.to_string()))?;
    let queued = app.queue.send_jobs(vec![job]).await;
    queued.map_err(|error| Requeue::transient(Cause::Queue, error.to_string()))
}
