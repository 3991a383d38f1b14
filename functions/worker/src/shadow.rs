//! What the module would do with an event today: nothing is committed or sent.

use line_module::{Module, ModuleError};
use shared::domain::{Plan, Silence};
use shared::store::{DialogueChange, LedgerKey, RowChange, StoreError, TimerChange};

use crate::App;
use crate::channel_pause;
use crate::decide::run_module;
use crate::requeue::Requeue;
use crate::settle::load;
use crate::steps::NotHandled;
use crate::work::{Work, read};

/// What the module would do.
#[derive(Debug, Clone, PartialEq)]
pub struct Shadow {
    /// Why nothing could be sent, if so.
    pub silence: Option<Silence>,
    /// What it would send.
    pub plan: Plan,
    /// Its new state of the chat, as JSON, if it would change it.
    pub state: Option<String>,
    /// What would become of the chat's dialogue, if anything.
    pub dialogue: Option<DialogueChange>,
    /// The changes to its own rows.
    pub rows: Vec<RowChange>,
    /// The timers that it would set and cancel.
    pub timers: Vec<TimerChange>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ShadowError {
    /// A row cannot be read now.
    #[error("{0}")]
    NotNow(String),
    /// The module would call somebody else's service in a step that has no result yet.
    #[error("{0}")]
    WouldCall(String),
    /// The module fails with it.
    #[error(transparent)]
    Module(ModuleError),
}

/// Runs the module with an event, on the rows as they are, and shows its plan. Its steps have
/// the results that are kept of them; nothing is called.
///
/// # Errors
/// [`ShadowError`].
pub async fn shadow<M: Module>(
    app: &App<M>,
    key: &LedgerKey,
    raw: &str,
) -> Result<Shadow, ShadowError> {
    channel_pause::renew(app).await;
    let now = app.now();
    let not_now = |error: StoreError| ShadowError::NotNow(error.to_string());
    let row = app.store.ledger(key).await.map_err(not_now)?;
    let kind = row.map_or_else(String::new, |row| row.kind);
    let work = Work {
        key: key.clone(),
        event: read(&key.bot, &key.event, &kind, raw, now),
        kind: &kind,
        raw,
        received_at: now,
        request_id: None,
        received: 1,
        replay: None,
        in_hand: &[],
        until: now,
        is_alone: true,
    };
    let mut view = load(app, &work).await.map_err(|requeue| match requeue {
        Requeue::Transient { reason, .. } | Requeue::Failing { reason, .. } => {
            ShadowError::NotNow(reason)
        }
        Requeue::ModuleFailed { .. } => ShadowError::NotNow("the module failed".into()),
        Requeue::NotYet { reason, .. } => ShadowError::NotNow(reason.into()),
        Requeue::Untried(untried) => ShadowError::NotNow(untried.to_string()),
    })?;
    let draft = run_module(app, &work, &mut view, false)
        .await
        .map_err(|error| match error {
            NotHandled::Failed(error) => ShadowError::Module(error),
            NotHandled::WouldCall(reason) => ShadowError::WouldCall(reason),
            // Nothing is written here.
            NotHandled::RowChanged => ShadowError::NotNow("the event's row has changed".into()),
        })?;
    Ok(Shadow {
        silence: view.may_speak(now, app.default_active).err(),
        plan: draft.plan,
        state: draft.state,
        dialogue: draft.dialogue,
        rows: draft.rows,
        timers: draft.timers,
    })
}
