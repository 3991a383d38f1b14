//! One event: fold, decide, commit, send.

use std::time::Duration;

use aws_smithy_async::rt::sleep::AsyncSleep as _;
use line_module::{Module, ModuleError};
use shared::domain::ledger::ParkKind;
use shared::domain::{Attachment, EventKind, LedgerEntry, Outcome, Silence};
use shared::store::{BotRow, LedgerRow, Loaded, Try};

use crate::App;
use crate::attempt::{self, Attempt, Counted, count};
use crate::commit::{Committed, commit};
use crate::daily;
use crate::decide::{Decision, ask_module, failed, of_stranger, without_module};
use crate::park::park;
use crate::requeue::{Cause, Requeue, Untried};
use crate::send::send;
use crate::wait::backoff;
use crate::withheld;
use crate::work::{View, Work};

/// Maximum number of times that an event is decided, because something changed meanwhile.
const ROUNDS: u32 = 8;
/// How long an event that is newer than its account's detach waits for an attach that is
/// not known yet.
const ATTACH_MAY_COME: Duration = Duration::from_secs(300);
/// It is looked at again after this at the latest.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// How an event was settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settled {
    /// It was settled before, or another worker has settled it.
    Before,
    /// It is done, and nothing could be said for this reason, if there is one.
    Done(Option<Silence>),
    /// It is done: a command that no route of the module takes.
    NotTaken,
    /// It is parked now.
    Parked(ParkKind),
}

/// Settles one event, or it comes again.
pub(crate) async fn settle<M: Module>(app: &App<M>, work: &Work<'_>) -> Result<Settled, Requeue> {
    let mut attempt = Attempt {
        name: app.new_name(),
        is_counted: false,
    };
    let result = in_rounds(app, work, &mut attempt).await;
    if attempt.is_counted && result.is_err() {
        attempt::end(app, work, attempt).await;
    }
    result
}

async fn in_rounds<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    attempt: &mut Attempt,
) -> Result<Settled, Requeue> {
    for round in 0..ROUNDS {
        if !work.has_time(app.now()) {
            return Err(match round {
                0 => Requeue::Untried(Untried::NoTime),
                _ => Requeue::transient(Cause::Time, "too little time is left"),
            });
        }
        let mut view = load(app, work).await?;
        if reopen(app, work, &view).await? {
            continue;
        }
        if daily::arm_account(app, work, &view).await {
            continue;
        }
        if view.ledger.as_ref().is_some_and(LedgerEntry::is_settled) {
            return Ok(Settled::Before);
        }
        withheld::wait(app, work, &view).await?;
        let planned = |entry: &mut LedgerEntry| entry.outcome() == Outcome::Planned;
        if let Some(entry) = view.ledger.take_if(planned) {
            return resume(app, work, view, entry).await;
        }
        if work.is_command() && !view.is_known {
            let recorded = of_stranger(app, work, &view);
            match app
                .store
                .replace_ledger(&work.key, &recorded, app.now())
                .await?
            {
                true => return Ok(Settled::Done(recorded.silence)),
                false => continue,
            }
        }
        if an_attach_may_come(app, work, &view) {
            return Err(Requeue::NotYet {
                reason: "its account may be attached",
                wait: backoff(app.now().since(work.received_at)).min(LOOK_AGAIN),
            });
        }
        let Some(decision) = decide(app, work, &mut view, attempt).await? else {
            wait_a_little(app, round).await;
            continue;
        };
        match commit(app, work, &view, &decision).await {
            Committed::Yes => return finish(app, work, view, decision).await,
            Committed::DecideAgain => wait_a_little(app, round).await,
            Committed::Never(reason) => return Err(count_failure(app, work, &view, reason).await),
        }
    }
    // A transient failure, so that the event is parked in the end: a handler that creates a
    // row without looking whether it exists fails here each time, with nobody else at work.
    Err(Requeue::transient(Cause::Table, "the rows kept changing"))
}

/// What is to be committed; none if the row is not as it was loaded. From a message's second
/// receive on the attempt is counted first, and always where one has begun and not ended.
async fn decide<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &mut View,
    attempt: &mut Attempt,
) -> Result<Option<Decision>, Requeue> {
    if let Some(decision) = without_module(app, work, view) {
        return Ok(Some(decision));
    }
    let seen = view.ledger.as_ref();
    let has_begun = seen.is_some_and(|seen| seen.attempts.begun.is_some());
    if work.received > 1 || has_begun {
        match count(app, work, view, attempt).await? {
            Counted::Run => {}
            Counted::Parked(decision) => {
                return Ok(Some(daily::with_next(app, work, view, *decision)));
            }
            Counted::Changed => return Ok(None),
        }
    }
    Ok(ask_module(app, work, view).await)
}

pub(crate) async fn load<M: Module>(app: &App<M>, work: &Work<'_>) -> Result<View, Requeue> {
    let Loaded {
        bot,
        mut chat,
        ledger,
        timer,
    } = app.store.load(&work.key, work.timer(), app.now()).await?;
    let has_row = bot.is_some();
    let mut bot = match bot {
        Some(bot) => bot,
        // An event of LINE's for an account without a row makes one. An event of the
        // account itself makes it with its commit.
        None if work.key.chat.is_some() && !work.is_command() => {
            app.store.update_bot(&work.key.bot, |_| {}).await?
        }
        None => BotRow::default(),
    };
    bot.state.channel_pause = app.channel_pause.get()?;
    for event in work.in_hand {
        match event.kind.is_of_bot() {
            true => bot.state.fold(event),
            false => chat.registers.fold(event),
        }
    }
    let chat = chat.of_present(bot.state.detached_at);
    Ok(View {
        is_known: has_row || bot.state.attached_at.is_some(),
        bot,
        chat,
        ledger,
        timer,
    })
}

/// Whether the event's row was changed, for a replay that has not begun yet.
async fn reopen<M: Module>(app: &App<M>, work: &Work<'_>, view: &View) -> Result<bool, Requeue> {
    let (Some(replay), Some(row)) = (work.replay, &view.ledger) else {
        return Ok(false);
    };
    if row.has_begun(replay.number, replay.force) {
        return Ok(false);
    }
    let now = app.now();
    let open = row.clone().reopened(replay.number, replay.force, now);
    app.store.replace_ledger(&work.key, &open, now).await?;
    Ok(true) // also where another was first: read again
}

/// Whether the event may be of an attachment that is not known yet: it happened after the
/// newest detach that is known, and came a moment ago.
fn an_attach_may_come<M>(app: &App<M>, work: &Work<'_>, view: &View) -> bool {
    let Attachment::Detached(at) = view.bot.state.attachment() else {
        return false;
    };
    let is_late = app.now().since(work.received_at) >= ATTACH_MAY_COME;
    let kind = &work.event.kind;
    // What is not LINE's says nothing of an attach.
    let is_ours = matches!(
        kind,
        EventKind::Timer { .. } | EventKind::Signal { .. } | EventKind::Erased
    );
    let is_ours = is_ours || work.is_command();
    let waits = !kind.is_of_bot() && !is_ours;
    waits && work.event.at > at && work.replay.is_none() && !is_late
}

/// What the table can never take is the module's failure, and counts as one.
async fn count_failure<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: &View,
    reason: String,
) -> Requeue {
    let decision = failed(app, work, view, &ModuleError::Bug(reason));
    // It may be parked by that: then the note of this failure finds it so.
    match commit(app, work, view, &decision).await {
        Committed::Yes => {}
        Committed::DecideAgain => {
            tracing::warn!("a failure of the module is not counted: its rows have changed");
        }
        Committed::Never(error) => {
            tracing::warn!(%error, "a failure of the module cannot be counted");
        }
    }
    Requeue::transient(Cause::Module, "the commit cannot be written")
}

async fn finish<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: View,
    decision: Decision,
) -> Result<Settled, Requeue> {
    if let Some(requeue) = decision.requeue {
        return Err(requeue);
    }
    let mut entry = decision.ledger;
    entry.writes += 1;
    match entry.outcome() {
        Outcome::Done if decision.draft.not_taken.is_some() => Ok(Settled::NotTaken),
        Outcome::Planned => {
            let name = decision.try_name;
            send(app, work, view, Try { name, entry }).await
        }
        Outcome::Parked => Ok(Settled::Parked(entry.park_kind().unwrap_or_default())),
        Outcome::Done | Outcome::Failed => Ok(Settled::Done(entry.silence)),
    }
}

/// Goes on with a plan that was found: another try.
async fn resume<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: View,
    entry: LedgerEntry,
) -> Result<Settled, Requeue> {
    if entry.plan().is_none() {
        let row = LedgerRow::Entry(entry);
        let reason = (ParkKind::Unreadable, "the plan cannot be read");
        return park(app, work, reason, row).await;
    }
    let begun = app
        .store
        .begin_try(&work.key, entry, app.new_name(), app.now());
    match begun.await? {
        Some(this) => send(app, work, view, this).await,
        None => Err(Requeue::not_yet("another worker has settled the event")),
    }
}

async fn wait_a_little<M: Module>(app: &App<M>, round: u32) {
    let most = 20_u64 << round.min(4);
    app.sleep
        .sleep(Duration::from_millis(app.random.below(most)))
        .await;
}
