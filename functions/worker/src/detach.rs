//! An account that is to be detached. Its row was marked first, so that nothing
//! new is begun for it; LINE is asked one worker's time later, when whoever read
//! the row before the mark has stopped.

use std::time::Duration;

use shared::domain::{Attachment, BotId, Timestamp};
use shared::line::endpoints::module::Detached;
use shared::line::endpoints::rich_menu::DeleteRichMenu;
use shared::line::error::LineErrorKind;
use shared::line::event;
use shared::module::Module;
use shared::queue::Job;
use shared::store::BotRow;

use crate::{Again, App};

/// A worker's time-out: so long may one go on that knows nothing of the mark.
const WORKER_TIME: Duration = Duration::from_secs(8);

/// Detaches the account, if the mark is still the newest word about it.
pub(crate) async fn detach<M: Module>(
    app: &App<M>,
    job: &Job,
    mark: Timestamp,
) -> Result<(), Again> {
    let rest = job.received_at.plus(WORKER_TIME).since(app.now());
    if !rest.is_zero() {
        return Err(Again::NotYet(
            "the account is to be detached soon",
            Some(rest),
        ));
    }
    let Some(mut row) = app.store.bot(&job.bot).await? else {
        return Ok(()); // erased meanwhile
    };
    if row.state.attachment() == Attachment::Detaching(mark) {
        take_menus_away(app, &job.bot, &row).await;
        let Some(at) = ask_line(app, &job.bot, mark).await? else {
            return Ok(());
        };
        let enter = |row: &mut BotRow| row.state.detach(at);
        row = app.store.update_bot(&job.bot, enter).await?;
    }
    tell(app, &job.bot, &row).await
}

/// The module's rich menus would go on to be shown, and nobody would answer their taps.
/// Once detached it is too late; that one cannot be taken away keeps nobody from leaving.
async fn take_menus_away<M: Module>(app: &App<M>, bot: &BotId, row: &BotRow) {
    let line = app.line.bot(bot);
    for menu in row.menus.values() {
        if let Err(error) = line.call(&DeleteRichMenu { menu }).await {
            tracing::warn!(%error, %bot, "a rich menu stays at a detached account");
        }
    }
}

/// When the account was detached, which is not before the mark; none if LINE
/// refuses for good: the mark stays, and the reconciler tries again.
async fn ask_line<M: Module>(
    app: &App<M>,
    bot: &BotId,
    mark: Timestamp,
) -> Result<Option<Timestamp>, Again> {
    match app.line.detach(bot).await {
        Ok(Detached::At(at)) => Ok(Some(at.max(mark))),
        Ok(Detached::Already) => Ok(Some(mark)),
        Err(error) if error.kind == LineErrorKind::Open || error.kind.may_pass() => {
            Err(Again::BadMoment("LINE has not detached the account".into()))
        }
        Err(error) => {
            tracing::error!(%error, %bot, "LINE refuses to detach an account");
            Ok(None)
        }
    }
}

/// The module hears of it as of any other detach: through the queue.
async fn tell<M: Module>(app: &App<M>, bot: &BotId, row: &BotRow) -> Result<(), Again> {
    let Some(turn) = row.state.unheard() else {
        return Ok(());
    };
    let job = Job::of_account(bot.clone(), app.now(), event::of_turn(bot, turn));
    let job = job.map_err(|error| Again::BadMoment(error.to_string()))?;
    let queued = app.queue.send_jobs(vec![job]).await;
    queued.map_err(|error| Again::BadMoment(error.to_string()))
}
