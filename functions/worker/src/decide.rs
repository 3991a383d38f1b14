//! What becomes of an event: recorded as it is, or given to the module, which
//! plans. Nothing outside is touched here.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt as _;
use line_module::{Context, Draft, Module, ModuleError, Place, Profile, StepLog, Surroundings};
use shared::domain::ledger::ParkKind;
use shared::domain::{Event, EventKind, LedgerEntry, LifecycleChange, Silence, Timestamp};

use shared::metrics::Metric;
use shared::store::ArmedDaily;

use crate::App;
use crate::daily;
use crate::requeue::{Cause, Requeue, Untried};
use crate::steps::{self, NotHandled};
use crate::wait::backoff_of_attempts;
use crate::withheld;
use crate::work::{View, Work};

/// A module that fails this often with one event has it parked.
pub const MOST_ATTEMPTS: u32 = 5;
/// The ledger forgets what is older than thirty days: an event of this age may
/// have been handled and forgotten.
const TOO_OLD: Duration = Duration::from_secs(29 * 24 * 3600);
/// How long a profile counts as current.
const PROFILE_FRESH_FOR: Duration = Duration::from_secs(24 * 3600);

/// What is to be committed.
pub(crate) struct Decision {
    /// The event's row as it will be.
    pub(crate) ledger: LedgerEntry,
    /// The module's new state of the chat, and its rows.
    pub(crate) draft: Draft,
    /// The name of the try that the commit begins.
    pub(crate) try_name: String,
    /// The change in the account's lifecycle that it reports to the module.
    pub(crate) reported: Option<LifecycleChange>,
    /// The next day's timer of the account that it sets.
    pub(crate) daily: Option<(String, ArmedDaily)>,
    /// The lapse of the account's entitlement that the chat is told of.
    pub(crate) told_of: Option<Timestamp>,
    /// Why the event comes again, if it does.
    pub(crate) requeue: Option<Requeue>,
}

impl Decision {
    /// Nothing to send, nothing changed.
    pub(crate) fn record<M>(app: &App<M>, ledger: LedgerEntry, requeue: Option<Requeue>) -> Self {
        Self {
            ledger,
            draft: Draft::default(),
            try_name: app.new_name(),
            reported: None,
            daily: None,
            told_of: None,
            requeue,
        }
    }
}

/// Asks the module about an event that has no plan yet; none if the event's row is not as it
/// was read.
pub(crate) async fn ask_module<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &mut View,
) -> Option<Decision> {
    let decision = match run_module(app, work, view, true).await {
        Ok(draft) => planned(app, work, view, draft),
        Err(NotHandled::Failed(error)) => failed(app, work, view, &error),
        Err(NotHandled::RowChanged | NotHandled::WouldCall(_)) => return None,
    };
    Some(daily::with_next(app, work, view, decision))
}

/// Events that the module is not asked about.
pub(crate) fn without_module<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
) -> Option<Decision> {
    let entry = entry(app, work, view);
    let withheld = view.bot.state.withheld(app.now());
    let entry = match &work.event.kind {
        EventKind::Unknown(kind) if !is_asked_for(app, work, view) => {
            let reason = format!("the event's type is not known: {kind:.100}");
            entry.recorded(reason).with_raw(work.raw)
        }
        EventKind::Misdirected(_) => {
            tracing::error!(bot = %work.key.bot, event = %work.key.event, "a module event names another account than it was sent to");
            let reason = "the event names another account than it was sent to";
            entry.recorded(reason).with_raw(work.raw)
        }
        EventKind::Attached { .. } | EventKind::Detached { .. }
            if lifecycle_change(work, view).is_none() =>
        {
            entry.recorded("it was reported to the module, or it is no longer so")
        }
        EventKind::Entitlement(_) => entry.recorded("whether the account is entitled is entered"),
        kind if kind.is_of_bot() => return None,
        EventKind::Timer { epoch, .. } if has_ended(view, *epoch) => {
            entry.recorded("the timer was set before the account was detached")
        }
        EventKind::Timer { .. } if was_ended(app, work, view) => {
            entry.recorded("the timer was cancelled or set again before it was handled")
        }
        EventKind::Signal { epoch, .. } if has_ended(view, *epoch) => {
            entry.recorded("the signal was sent before the account was detached")
        }
        _ if is_of_erased(work, view) => {
            entry.recorded("the event is of an attachment whose data was erased")
        }
        _ if is_too_old(app, work, view) => {
            let reason = "the event is too old";
            entry.into_parked(ParkKind::TooOld, reason, work.raw, app.now())
        }
        _ if !view.bot.state.is_attached() => entry.silenced(Some(Silence::NotAttached)),
        _ if let Some(silence) = withheld => {
            return Some(withheld::record(app, work, view, (entry, silence)));
        }
        EventKind::Unknown(_)
        | EventKind::Delivered { .. }
        | EventKind::Timer { .. }
        | EventKind::Command { .. } => return None,
        _ if work.key.chat.is_none() => entry.recorded("the event is of no chat"),
        _ => return None,
    };
    Some(Decision::record(app, entry, None))
}

/// Whether the attachment in which something was planned has ended.
fn has_ended(view: &View, epoch: Timestamp) -> bool {
    Some(epoch) <= view.bot.state.detached_at
}

/// Whether the event happened before a detach whose data is erased: its row may have gone with it,
/// and nothing tells whether it was handled.
fn is_of_erased(work: &Work<'_>, view: &View) -> bool {
    let erased = view.bot.state.erased_detach;
    erased.is_some_and(|at| work.event.at <= at)
}

/// Whether the event is a timer that was cancelled or set again. A forced replay does again what
/// was done, and the first run has ended the timer; a day that was parked has set the next one.
fn was_ended<M: Module>(app: &App<M>, work: &Work<'_>, view: &View) -> bool {
    let seen = view.ledger.as_ref();
    let is_forced = seen.is_some_and(|seen| seen.replays.run > 0)
        || work.replay.is_some_and(|replay| replay.force);
    let is_parked_day = work.replay.is_some() && daily::of_event(app, work).is_some();
    work.timer().is_some() && !is_forced && !is_parked_day && !view.is_still_set(work)
}

/// Whether the module wants to see an event of a type that is not known, and may: in the
/// place where it would be handled now. One that was queued as of the account, though it
/// names a chat, has no such place.
fn is_asked_for<M: Module>(app: &App<M>, work: &Work<'_>, view: &View) -> bool {
    let may_speak = view.may_speak(app.now(), app.default_active).is_ok();
    let place = Place::of(work.event.chat.is_some(), may_speak);
    work.key.chat.is_some() == work.event.chat.is_some()
        && view.bot.state.is_attached()
        && view.bot.state.withheld(app.now()).is_none()
        && !is_too_old(app, work, view)
        && app.module.takes_unknown(&work.event, place)
}

/// A command to an account of which nothing was ever heard. An event of LINE's would make its
/// row, since LINE sends only those of attached accounts; a mistyped id must make none.
pub(crate) fn of_stranger<M>(app: &App<M>, work: &Work<'_>, view: &View) -> LedgerEntry {
    let entry = entry(app, work, view);
    let silenced = entry.silenced(Some(Silence::NotAttached));
    silenced.with_raw(work.raw)
}

/// An event that the ledger may have forgotten. A row that was written for a delivery as
/// late as that does not tell whether there was one before.
fn is_too_old<M>(app: &App<M>, work: &Work<'_>, view: &View) -> bool {
    let seen = view.ledger.as_ref();
    let known = seen.is_some_and(|row| !is_late(work, row.received_at)) || work.replay.is_some();
    !known && is_late(work, app.now())
}

/// Whether who receives the event at this time cannot tell if it was handled before.
pub(crate) fn is_late(work: &Work<'_>, received_at: Timestamp) -> bool {
    received_at.since(work.event.at) >= TOO_OLD
}

/// The change that this event tells of, if it was not reported to the module yet. The
/// callback, LINE's event and the reconciler may each be first, twice or missing.
fn lifecycle_change(work: &Work<'_>, view: &View) -> Option<LifecycleChange> {
    let unreported = view.bot.state.unreported()?;
    let is_about_it = match unreported {
        LifecycleChange::Attached(_) | LifecycleChange::Scopes(_) => {
            matches!(work.event.kind, EventKind::Attached { .. })
        }
        LifecycleChange::Detached(_) => matches!(work.event.kind, EventKind::Detached { .. }),
    };
    is_about_it.then_some(unreported)
}

/// A panic is a failure like any other: it costs this event, not the process. What steps have
/// come to is in the event's row, however the module ends.
pub(crate) async fn run_module<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &mut View,
    may_call: bool,
) -> Result<Draft, NotHandled> {
    let steps = steps::log(app, work, view, may_call);
    let handled = AssertUnwindSafe(async { call_module(app, work, view, &steps).await })
        .catch_unwind()
        .await;
    let handled = handled.unwrap_or_else(|panic| Err(panicked(panic.as_ref())));
    steps::take_in(view, steps.into_ended(), handled)
}

/// In the panic's own words, if it has any.
fn panicked(panic: &(dyn Any + Send)) -> ModuleError {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    ModuleError::Bug(match words {
        Some(words) => format!("the module panicked: {words}"),
        None => "the module panicked".into(),
    })
}

async fn call_module<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
    steps: &StepLog<'_>,
) -> Result<Draft, ModuleError> {
    let line = app.line.bot(&work.key.bot).granted(view.bot.state.scopes());
    let event = as_known(app, work, view)?;
    let profile = kept_profile(app, view);
    let around = Surroundings {
        store: &app.store,
        line: &line,
        bot: &view.bot,
        chat: &view.chat.registers,
        state: view.chat.state.as_deref(),
        dialogue: view.chat.dialogue.as_ref().map(|it| &*it.progress),
        profile: profile.as_ref(),
        event: &event,
        received_at: work.received_at,
        now: app.now(),
        default_active: app.default_active,
        push_instead: app.module.may_push_instead_of_reply(),
        settings: app.module.settings(),
        menus: app.module.menus(),
        steps,
    };
    let mut draft = Draft::default();
    let mut cx = Context::new(&around, &mut draft);
    app.module.handle(&mut cx, &event).await?;
    draft.check(work.raw)?;
    Ok(draft)
}

/// The profile of the chat's user, if it was read lately.
fn kept_profile<M>(app: &App<M>, view: &View) -> Option<Profile> {
    let kept = view.chat.profile.as_ref()?;
    is_fresh(kept.at, app.now()).then(|| serde_json::from_str(&kept.profile).ok())?
}

/// Whether a profile that was read at `at` need not be read again.
fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    now.since(at) < PROFILE_FRESH_FOR
}

/// The event; an attach with the scopes as they are known by now, and one that tells an
/// attached account's other scopes as what it is; a daily timer for the last day that was due.
fn as_known<M: Module>(app: &App<M>, work: &Work<'_>, view: &View) -> Result<Event, ModuleError> {
    let mut event = work.event.clone();
    if let Some(daily) = daily::of_event(app, work)
        && let Some(last) = daily::last(app, view, daily)?
        && let EventKind::Timer { payload, .. } = &mut event.kind
    {
        event.at = event.at.max(last.due);
        *payload = serde_json::to_value(last.day)?;
    }
    if let EventKind::Attached { scopes, .. } = &mut event.kind {
        scopes.clone_from(view.bot.state.scopes());
        if let Some(LifecycleChange::Scopes(_)) = lifecycle_change(work, view) {
            let scopes = std::mem::take(scopes);
            event.kind = EventKind::ScopesChanged { scopes };
        }
    }
    Ok(event)
}

fn planned<M>(app: &App<M>, work: &Work<'_>, view: &View, draft: Draft) -> Decision {
    let now = app.now();
    let try_name = app.new_name();
    let silence = view
        .may_speak(now, app.default_active)
        .err()
        .filter(|_| work.key.chat.is_some() && !work.event.kind.is_of_module());
    let mut ledger = entry(app, work, view).silenced(silence);
    if work.event.kind.is_unknown() {
        // What nobody knows is not lost, whatever the module makes of it.
        ledger = ledger.with_raw(work.raw);
    }
    if let Some(reason) = &draft.not_taken {
        ledger = ledger.recorded(reason).with_raw(work.raw);
    }
    match ledger.with_plan(&draft.plan, &try_name, now) {
        Ok(ledger) => Decision {
            ledger,
            draft,
            try_name,
            reported: lifecycle_change(work, view),
            daily: None,
            told_of: None,
            requeue: None,
        },
        Err(error) => failed(app, work, view, &error.into()),
    }
}

/// A transient failure is not counted; a failure of the module's own is, and parks the
/// event when it has failed often enough. What the events in hand say is kept
/// all the same.
pub(crate) fn failed<M>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
    error: &ModuleError,
) -> Decision {
    let mut ledger = entry(app, work, view).failed(error.reason());
    let mut kind = ParkKind::ModuleFailed;
    let requeue = match error {
        ModuleError::Retry(_) => {
            Requeue::transient(Cause::Module, "the module asks to be called again")
        }
        ModuleError::NoTime { .. } => Requeue::Untried(Untried::NoStepTime),
        ModuleError::Bug(_) => {
            ledger.attempts.failed += 1;
            app.metrics.count(Metric::ModuleFailures);
            tracing::warn!(attempts = ledger.attempts.failed, "the module failed");
            let wait = backoff_of_attempts(ledger.attempts.failed);
            Requeue::ModuleFailed { wait }
        }
        ModuleError::Park(_) => {
            ledger.attempts.failed = MOST_ATTEMPTS;
            kind = ParkKind::ByModule;
            Requeue::not_yet("the module sets the event aside")
        }
    };
    if ledger.attempts.failed >= MOST_ATTEMPTS {
        let ledger = ledger.into_parked(kind, error.reason(), work.raw, app.now());
        return Decision::record(app, ledger, None);
    }
    Decision::record(app, ledger, Some(requeue))
}

/// The event's entry, as settled; failed attempts are kept.
pub(crate) fn entry<M>(app: &App<M>, work: &Work<'_>, view: &View) -> LedgerEntry {
    let done = LedgerEntry::done(work.kind, work.event.at, work.received_at, app.now());
    let done = work.named(done);
    let entry = match (&view.ledger, work.replay) {
        (Some(seen), _) => done.in_place_of(seen),
        (None, Some(replay)) => done.of_replay(replay.number, replay.force),
        (None, None) => done,
    };
    let epoch = view.bot.state.epoch();
    let request_id = entry.request_id.or(work.request_id.map(str::to_owned));
    LedgerEntry {
        epoch,
        request_id,
        ..entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_read_again_after_a_day() {
        let day = 24 * 3_600_000;
        assert!(is_fresh(Timestamp(5), Timestamp(4 + day)));
        assert!(!is_fresh(Timestamp(5), Timestamp(5 + day)));
    }
}
