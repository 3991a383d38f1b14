//! Attempts at an event whose message was received before: counted before the
//! module runs, so that one that takes its process with it counts too.

use line_module::Module;

use shared::domain::ledger::ParkKind;
use shared::metrics::Metric;

use crate::App;
use crate::commit::{Committed, commit};
use crate::decide::{Decision, MOST_ATTEMPTS, entry};
use crate::requeue::{Cause, Requeue, Untried};
use crate::work::{View, Work};

const VANISHED: &str = "the attempts vanished: killed, out of memory, or out of time";

/// One worker's attempt at an event.
pub(crate) struct Attempt {
    /// Its name in the row.
    pub(crate) name: String,
    /// Whether the row may show it as begun.
    pub(crate) is_counted: bool,
}

/// Ends a counted attempt that came to nothing.
pub(crate) async fn end<M>(app: &App<M>, work: &Work<'_>, attempt: Attempt) {
    let ended = app.store.end_attempt(&work.key, &attempt.name, app.now());
    if let Err(error) = ended.await {
        tracing::warn!(%error, "the end of an attempt could not be written");
        app.ended_attempts.names().insert(attempt.name);
    }
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
) -> Result<Counted, Requeue> {
    let mut counted = entry(app, work, view);
    let seen = view.ledger.as_ref();
    let begun = seen.and_then(|seen| seen.attempts.begun.clone());
    let vanished = begun.as_ref().is_some_and(|name| {
        let has_ended = app.ended_attempts.names().contains(name);
        !has_ended && *name != attempt.name
    });
    if vanished && !work.is_alone {
        return Err(Requeue::Untried(Untried::Suspect));
    }
    counted.attempts.failed += u32::from(vanished);
    if counted.attempts.failed >= MOST_ATTEMPTS {
        let parked = counted.into_parked(ParkKind::Vanished, VANISHED, work.raw, app.now());
        note_vanished(app);
        let decision = Decision::record(app, parked, None);
        return Ok(Counted::Parked(Box::new(decision)));
    }
    let counted = counted.attempt_begun(&attempt.name);
    attempt.is_counted = true;
    // What the events in hand say is written with it: a module that takes its
    // process with it does not hold that back.
    let decision = Decision::record(app, counted, None);
    match commit(app, work, view, &decision).await {
        Committed::DecideAgain => Ok(Counted::Changed),
        Committed::Never(_) => Err(Requeue::transient(
            Cause::Table,
            "the commit cannot be written",
        )),
        Committed::Yes => {
            if vanished {
                note_vanished(app);
            }
            // Only now: until then the row names it, and it may be asked for once more.
            if let Some(name) = begun {
                app.ended_attempts.names().remove(&name);
            }
            view.mark_written(work, decision.ledger);
            Ok(Counted::Run)
        }
    }
}

fn note_vanished<M>(app: &App<M>) {
    app.metrics.count(Metric::AttemptsVanished);
    tracing::error!("an attempt has vanished with its process");
}
