//! The end of data: of an account, some time after its detach; of one chat, as its user or the
//! account wishes. Each comes through the queue, in order with all else of the account or the chat.

use std::time::Duration;

use line_module::Module;
use shared::domain::{Attachment, BotId, ChatId, Timestamp};
use shared::hash::sha256_hex;
use shared::metrics::Metric;
use shared::queue::{Erasure, Job};
use shared::store::{BotRow, ChatPage, Counts, Receipt};

use crate::App;
use crate::detach::settle_failures;
use crate::requeue::{Cause, Requeue, Untried};
use crate::settle::{Settled, settle};
use crate::work::Work;

/// No page is begun with less time than this.
const LEAST_TIME: Duration = Duration::from_millis(2_500);
/// How long it is until a chat's erasure goes on.
const NEXT_PART: Duration = Duration::from_secs(1);

/// Erases what the detach has left behind, unless the account was attached again: then nothing
/// is done, or no more. What one worker has no time for another goes on with, by a job of its own:
/// an attach must not wait for all of it.
pub(crate) async fn erase_account<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    erasure: Erasure,
) -> Result<(), Requeue> {
    let bot = &work.key.bot;
    let Some(detached_at) = detach_to_erase(app, work, &erasure).await? else {
        tracing::info!("nothing is erased: the account was attached again");
        return settle_failures(app, work).await;
    };
    let mut removed = Counts::default();
    let mut from = None;
    loop {
        if !has_time(app, work) {
            note(app, work, &erasure, &removed, None).await?;
            queue_next(app, bot, erasure).await?;
            break;
        }
        let page = app.store.erase_ended(bot, detached_at, from.as_deref());
        let page = page.await?;
        removed.add(&page.removed);
        from = page.next;
        if from.is_none() {
            let now = app.now();
            app.store.end_erase(bot, detached_at, now).await?;
            note(app, work, &erasure, &removed, Some(now)).await?;
            app.metrics.count(Metric::AccountsErased);
            break;
        }
    }
    measure(app, &removed, &Counts::default());
    settle_failures(app, work).await
}

/// The detach, if it still is the newest that is known of the account, also by what is in hand.
/// The account's row says then that it is erased: from here on rows of events may be gone.
async fn detach_to_erase<M>(
    app: &App<M>,
    work: &Work<'_>,
    erasure: &Erasure,
) -> Result<Option<Timestamp>, Requeue> {
    let bot = &work.key.bot;
    if app.store.bot(bot).await?.is_none() {
        return Ok(None);
    }
    let Some(detached_at) = erasure.detached_at else {
        return Ok(None);
    };
    let is_due = |row: &BotRow| row.state.attachment() == Attachment::Detached(detached_at);
    let events = || work.in_hand.iter().filter(|event| event.kind.is_of_bot());
    let begin = |row: &mut BotRow| {
        events().for_each(|event| row.state.fold(event));
        if is_due(row) {
            row.state.erased_detach = row.state.erased_detach.max(Some(detached_at));
        }
    };
    let row = app.store.update_bot(bot, begin).await?;
    Ok(Some(detached_at).filter(|_| is_due(&row)))
}

async fn note<M>(
    app: &App<M>,
    work: &Work<'_>,
    erasure: &Erasure,
    removed: &Counts,
    ended_at: Option<Timestamp>,
) -> Result<(), Requeue> {
    let note = |receipt: &mut Receipt| {
        if receipt.version == 0 {
            receipt.requested_at = work.received_at;
        }
        receipt.removed.add(removed);
        receipt.ended_at = ended_at;
    };
    let bot = &work.key.bot;
    let noted = app.store.update_receipt(bot, &erasure.id, note);
    noted.await?;
    Ok(())
}

async fn queue_next<M>(app: &App<M>, bot: &BotId, erasure: Erasure) -> Result<(), Requeue> {
    let part = erasure.part + 1;
    let next = Erasure { part, ..erasure };
    let not_queued = |error: String| Requeue::transient(Cause::Queue, error);
    let job = Job::to_erase(bot.clone(), None, &next, app.now());
    let job = job.map_err(|error| not_queued(error.to_string()))?;
    let queued = app.queue.send_jobs(vec![job]).await;
    queued.map_err(|error| not_queued(error.to_string()))
}

/// Erases what is kept of the event's chat, when the module has been told. What the module could
/// not do keeps nobody from being erased: an event of this kind that is parked is erased as well.
/// Where the time is up the event comes again, and the chat's later events wait behind it.
pub(crate) async fn erase_chat<M: Module>(
    app: &App<M>,
    work: &Work<'_>,
    chat: &ChatId,
    erasure: &Erasure,
) -> Result<Settled, Requeue> {
    let bot = &work.key.bot;
    let receipt = app.store.receipt(bot, &erasure.id).await?;
    let receipt = receipt.unwrap_or_default();
    if receipt.ended_at.is_some() {
        return Ok(Settled::Before);
    }
    let settled = settle(app, work).await?;
    if !has_time(app, work) {
        return Err(Requeue::Untried(Untried::NoTime));
    }
    let alias = format!("erased-{}", &sha256_hex([&erasure.id])[..8]);
    let target = app
        .store
        .erasure_of(bot, chat, &work.key.event, alias)
        .await?;
    let mut done = ChatPage {
        next: receipt.next,
        ..ChatPage::default()
    };
    loop {
        let from = done.next.take();
        let page = app.store.erase_from(&target, from.as_deref(), app.now());
        gather(&mut done, page.await?);
        if done.next.is_none() {
            let last = app.store.erase_last(&target, app.now()).await?;
            gather(&mut done, last);
            keep(app, bot, erasure, &done, Some(app.now())).await?;
            app.metrics.count(Metric::ChatsErased);
            return Ok(settled);
        }
        if !has_time(app, work) {
            keep(app, bot, erasure, &done, None).await?;
            return Err(Requeue::NotYet {
                reason: "more of a chat is to be erased",
                wait: NEXT_PART,
            });
        }
    }
}

fn has_time<M>(app: &App<M>, work: &Work<'_>) -> bool {
    work.until.since(app.now()) >= LEAST_TIME
}

fn gather(done: &mut ChatPage, page: ChatPage) {
    done.removed.add(&page.removed);
    done.changed.add(&page.changed);
    done.left.add(&page.left);
    done.next = page.next;
}

/// Keeps what was done so far, and where to go on.
async fn keep<M: Module>(
    app: &App<M>,
    bot: &BotId,
    erasure: &Erasure,
    done: &ChatPage,
    ended_at: Option<Timestamp>,
) -> Result<(), Requeue> {
    let note = |receipt: &mut Receipt| {
        receipt.is_of_chat = true;
        receipt.removed.add(&done.removed);
        receipt.changed.add(&done.changed);
        receipt.left.add(&done.left);
        receipt.next.clone_from(&done.next);
        receipt.ended_at = ended_at;
    };
    app.store.update_receipt(bot, &erasure.id, note).await?;
    measure(app, &done.removed, &done.changed);
    Ok(())
}

fn measure<M>(app: &App<M>, removed: &Counts, changed: &Counts) {
    let number = |counts: &Counts| usize::try_from(counts.total()).unwrap_or(usize::MAX);
    app.metrics.add(Metric::RowsErased, number(removed));
    app.metrics.add(Metric::RowsRedacted, number(changed));
    tracing::info!(removed = ?removed.0, changed = ?changed.0, "data is erased");
}
