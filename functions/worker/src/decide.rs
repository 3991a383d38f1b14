//! What becomes of an event: recorded as it is, or given to the module, which
//! plans. Nothing outside is touched here.

use std::panic::AssertUnwindSafe;

use futures::FutureExt as _;
use shared::domain::{EventKind, Silence};
use shared::module::{Context, Draft, Module, ModuleError, Surroundings};
use shared::store::{LedgerRow, Outcome, Try, keepable};

use crate::App;
use crate::work::{View, Work};

/// A module that fails this often with one event has it parked.
const MOST_ATTEMPTS: u32 = 5;

/// What is to be committed.
pub(crate) struct Decision {
    /// The event's row as it will be.
    pub(crate) ledger: LedgerRow,
    /// The module's new state of the chat, and its rows.
    pub(crate) draft: Draft,
    /// The try that the commit begins.
    pub(crate) this: Try,
    /// Why the event comes again, if it does.
    pub(crate) again: Option<&'static str>,
}

impl Decision {
    /// Nothing to send, nothing changed.
    fn record<M>(app: &App<M>, ledger: LedgerRow, again: Option<&'static str>) -> Self {
        Self {
            ledger,
            draft: Draft::default(),
            this: app.new_try(0),
            again,
        }
    }
}

/// Decides about an event that has no plan yet.
pub(crate) async fn decide<M: Module>(app: &App<M>, work: &Work<'_>, view: &View) -> Decision {
    if let Some(decision) = without_module(app, work, view) {
        return decision;
    }
    match run_module(app, work, view).await {
        Ok(draft) => planned(app, work, view, draft),
        Err(error) => failed(app, work, view, &error),
    }
}

/// Events that the module is not asked about.
fn without_module<M>(app: &App<M>, work: &Work<'_>, view: &View) -> Option<Decision> {
    let mut ledger = row(app, work, view);
    ledger.reason = match &work.event.kind {
        EventKind::Unknown(kind) => {
            ledger.raw = Some(keepable(work.raw).to_owned());
            Some(format!("the event's type is not known: {kind}"))
        }
        kind if kind.is_of_module() => None,
        _ if !view.bot.state.is_attached() => Some(Silence::NotAttached.to_string()),
        _ if work.key.chat.is_none() => Some("the event is of no chat".into()),
        _ => return None,
    };
    Some(Decision::record(app, ledger, None))
}

/// A panic is a failure like any other: it costs this event, not the process.
async fn run_module<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
) -> Result<Draft, ModuleError> {
    let handled = AssertUnwindSafe(async { call_module(app, work, view).await })
        .catch_unwind()
        .await;
    handled.unwrap_or_else(|_| Err(ModuleError::Bug("the module panicked".into())))
}

async fn call_module<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
) -> Result<Draft, ModuleError> {
    let line = app.line.bot(&work.key.bot);
    let around = Surroundings {
        store: &app.store,
        line: &line,
        bot: &view.bot.state,
        chat: &view.chat.registers,
        state: view.chat.state.as_deref(),
        event: &work.event,
        received_at: work.received_at,
        now: app.now(),
        default_active: app.default_active,
        push_instead: app.module.may_push_instead_of_reply(),
    };
    let mut cx = Context::new(&around);
    app.module.handle(&mut cx, &work.event).await?;
    let draft = cx.into_draft();
    draft.check(work.raw)?;
    Ok(draft)
}

fn planned<M>(app: &App<M>, work: &Work<'_>, view: &View, draft: Draft) -> Decision {
    let now = app.now();
    let this = app.new_try(0);
    let mut ledger = row(app, work, view);
    let silence = view.may_speak(now, app.default_active).err();
    ledger.reason = silence.map(|silence| silence.to_string());
    match ledger.with_plan(&draft.plan, &this, now) {
        Ok(ledger) => Decision {
            ledger,
            draft,
            this,
            again: None,
        },
        Err(error) => failed(app, work, view, &error.into()),
    }
}

/// A bad moment is not counted; a failure of the module's own is, and parks the
/// event when it has failed often enough. What the events in hand say is kept
/// all the same.
pub(crate) fn failed<M>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
    error: &ModuleError,
) -> Decision {
    let mut ledger = row(app, work, view);
    ledger.outcome = Outcome::Failed;
    ledger.reason = Some(error.reason());
    let again = match error {
        ModuleError::Retry(_) => "the module asks to be called again",
        ModuleError::Bug(_) => {
            ledger.attempts += 1;
            "the module failed"
        }
    };
    if ledger.attempts >= MOST_ATTEMPTS {
        let ledger = ledger.into_parked(error.reason(), work.raw, app.now());
        return Decision::record(app, ledger, None);
    }
    Decision::record(app, ledger, Some(again))
}

fn row<M>(app: &App<M>, work: &Work<'_>, view: &View) -> LedgerRow {
    let mut row = LedgerRow::done(work.kind, work.event.at, work.received_at, app.now());
    row.attempts = view.ledger.as_ref().map_or(0, |seen| seen.attempts);
    row.life = view.bot.state.life();
    row
}
