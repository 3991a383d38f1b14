//! One event: fold, decide, commit, send.

use std::time::Duration;

use aws_smithy_async::rt::sleep::AsyncSleep as _;
use shared::module::Module;
use shared::store::{BotRow, LedgerRow, Loaded, Outcome};

use crate::attempt::{Attempt, Counted, count};
use crate::commit::{Committed, commit};
use crate::decide::{Decision, ask_module, without_module};
use crate::park::park;
use crate::send::{Sending, send};
use crate::work::{View, Work};
use crate::{Again, App};

/// So often is an event decided anew because something changed meanwhile.
const ROUNDS: u32 = 8;

/// Settles one event: afterwards it is done or parked, or it comes again.
pub(crate) async fn settle<M: Module>(app: &App<M>, work: &Work<'_>) -> Result<(), Again> {
    let mut attempt = Attempt {
        name: app.random.alphanumeric(12),
        is_counted: false,
    };
    let result = in_rounds(app, work, &mut attempt).await;
    if attempt.is_counted && result.is_err() {
        // It has ended: where this cannot be written, it will look as if it had vanished.
        let _ = app.store.end_attempt(&work.key, &attempt.name).await;
    }
    result
}

async fn in_rounds<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    attempt: &mut Attempt,
) -> Result<(), Again> {
    for round in 0..ROUNDS {
        if !work.has_time(app.now()) {
            return Err(Again::not_yet("too little time is left"));
        }
        let mut view = load(app, work).await?;
        if reopen(app, work, &view).await? {
            continue;
        }
        match &view.ledger {
            Some(row) if matches!(row.outcome, Outcome::Done | Outcome::Parked) => return Ok(()),
            Some(row) if row.outcome == Outcome::Planned => {
                let row = row.clone();
                return resume(app, work, view, &row).await;
            }
            _ => {}
        }
        let decision = match without_module(app, work, &view) {
            Some(decision) => decision,
            None if work.received == 1 => ask_module(app, work, &view).await,
            None => match count(app, work, &mut view, attempt).await? {
                Counted::Run => ask_module(app, work, &view).await,
                Counted::Parked(decision) => *decision,
                Counted::Changed => {
                    wait_a_little(app, round).await;
                    continue;
                }
            },
        };
        match commit(app, work, &view, &decision).await? {
            Committed::Yes => return finish(app, work, view, decision).await,
            Committed::DecideAgain => wait_a_little(app, round).await,
        }
    }
    Err(Again::not_yet("the rows kept changing"))
}

pub(crate) async fn load<M: Module>(app: &App<M>, work: &Work<'_>) -> Result<View, Again> {
    let Loaded {
        bot,
        mut chat,
        ledger,
    } = app.store.load(&work.key, app.now()).await?;
    let mut bot = match bot {
        Some(bot) => bot,
        // An event for an account without a row makes one. An event of the
        // account itself makes it with its commit.
        None if work.key.chat.is_some() => app.store.update_bot(&work.key.bot, |_| {}).await?,
        None => BotRow::default(),
    };
    for event in work.in_hand {
        match event.kind.is_of_bot() {
            true => bot.state.fold(event),
            false => chat.registers.fold(event),
        }
    }
    let chat = chat.of_present(bot.state.detached_at);
    Ok(View { bot, chat, ledger })
}

/// Whether the event's row was changed, for a replay that has not begun yet.
async fn reopen<M: Module>(app: &App<M>, work: &Work<'_>, view: &View) -> Result<bool, Again> {
    let (Some(replay), Some(row)) = (work.replay, &view.ledger) else {
        return Ok(false);
    };
    if row.replays >= replay.number {
        return Ok(false);
    }
    let now = app.now();
    let open = row.clone().reopened(replay.number, replay.force, now);
    let key = &work.key;
    app.store.replace_ledger(key, Some(row), &open, now).await?;
    Ok(true) // also where another was first: read again
}

async fn finish<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: View,
    decision: Decision,
) -> Result<(), Again> {
    if let Some(again) = decision.again {
        return Err(again);
    }
    match Sending::first(&decision.ledger, decision.this) {
        Some(sending) => send(app, work, view, sending).await,
        None => Ok(()),
    }
}

/// Goes on with a plan that was found: another try, if nobody else begins it.
async fn resume<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    view: View,
    row: &LedgerRow,
) -> Result<(), Again> {
    let this = app.new_try(row.writes);
    let Some(mut sending) = Sending::next(row, this) else {
        return park(app, work, "the plan cannot be read").await;
    };
    if !app.store.begin_try(&work.key, &mut sending.this).await? {
        // It may stand there, if only the answer to its first write was lost.
        let _ = app.store.leave_try(&work.key, &sending.this).await;
        return Err(Again::not_yet("another worker is at this event"));
    }
    send(app, work, view, sending).await
}

async fn wait_a_little<M: Module>(app: &App<M>, round: u32) {
    let most = 20_u64 << round.min(4);
    app.sleep
        .sleep(Duration::from_millis(app.random.below(most)))
        .await;
}
