//! What goes on behind the scenes: the reconciler, the timer function, and an operator
//! who runs again what is parked.

use std::sync::Arc;
use std::time::Duration;

use reconciler::Failure;
use serde_json::Value as Json;
use shared::domain::{BotId, ChatId, Entitlement, EventId, Pause, PauseMode, Timestamp};
use shared::replay::{Mode, ReplayError, replay};
use shared::store::LedgerKey;

use crate::history::Role;
use crate::judges::{Backup, lease, lifecycle, limits, timers};
use crate::line::bot_id;
use crate::process::Process;
use crate::rows::text;
use crate::schedule::{Round, Said, Upkeep};
use crate::world::World;
use table_model::Value;

/// An operator waits no longer.
const OPERATORS_PATIENCE: Duration = Duration::from_secs(30);

/// When the first of the timers that have not rung is due, in milliseconds since 1970.
pub(crate) fn next_timer(world: &World) -> Option<i64> {
    let table = world.table();
    let timers = table
        .items()
        .filter(|row| text(row, "chat_id").starts_with("@timer#"))
        .filter(|row| row.get("timer_shard").is_some());
    let dues = timers.filter_map(|row| match row.get("due_at")? {
        Value::N(due) => due.to_string().parse().ok(),
        _ => None,
    });
    dues.min()
}

/// Someone or something keeps the bundle in order.
pub(crate) async fn round(world: Arc<World>, round: Round) {
    if let Upkeep::Restore { minutes } = round.what {
        return restore(&world, Duration::from_millis(round.at_ms), minutes).await;
    }
    world.time.until(Duration::from_millis(round.at_ms)).await;
    let process = Process::start(&world);
    let invocation = world.history().invocation(Vec::new());
    world.note(|| format!("behind the scenes, as invocation {invocation}: {round:?}"));
    world.history().invocations[invocation].role = match round.what {
        Upkeep::Reconcile => Role::Reconciler,
        _ => Role::Operator,
    };
    match round.what {
        Upkeep::Reconcile => {
            let work = reconcile(&process, invocation);
            let done = process.invoke(invocation, reconciler::TIMEOUT, work).await;
            if done.is_some() {
                lifecycle::ended(&world, invocation);
            }
        }
        Upkeep::ReplayParked => {
            let work = replay_parked(&process);
            process.invoke(invocation, OPERATORS_PATIENCE, work).await;
        }
        Upkeep::Detach(bot) => {
            let work = detach(&process, bot);
            process.invoke(invocation, OPERATORS_PATIENCE, work).await;
        }
        Upkeep::Approve => {
            let work = approve(&process);
            process.invoke(invocation, OPERATORS_PATIENCE, work).await;
        }
        Upkeep::RingTimers => {
            timers::begins(&world, invocation);
            let work = ring_timers(&process);
            process.invoke(invocation, timer::TIMEOUT, work).await;
        }
        Upkeep::CountCall => {
            let work = count_call(&process);
            process.invoke(invocation, OPERATORS_PATIENCE, work).await;
        }
        Upkeep::Pause { bot, record } => {
            let work = pause(&process, bot, Some(record));
            process.invoke(invocation, OPERATORS_PATIENCE, work).await;
        }
        Upkeep::Resume { bot } => {
            let work = pause(&process, bot, None);
            process.invoke(invocation, OPERATORS_PATIENCE, work).await;
        }
        Upkeep::Entitle { bot, said } => {
            let work = entitle(&process, bot, said);
            process.invoke(invocation, OPERATORS_PATIENCE, work).await;
        }
        Upkeep::DropExpired => drop_expired(&world),
        Upkeep::Replay { nth, force } => {
            let work = replay_one(&process, usize::from(nth), force);
            process.invoke(invocation, OPERATORS_PATIENCE, work).await;
        }
        Upkeep::Restore { .. } => {}
    }
}

/// Restores the table to what it was this many minutes before `at`.
async fn restore(world: &World, at: Duration, minutes: u16) {
    let before = Duration::from_secs(60) * u32::from(minutes);
    world.time.until(at.saturating_sub(before)).await;
    let rows = world.table().backup();
    let seen = Backup::of(world);
    world.time.until(at).await;
    world.table().restore(rows);
    seen.restore(world);
    world.note(|| format!("the table is restored to {minutes} minutes ago"));
}

/// What DynamoDB does by itself, within days after a row's time has passed.
fn drop_expired(world: &World) {
    let seconds = world.time.millis(0).div_euclid(1000);
    let dropped = world.table().drop_expired("expires_at", seconds);
    world.note(|| format!("the table drops {dropped:?}"));
    world.history().dropped_rows.extend(dropped);
}

async fn reconcile(process: &Process, who: usize) {
    let world = process.world();
    let config = reconciler::Config::read(&process.env()).expect("its variables");
    let app = reconciler::App::new(config, &process.ground());
    let deadline = Timestamp(process.clock().millis()).plus(reconciler::TIMEOUT);
    let walk = reconciler::handle(&app, deadline).await;
    world.note(|| format!("the reconciler ends: {walk:?}"));
    if let Err(Failure::AnotherAtWork | Failure::LeaseLost) = walk {
        lease::left_off(world, who);
    }
}

/// A function is about to make a call of which LINE takes a few an hour.
async fn count_call(process: &Process) {
    let world = process.world();
    let now = Timestamp(process.clock().millis());
    let bot = BotId::new(bot_id(0)).expect("an account's id");
    let hour = Duration::from_secs(3_600);
    let store = process.store();
    let counted = store
        .count_call(&bot, "few an hour", limits::CALLS, hour, now)
        .await;
    world.note(|| format!("a call is counted: {counted:?}"));
    if matches!(counted, Ok(None)) {
        let skew = world.schedule.skew();
        let mut history = world.history();
        if let Some(what) = history.judges.limits.free(now.0, skew) {
            history.violation("limits hold", what);
        }
    }
}

/// We detach an account: its row is marked, and the worker does the rest.
async fn detach(process: &Process, bot: u8) {
    let (store, queue) = (process.store(), process.queue());
    let bot = BotId::new(bot_id(bot)).expect("an account's id");
    let clock = process.clock().shared();
    let begun = shared::detach::detach(&store, &queue, &bot, &clock).await;
    process
        .world()
        .note(|| format!("a detach is begun: {begun:?}"));
}

/// An operator stops an account, or all, from speaking, or ends that.
async fn pause(process: &Process, bot: Option<u8>, record: Option<bool>) {
    let bot = bot.map(|bot| BotId::new(bot_id(bot)).expect("an account's id"));
    let pause = record.map(|record| Pause {
        how: match record {
            true => PauseMode::Record,
            false => PauseMode::Wait,
        },
        since: Timestamp(process.clock().millis()),
        by: "an operator".into(),
        reason: "the schedule says so".into(),
    });
    let set = process.store().set_pause(bot.as_ref(), pause).await;
    process.world().note(|| format!("a pause is set: {set:?}"));
}

/// Billing says whether an account may be served.
async fn entitle(process: &Process, bot: u8, said: Said) {
    let bot = BotId::new(bot_id(bot)).expect("an account's id");
    let now = Timestamp(process.clock().millis());
    let said = match said {
        Said::Yes => Entitlement::Yes,
        Said::No => Entitlement::No,
        Said::For(ms) => Entitlement::Until(now.plus(Duration::from_millis(ms))),
    };
    let set = process.store().set_entitlement(&bot, said, now).await;
    process
        .world()
        .note(|| format!("{said:?} is said: {set:?}"));
}

/// An operator lets the accounts go for which the last walk has stopped.
async fn approve(process: &Process) {
    let store = process.store();
    let walk = store.walk().await.ok().flatten();
    if let Some(stopped) = walk.and_then(|walk| walk.stopped) {
        let approved = store.approve(&stopped.fingerprint).await;
        process.world().note(|| format!("approved: {approved:?}"));
    }
}

async fn ring_timers(process: &Process) {
    let world = process.world();
    let config = timer::Config::read(&process.env()).expect("its variables");
    let app = timer::App::new(config, &process.ground());
    let deadline = Timestamp(process.clock().millis()).plus(timer::TIMEOUT);
    let done = timer::handle(&app, deadline).await;
    world.note(|| format!("the timer function ends: {done:?}"));
}

async fn replay_parked(process: &Process) {
    let (store, queue) = (process.store(), process.queue());
    for key in parked(process.world()) {
        let now = Timestamp(process.clock().millis());
        let again = replay(&store, &queue, &key, None, Mode::Respect, now).await;
        note_replay(process.world(), &key, &again, false);
        process
            .world()
            .note(|| format!("{} is to run again: {again:?}", key.event));
    }
}

/// An operator gives the event's JSON, which the ledger keeps of parked events only.
async fn replay_one(process: &Process, nth: usize, force: bool) {
    let world = process.world();
    let Some((key, given)) = happened(world, nth) else {
        return;
    };
    let (store, queue) = (process.store(), process.queue());
    let now = Timestamp(process.clock().millis());
    let mode = match force {
        true => Mode::Force,
        false => Mode::Respect,
    };
    let again = replay(&store, &queue, &key, Some(&given), mode, now).await;
    note_replay(world, &key, &again, force);
    world.note(|| format!("{} is to run again, {mode:?}: {again:?}", key.event));
}

fn note_replay(world: &World, key: &LedgerKey, again: &Result<u32, ReplayError>, force: bool) {
    if let Ok(number) = again {
        let replays = &mut world.history().judges.replays;
        replays.queued(key.event.as_str(), *number, force);
    }
}

/// One of the events that have happened, and its JSON.
fn happened(world: &World, nth: usize) -> Option<(LedgerKey, String)> {
    let line = world.line();
    let event = line
        .events
        .values()
        .nth(nth.checked_rem(line.events.len())?)?;
    let key = LedgerKey {
        bot: BotId::new(event.bot.clone()).ok()?,
        chat: match &event.chat {
            Some(chat) => Some(ChatId::new(chat.clone()).ok()?),
            None => None,
        },
        event: EventId::new(event.id.clone()).ok()?,
    };
    Some((key, line.event_json(&event.id)?.to_string()))
}

fn parked(world: &World) -> Vec<LedgerKey> {
    let table = world.table();
    let rows = table.items().map(|item| serde_json::json!(item));
    let parked = rows.filter(|row| row["outcome"]["S"] == "parked");
    parked.filter_map(|row| key(&row)).collect()
}

fn key(row: &Json) -> Option<LedgerKey> {
    let text = |name: &str| row[name]["S"].as_str().unwrap_or_default().to_owned();
    let sort = text("chat_id");
    let (chat, event) = sort.split_once('#')?;
    let chat = match chat {
        "@bot" => None,
        chat => Some(ChatId::new(chat).ok()?),
    };
    Some(LedgerKey {
        bot: BotId::new(text("bot_id")).ok()?,
        chat,
        event: EventId::new(event).ok()?,
    })
}
