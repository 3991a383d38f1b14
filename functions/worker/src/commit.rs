//! Committing what was decided.

use line_module::Module;
use shared::store::{Commit, CommitError, Subject};

use crate::App;
use crate::decide::Decision;
use crate::work::{View, Work};

/// Whether it is committed.
pub(crate) enum Committed {
    Yes,
    /// Something changed, or the answer was not seen: read again, decide again.
    DecideAgain,
    /// The table can never take it, for this reason.
    Never(String),
}

/// Commits a decision.
pub(crate) async fn commit<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
    decision: &Decision,
) -> Committed {
    match write(app, work, view, decision).await {
        Ok(()) => Committed::Yes,
        Err(CommitError::Stale | CommitError::Conflict | CommitError::Unseen(_)) => {
            Committed::DecideAgain
        }
        Err(CommitError::Invalid(reason)) => Committed::Never(reason),
    }
}

async fn write<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
    decision: &Decision,
) -> Result<(), CommitError> {
    let epoch = view.bot.state.epoch();
    let profile = decision
        .draft
        .profile
        .as_ref()
        .and_then(|profile| serde_json::to_string(profile).ok());
    let chat = view
        .chat
        .clone()
        .with_state(decision.draft.state.clone(), epoch)
        .with_profile(profile, app.now(), epoch);
    let mut bot = view.bot.clone();
    if let Some(change) = decision.reported {
        bot.state.mark_reported(change);
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
