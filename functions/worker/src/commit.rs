//! Committing what was decided.

use line_module::Module;
use shared::domain::{EventId, Outcome};
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
        .with_dialogue(decision.draft.dialogue.clone(), epoch)
        .with_profile(profile, app.now(), epoch)
        .with_notice_of(decision.told_of);
    let mut bot = view.bot.clone();
    if let Some(change) = decision.reported {
        bot.state.mark_reported(change);
    }
    bot.dailies.extend(decision.daily.clone());
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
        rung: rung(work, view, decision),
        chat: work.event.chat.as_ref(),
        detached_at: view.bot.state.detached_at,
        now: app.now(),
    };
    app.store.commit(&commit).await
}

/// The timer that the event is, whose row goes with this commit: not while it may be tried again,
/// and not where the event waits for a person.
fn rung<'a>(
    work: &'a Work<'_>,
    view: &'a View,
    decision: &Decision,
) -> Option<(&'a str, &'a EventId)> {
    let handled = matches!(decision.ledger.outcome(), Outcome::Done | Outcome::Planned);
    let name = work
        .timer()
        .filter(|_| handled && view.is_still_set(work))?;
    Some((name, &work.key.event))
}
