//! Committing what was decided.

use line_module::{Module, ModuleError};
use shared::store::{Commit, CommitError, Subject};

use crate::decide::{Decision, failed};
use crate::work::{View, Work};
use crate::{Again, App};

/// Whether it is committed.
pub(crate) enum Committed {
    Yes,
    /// Something changed, or the answer was not seen: read again, decide again.
    DecideAgain,
}

/// Commits a decision. One that the table can never take counts as the
/// module's failure.
pub(crate) async fn commit<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
    decision: &Decision,
) -> Result<Committed, Again> {
    match write(app, work, view, decision).await {
        Ok(()) => Ok(Committed::Yes),
        Err(CommitError::Stale | CommitError::Conflict | CommitError::Unseen(_)) => {
            Ok(Committed::DecideAgain)
        }
        Err(CommitError::Invalid(reason)) => {
            let decision = failed(app, work, view, &ModuleError::Bug(reason));
            // It may be parked by that: then the note of this failure finds it so.
            if let Err(error) = write(app, work, view, &decision).await {
                tracing::warn!(%error, "a failure of the module could not be counted");
            }
            Err(Again::transient("the commit cannot be written"))
        }
    }
}

async fn write<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
    decision: &Decision,
) -> Result<(), CommitError> {
    let life = view.bot.state.life();
    let profile = decision.draft.profile.as_ref();
    let profile = profile.and_then(|profile| serde_json::to_string(profile).ok());
    let chat = view
        .chat
        .clone()
        .with_state(decision.draft.state.clone(), life)
        .with_profile(profile, app.now(), life);
    let mut bot = view.bot.clone();
    if let Some(turn) = decision.heard {
        bot.state.hear(turn);
    }
    let subject = match &work.key.chat {
        Some(id) => Subject::Chat(id, &chat),
        None => Subject::Bot(&bot),
    };
    let commit = Commit {
        key: &work.key,
        ledger: &decision.ledger,
        subject,
        rows: &decision.draft.rows,
        timers: &decision.draft.timers,
        chat_kind: work.event.chat.as_ref().map(|chat| chat.kind),
        detached_at: view.bot.state.detached_at,
        now: app.now(),
    };
    app.store.commit(&commit).await
}
