//! Attempts at an event whose message was received before: counted before the
//! module runs, so that one that takes its process with it counts too.

use shared::module::Module;
use shared::store::Outcome;

use crate::commit::{Committed, commit};
use crate::decide::{Decision, MOST_ATTEMPTS, row};
use crate::work::{View, Work};
use crate::{Again, App};

/// What is kept while an attempt is under way, and stays if it vanishes.
const UNDER_WAY: &str = "an attempt has begun, and has not ended";
const VANISHED: &str = "the attempts vanished: killed, out of memory, or out of time";

/// One worker's attempt at an event.
pub(crate) struct Attempt {
    /// Its name in the row.
    pub(crate) name: String,
    /// Whether the row may show it as begun.
    pub(crate) is_counted: bool,
}

/// Whether the module may run.
pub(crate) enum Counted {
    Run,
    /// The row is not as it was loaded: read again, decide again.
    Changed,
    /// Too many attempts have vanished.
    Parked(Box<Decision>),
}

/// Counts an attempt. One that the row shows as begun has vanished, if it is not this
/// one, of an earlier round.
pub(crate) async fn count<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &mut View,
    attempt: &mut Attempt,
) -> Result<Counted, Again> {
    let mut counted = row(app, work, view);
    let others = view.ledger.as_ref();
    let others = others.filter(|seen| seen.begun_by.as_ref() != Some(&attempt.name));
    counted.attempts += others.map_or(0, |seen| seen.begun);
    if counted.attempts >= MOST_ATTEMPTS {
        let parked = counted.into_parked(VANISHED, work.raw, app.now());
        let decision = Decision::record(app, parked, None);
        return Ok(Counted::Parked(Box::new(decision)));
    }
    counted.outcome = Outcome::Failed;
    counted.reason = Some(UNDER_WAY.into());
    counted.begun = 1;
    counted.begun_by = Some(attempt.name.clone());
    attempt.is_counted = true;
    // What the events in hand say is written with it: a module that takes its
    // process with it does not hold that back.
    let decision = Decision::record(app, counted, None);
    match commit(app, work, view, &decision).await? {
        Committed::DecideAgain => Ok(Counted::Changed),
        Committed::Yes => {
            view.is_written(work, decision.ledger);
            Ok(Counted::Run)
        }
    }
}
