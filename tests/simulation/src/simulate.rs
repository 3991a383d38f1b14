//! One schedule, from its beginning until the queue is empty, and what it shows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::actors;
use crate::checks;
use crate::company;
use crate::history::Violation;
use crate::judges::lifecycle;
use crate::judges::{attempts, suspects};
use crate::link;
use crate::module::Script;
use crate::schedule::{Harm, Round, Schedule, Upkeep};
use crate::time;
use crate::upkeep;
use crate::world::{QUEUE, World};

/// How long after the last thing that comes from outside a queue may take to be empty; else it never will be.
const LONGEST: Duration = Duration::from_secs(4 * 24 * 3600);
/// What is under way has arrived by then.
const LATEST: Duration = Duration::from_secs(30);
/// Maximum number of runs of the timer function in the end, until no timer waits.
const TIMERS_EVERY: Duration = Duration::from_secs(300);

/// Maximum number of runs of the reconciler, while something of an account is under way.
const MOST_WALKS: u32 = 4;
/// The lease of one that has crashed has ended by then, and a detach takes too long.
const WALKS_EVERY: Duration = Duration::from_secs(3_700);

/// What a schedule has shown.
#[derive(Debug)]
pub struct Outcome {
    /// What must not be, as it was found.
    pub violations: Vec<Violation>,
    /// How many events have happened.
    pub events: u64,
    /// How often each harm was done.
    pub harms: BTreeMap<Harm, u64>,
    /// How many replies were lost, by their causes.
    pub lost_replies: BTreeMap<String, u64>,
    /// How many messages LINE has accepted.
    pub accepted: u64,
    /// How many calls of AWS and of LINE were made: what a schedule costs.
    pub calls: u64,
    /// How often other things have happened.
    pub counts: BTreeMap<&'static str, u64>,
    /// How long it took, in virtual time.
    pub took: Duration,
    /// What has happened, in words, if that was asked for.
    pub transcript: Vec<String>,
}

/// Runs a schedule.
pub fn simulate(schedule: &Schedule, transcript: bool) -> Outcome {
    // The SDK's waits and request tokens come from here.
    fastrand::seed(schedule.seed);
    let world = World::new(schedule.clone(), transcript);
    let module = Script::new(schedule);
    let ended = time::run(
        &world.time,
        schedule.seed,
        live(world.clone(), module.clone()),
    );
    if !ended {
        world
            .history()
            .violation("it ends", "all wait for nothing".into());
    }
    checks::at_the_end(&world);
    for what in attempts::never_left_alone(&world.schedule, |id| module.times_asked(id)) {
        let check = "attempts that vanish count";
        world.history().violation(check, what);
    }
    let taken = suspects::taken_too_often(&world.schedule, &world.history().taken_along);
    for what in taken {
        let check = "a killer takes others with it twice at most";
        world.history().violation(check, what);
    }
    let took = world.time.elapsed();
    let events = world.line().events.len() as u64;
    let accepted = world.line().accepted.len() as u64;
    let counts = counts(&world);
    let mut history = world.history();
    Outcome {
        violations: std::mem::take(&mut history.violations),
        events,
        harms: std::mem::take(&mut history.harms),
        lost_replies: history.judges.lost(),
        accepted,
        calls: world.calls(),
        counts,
        took,
        transcript: history.transcript.take().unwrap_or_default(),
    }
}

/// How often what happened to accounts.
fn counts(world: &World) -> BTreeMap<&'static str, u64> {
    let mut counts = world.line().changes.clone();
    let judges = &world.history().judges;
    counts.extend(judges.reconciler.done.clone());
    counts.insert("changes reported to the module", judges.lifecycle.count());
    counts.insert("module's rows made", judges.rows_made.count());
    counts.insert("steps called", judges.steps.count());
    counts.insert("signals", judges.signals.count());
    counts.insert("commands", judges.commands.count());
    counts.extend(judges.withheld.counts.clone());
    counts
}

async fn live(world: Arc<World>, module: Script) {
    let schedule = world.schedule.clone();
    for _ in 0..schedule.workers {
        world
            .time
            .spawn(actors::lane(world.clone(), module.clone()));
    }
    for (number, deed) in schedule.deeds.into_iter().enumerate() {
        world.time.spawn(actors::deed(world.clone(), number, deed));
    }
    let webhooks = schedule
        .webhooks
        .into_iter()
        .map(|webhook| actors::webhook(world.clone(), webhook));
    let commands = schedule
        .commands
        .into_iter()
        .map(|command| company::command(world.clone(), command));
    let rounds = schedule
        .rounds
        .into_iter()
        .map(|round| upkeep::round(world.clone(), round));
    let links = schedule
        .links
        .into_iter()
        .enumerate()
        .map(|(number, link)| link::link(world.clone(), number, link));
    let webhooks = futures::future::join_all(webhooks);
    let commands = futures::future::join_all(commands);
    let links = futures::future::join_all(links);
    let rounds = futures::future::join_all(rounds);
    futures::future::join4(webhooks, commands, links, rounds).await;
    for stop in &world.schedule.stops {
        world.time.until(Duration::from_millis(stop.to_ms)).await;
    }
    come_to_an_end(&world).await;
}

/// Timers ring and the reconciler walks until nothing is left to be done.
async fn come_to_an_end(world: &Arc<World>) {
    let mut last = world.time.elapsed();
    let (latest, longest) = (latest(&world.schedule), longest(&world.schedule));
    let mut walks = 0;
    loop {
        world.time.sleep(latest).await;
        let paused = world.history().judges.withheld.paused();
        for bot in paused {
            let at = world.time.elapsed();
            round(world, at, Upkeep::Resume { bot }).await;
        }
        let empty = world.sqs.0.depth(QUEUE) == (0, 0);
        let ended = empty && world.line().under_way == 0;
        let next = upkeep::next_timer(world).filter(|_| ended);
        if let Some(due) = next {
            let wait = u64::try_from(due - world.time.millis(0)).unwrap_or(0);
            let at = world.time.elapsed() + Duration::from_millis(wait) + TIMERS_EVERY;
            round(world, at, Upkeep::RingTimers).await;
        } else if ended && walks < MOST_WALKS && lifecycle::is_under_way(world) {
            walks += 1;
            let outages = world.schedule.outages.iter();
            let over = outages.map(|it| Duration::from_millis(it.to_ms)).max();
            let at = (world.time.elapsed() + WALKS_EVERY).max(over.unwrap_or_default());
            round(world, at, Upkeep::Reconcile).await;
            last = world.time.elapsed(); // what it has queued takes its time
        } else if ended {
            return;
        }
        if world.time.elapsed() > last + longest {
            let what = format!("{:?} messages are left", world.sqs.0.depth(QUEUE));
            return world.history().violation("it ends", what);
        }
    }
}

/// One more round, when all has happened.
async fn round(world: &Arc<World>, at: Duration, what: Upkeep) {
    // The index lags by writes, and there are no more of them.
    world.table().lag_indexes(0);
    let at_ms = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
    upkeep::round(world.clone(), Round { at_ms, what }).await;
}

/// When everything has arrived that is on its way, however late.
fn latest(schedule: &Schedule) -> Duration {
    let delays = schedule.faults.iter().filter_map(|fault| match fault.harm {
        Harm::Late(ms) => Some(Duration::from_millis(ms)),
        _ => None,
    });
    let longest_delay = delays.max().unwrap_or_default();
    LATEST.max(longest_delay + Duration::from_secs(10))
}

/// When all should be over, after the last that comes from outside.
fn longest(schedule: &Schedule) -> Duration {
    let events = schedule.webhooks.iter().flat_map(|webhook| &webhook.events);
    let timers = events.filter_map(|event| event.timer_ms);
    LONGEST + Duration::from_millis(timers.max().unwrap_or_default())
}
