//! What the steps of a handler stand on, and what a run leaves of them.

use std::time::Duration;

use line_module::{AFTER_STEPS, LONGEST_STEP, ModuleError, StepGround, StepLog, StepsEnded, Stop};

use crate::decide::entry;
use crate::work::{View, Work};
use crate::{App, TIMEOUT, batch};

/// A handler that begins with this much has about as much time as there ever is.
const FULL_TIME: Duration = Duration::from_millis(6_500);

const _: () = {
    let all = TIMEOUT.as_millis() - batch::BEFORE_DEADLINE.as_millis();
    assert!(FULL_TIME.as_millis() <= all, "a worker has it");
    let longest = LONGEST_STEP.as_millis() + AFTER_STEPS.as_millis();
    assert!(longest <= FULL_TIME.as_millis(), "the longest step fits");
};

/// For one run of the module, by the rows of `view`; `may_call` is false where it is only shown
/// what the module would do.
pub(crate) fn log<'a, M>(
    app: &'a App<M>,
    work: &'a Work<'_>,
    view: &View,
    may_call: bool,
) -> StepLog<'a> {
    let seen = view.ledger.clone();
    StepLog::new(StepGround {
        store: &app.store,
        key: &work.key,
        entry: seen.unwrap_or_else(|| entry(app, work, view).in_steps()),
        may_call,
        until: work.until,
        has_full_time: work.until.since(app.now()) >= FULL_TIME,
        clock: app.clock.clone(),
        sleep: app.sleep.clone(),
        metrics: &app.metrics,
    })
}

/// The event's row is as the run has written it.
pub(crate) fn take_in<T>(
    view: &mut View,
    ended: StepsEnded,
    handled: Result<T, ModuleError>,
) -> Result<T, NotHandled> {
    if ended.written.is_some() {
        view.ledger = ended.written;
    }
    match ended.stop {
        None => handled.map_err(NotHandled::Failed),
        Some(Stop::RowChanged) => Err(NotHandled::RowChanged),
        Some(Stop::Failed(error)) => Err(NotHandled::Failed(error)),
        Some(Stop::WouldCall(reason)) => Err(NotHandled::WouldCall(reason)),
    }
}

/// Why a run of the module has no plan.
pub(crate) enum NotHandled {
    /// It failed.
    Failed(ModuleError),
    /// Others have written the event's row meanwhile: it is to be decided again.
    RowChanged,
    /// It would have called somebody else's service, and was not to.
    WouldCall(String),
}
