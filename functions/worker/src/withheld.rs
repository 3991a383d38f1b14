//! Events that the module is not asked about, by an operator's word or by that of the company's
//! billing: they wait for the end of a pause, or are recorded. That its account is not entitled,
//! a chat is told once, if the module has words for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use line_module::{Module, ModuleError, NotEntitled};
use shared::domain::{LedgerEntry, Outcome, Pause, PauseMode, Plan, Silence, Timestamp};
use shared::metrics::Metric;

use crate::App;
use crate::daily;
use crate::decide::Decision;
use crate::park::keep_registers;
use crate::requeue::{Requeue, Untried};
use crate::work::{View, Work};

/// An event waits for the end of a pause for this long, and is recorded then: the queue would
/// lose it after 14 days, and tell nobody.
const WAITS_AT_MOST: Duration = Duration::from_secs(10 * 24 * 3600);

/// Gives the event back if it is to wait for the end of a pause. What the events in hand say is
/// kept: whoever has the chat meanwhile, it is known when the pause ends. The account's own
/// lifecycle goes on, but for what is sent.
pub(crate) async fn wait<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
) -> Result<(), Requeue> {
    let Some(requeue) = waits(app, work, view) else {
        return Ok(());
    };
    let is_planned = |entry: &LedgerEntry| entry.outcome() == Outcome::Planned;
    if work.event.kind.is_of_bot() && !view.ledger.as_ref().is_some_and(is_planned) {
        return Ok(());
    }
    keep_registers(app, work).await?;
    Err(requeue)
}

/// Why what is to be sent waits, if it does.
pub(crate) fn waits<M>(app: &App<M>, work: &Work<'_>, view: &View) -> Option<Requeue> {
    let is_waiting = |pause: &&Pause| pause.how == PauseMode::Wait;
    let pause = view.bot.state.pause().filter(is_waiting)?;
    let waited = app.now().since(work.received_at);
    let since = pause.since;
    (waited < WAITS_AT_MOST).then_some(Requeue::Untried(Untried::Paused { since }))
}

/// Records the event for this silence. The chat may be told of it in the same commit.
pub(crate) fn record<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
    (entry, silence): (LedgerEntry, Silence),
) -> Decision {
    let mut entry = entry.silenced(Some(silence));
    if work.is_command() {
        // Whoever has sent it may want to have it run after all.
        entry = entry.with_raw(work.raw);
    }
    let notice = match silence {
        Silence::NotEntitled => notice(app, work, view),
        _ => None,
    };
    let decision = notice.map_or_else(
        || Decision::record(app, entry.clone(), None),
        |notice| told(app, entry.clone(), &notice),
    );
    daily::with_next(app, work, view, decision)
}

/// What a chat is told, and of which lapse.
struct Notice {
    plan: Plan,
    lapse: Timestamp,
}

fn told<M>(app: &App<M>, entry: LedgerEntry, notice: &Notice) -> Decision {
    let decision = Decision::record(app, entry.clone(), None);
    let planned = entry.with_plan(&notice.plan, &decision.try_name, app.now());
    match planned {
        Ok(ledger) => Decision {
            ledger,
            told_of: Some(notice.lapse),
            ..decision
        },
        Err(error) => {
            note_failure(app, &error.into());
            decision
        }
    }
}

/// The notice, where the chat may be spoken to but for the account's entitlement, has not heard
/// of this lapse, and can be replied to still.
fn notice<M: Module>(app: &App<M>, work: &Work<'_>, view: &View) -> Option<Notice> {
    let now = app.now();
    let lapse = view.bot.state.lapsed_at(now)?;
    let is_of_chat = work.key.chat.is_some() && !work.event.kind.is_of_module();
    let may = view.may_notify(now, app.default_active);
    if !is_of_chat || may.is_err() || view.chat.told_of_lapse == Some(lapse) {
        return None;
    }
    let plan = words(app, work, view).unwrap_or_else(|error| {
        note_failure(app, &error);
        None
    })?;
    Some(Notice { plan, lapse })
}

/// What the module says. A panic of its costs the notice, and not the process.
fn words<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
) -> Result<Option<Plan>, ModuleError> {
    let about = NotEntitled {
        event: &work.event,
        bot: &view.bot,
        schema: app.module.settings(),
        received_at: work.received_at,
    };
    if !about.can_be_told(app.now()) {
        return Ok(None);
    }
    let said = catch_unwind(AssertUnwindSafe(|| app.module.not_entitled(&about)));
    let said = said.map_err(|_| ModuleError::bug("the module panicked"))?;
    said.map(|text| about.plan(&text)).transpose()
}

fn note_failure<M>(app: &App<M>, error: &ModuleError) {
    app.metrics.count(Metric::ModuleFailures);
    let reason = error.reason();
    tracing::warn!(
        reason,
        "the module has no words for a chat of an account that is not entitled"
    );
}
