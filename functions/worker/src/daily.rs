//! Daily timers of an account: set where they are missing or no longer as they must be, and again
//! for the next day by each that rings.

use line_module::daily::{Daily, Occurrence, arm};
use line_module::{Module, ModuleError};
use shared::domain::EventKind;
use shared::store::{ArmedDaily, TimerChange};

use crate::App;
use crate::decide::Decision;
use crate::work::{View, Work};

/// Sets what is missing; whether the account's row has changed by that. What cannot be set now is
/// set with the account's next event.
pub(crate) async fn arm_account<M: Module>(app: &App<M>, work: &Work<'_>, view: &View) -> bool {
    let bot = &work.key.bot;
    let armed = arm(&app.store, bot, &view.bot, &app.module, app.now()).await;
    armed.unwrap_or_else(|error| {
        tracing::error!(%error, "the account's daily timers cannot be set");
        false
    })
}

/// Sets the next day's timer of a daily handler whose event was parked without a commit. What
/// cannot be set now is set with the account's next event.
pub(crate) async fn set_anew<M: Module>(app: &App<M>, work: &Work<'_>) {
    let Some(daily) = of_event(app, work) else {
        return;
    };
    let (bot, name) = (&work.key.bot, daily.timer());
    let forgotten = app.store.update_bot(bot, |row| {
        row.dailies.remove(&name);
    });
    let armed = match forgotten.await {
        Ok(row) => arm(&app.store, bot, &row, &app.module, app.now()).await,
        Err(error) => Err(error.into()),
    };
    if let Err(error) = armed {
        tracing::error!(%error, "the next day's timer cannot be set");
    }
}

/// The daily handler that the event is for: none if it is another event, or if the module has no
/// such handler any more.
pub(crate) fn of_event<'a, M: Module>(app: &'a App<M>, work: &Work<'_>) -> Option<&'a Daily> {
    let EventKind::Timer { name, .. } = &work.event.kind else {
        return None;
    };
    let dailies = app.module.dailies().iter();
    dailies
        .filter(|_| work.key.chat.is_none())
        .find(|daily| daily.timer() == *name)
}

/// The last time that it was due: after an outage, later than the event tells.
pub(crate) fn last<M: Module>(
    app: &App<M>,
    view: &View,
    daily: &Daily,
) -> Result<Option<Occurrence>, ModuleError> {
    daily.last(app.module.settings(), &view.bot.settings, app.now())
}

/// The same decision, which also sets the next day's timer, where the event is done with.
pub(crate) fn with_next<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
    mut decision: Decision,
) -> Decision {
    let Some(daily) = of_event(app, work).filter(|_| decision.requeue.is_none()) else {
        return decision;
    };
    if let Err(error) = set_next(app, view, daily, &mut decision) {
        tracing::error!(%error, "the next day's timer cannot be set");
    }
    decision
}

fn set_next<M: Module>(
    app: &App<M>,
    view: &View,
    daily: &Daily,
    decision: &mut Decision,
) -> Result<(), ModuleError> {
    let (schema, values) = (app.module.settings(), &view.bot.settings);
    let Some(next) = daily.next(schema, values, app.now())? else {
        return Ok(());
    };
    let name = daily.timer();
    let timer = next.timer(name.clone())?;
    decision.draft.timers.push(TimerChange::Set(timer));
    let known = view.bot.dailies.get(&name).cloned();
    decision.daily = known.map(|known| {
        let due = next.due;
        (name, ArmedDaily { due, ..known })
    });
    Ok(())
}
