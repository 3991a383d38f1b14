//! One run: the timers that are due, page by page, into the queue.

use std::collections::HashSet;
use std::time::Duration;

use aws_smithy_async::future::timeout::Timeout;
use aws_smithy_async::rt::sleep::AsyncSleep as _;
use futures::StreamExt as _;
use futures::future::join_all;
use serde::Serialize;
use shared::domain::{BotId, ChatId, Timestamp};
use shared::line::own_event::{self, Ringing};
use shared::metrics::Metric;
use shared::queue::{Job, JobEvent, Message, TIMER};
use shared::store::{StoreError, TIMER_SHARDS, Timer};

use crate::{App, Failure};

/// Work stops this long before Lambda would stop it, so that the result can be returned.
const BEFORE_DEADLINE: Duration = Duration::from_secs(5);
/// Maximum number of rows of a page that are written side by side.
const SIDE_BY_SIDE: usize = 16;

/// What a run has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Done {
    /// Timers that were found due.
    pub due: usize,
    /// Those whose event is in the queue.
    pub queued: usize,
    /// The others: the next run finds them again.
    pub left: usize,
    /// Of these: rows that cannot be read, or written as a job. No run will queue them.
    pub unreadable: usize,
    /// How late the oldest was, in seconds.
    pub lateness: u64,
}

/// Queues what is due; `deadline` is Lambda's.
///
/// # Errors
/// [`Failure`]: timers are due that were not found, or of which none could be queued.
pub async fn handle(app: &App, deadline: Timestamp) -> Result<Done, Failure> {
    let left = deadline.minus(BEFORE_DEADLINE).since(app.now());
    // Side by side, so that a shard with very many does not keep the others waiting.
    let shards = (0..TIMER_SHARDS).map(|shard| within(app, shard, left));
    let (mut done, mut unread) = (Done::default(), None);
    for (of_shard, result) in join_all(shards).await {
        done.due += of_shard.due;
        done.queued += of_shard.queued;
        done.unreadable += of_shard.unreadable;
        done.lateness = done.lateness.max(of_shard.lateness);
        unread = unread.or(result.err());
    }
    done.left = done.due - done.queued;
    let result = match unread {
        Some(error) => Err(Failure::Unread(error)),
        None if done.due > 0 && done.queued == 0 => Err(Failure::NoneQueued(done.due)),
        None => Ok(done),
    };
    match &result {
        Ok(_) => tracing::info!(?done, "timers are queued"),
        Err(failure) => tracing::error!(%failure, ?done, "timers do not ring"),
    }
    measure(app, &done);
    result
}

fn measure(app: &App, done: &Done) {
    let metrics = &app.metrics;
    metrics.add(Metric::TimersDue, done.due);
    metrics.add(Metric::TimersQueued, done.queued);
    metrics.add(Metric::TimersLeft, done.left);
    metrics.add(Metric::TimersUnreadable, done.unreadable);
    metrics.observe(Metric::TimerLateness, done.lateness);
    metrics.flush();
}

/// Empties one shard in the time that is left. Where that is not enough, the next run
/// does the rest.
async fn within(app: &App, shard: u8, left: Duration) -> (Done, Result<(), StoreError>) {
    let mut done = Done::default();
    let work = empty(app, shard, &mut done);
    let result = match Timeout::new(work, app.sleep.sleep(left)).await {
        Ok(result) => result,
        Err(_) => {
            tracing::warn!(shard, "the time is up before all due timers are queued");
            Ok(())
        }
    };
    (done, result)
}

async fn empty(app: &App, shard: u8, done: &mut Done) -> Result<(), StoreError> {
    let now = app.now();
    let mut stuck = HashSet::new();
    let mut from = None;
    loop {
        let page = app.store.due_timers(shard, now, from.as_ref()).await?;
        done.due += page.timers.len() + page.unreadable.len();
        done.unreadable += page.unreadable.len();
        let late = |timer: &Timer| now.since(timer.due).as_secs();
        let latest = page.timers.iter().map(late).max();
        done.lateness = done.lateness.max(latest.unwrap_or_default());
        for row in &page.unreadable {
            tracing::error!(row, "a timer cannot be read, and stays");
        }
        let chats = by_chat(page.timers);
        queue_chats(app, chats, &mut stuck, done).await;
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}

/// The timers of one chat, or of the account itself, in order.
struct DueChat {
    place: Place,
    timers: Vec<Timer>,
}

/// A chat of an account, or the account itself.
type Place = (BotId, Option<ChatId>);

fn by_chat(timers: Vec<Timer>) -> Vec<DueChat> {
    let mut chats: Vec<DueChat> = Vec::new();
    for timer in timers {
        let chat = timer.chat.as_ref().map(|chat| chat.id.clone());
        let place = (timer.bot.clone(), chat);
        match chats.iter_mut().find(|chat| chat.place == place) {
            Some(chat) => chat.timers.push(timer),
            None => chats.push(DueChat {
                place,
                timers: vec![timer],
            }),
        }
    }
    chats
}

/// Queues each chat's timers, and takes those that the queue has taken out of the index. A chat that is
/// stuck waits as a whole: what is due later must not overtake.
async fn queue_chats(app: &App, chats: Vec<DueChat>, stuck: &mut HashSet<Place>, done: &mut Done) {
    let now = app.now();
    let free = chats
        .into_iter()
        .filter(|chat| !stuck.contains(&chat.place));
    let (chats, messages): (Vec<_>, Vec<_>) =
        free.filter_map(|chat| written(chat, now, done)).unzip();
    let results = app.queue.send_each(messages).await;
    let mut taken = Vec::new();
    for (chat, result) in chats.into_iter().zip(results) {
        match result {
            Ok(()) => taken.extend(chat.timers),
            Err(error) => {
                tracing::warn!(%error, bot = %chat.place.0, "a chat's timers stay");
                stuck.insert(chat.place);
            }
        }
    }
    done.queued += taken.len();
    mark_queued(app, taken).await;
}

/// Where a row cannot be written, its event is queued once more: the ledger knows it.
async fn mark_queued(app: &App, timers: Vec<Timer>) {
    let now = app.now();
    let mark = async |timer: Timer| app.store.timer_queued(&timer, now).await;
    let marks = timers.into_iter().map(mark);
    let mut marked = futures::stream::iter(marks).buffer_unordered(SIDE_BY_SIDE);
    while let Some(result) = marked.next().await {
        if let Err(error) = result {
            tracing::warn!(%error, "a timer that is queued stays in the index");
        }
    }
}

/// The chat with its timers as the queue takes them.
fn written(chat: DueChat, now: Timestamp, done: &mut Done) -> Option<(DueChat, Vec<Message>)> {
    match messages(&chat, now) {
        Ok(messages) => Some((chat, messages)),
        Err(error) => {
            done.unreadable += chat.timers.len();
            tracing::error!(%error, bot = %chat.place.0, "a chat's timers cannot be written");
            None
        }
    }
}

fn messages(chat: &DueChat, now: Timestamp) -> Result<Vec<Message>, serde_json::Error> {
    let events: Result<Vec<_>, _> = chat.timers.iter().map(job_event).collect();
    let (bot, chat) = chat.place.clone();
    Job::new(bot, chat, now, events?).into_messages()
}

fn job_event(timer: &Timer) -> Result<JobEvent, serde_json::Error> {
    let raw = own_event::of_timer(&Ringing {
        chat: timer.chat.as_ref(),
        due: timer.due,
        name: &timer.name,
        payload: &timer.payload,
        epoch: timer.epoch,
        is_named: timer.is_named,
    })?;
    Ok(JobEvent {
        id: timer.id.clone(),
        kind: TIMER.to_owned(),
        raw,
    })
}
