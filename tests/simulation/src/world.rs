//! All that the bundle stands on, and what is seen of it: table, queue, LINE and time.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;
use serde_json::Value as Json;
use sqs::Sqs;
use template_file::Template;

use crate::history::History;
use crate::line::Line;
use crate::schedule::{Harm, Schedule, Server};
use crate::time::Time;
use table_model::Table;

/// The queue.
pub(crate) const QUEUE: &str = "events.fifo";
/// The table.
pub(crate) static TABLE: LazyLock<(String, Json)> = LazyLock::new(|| {
    let table = TEMPLATE.table("Table").expect("the table");
    (table.name, table.create)
});
static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../template.yaml");
    Template::load(path).expect("the template")
});

/// All that the bundle stands on.
#[derive(Debug)]
pub(crate) struct World {
    /// What happens.
    pub(crate) schedule: Schedule,
    pub(crate) time: Time,
    /// The queue.
    pub(crate) sqs: Queue,
    table: Mutex<Table>,
    line: Mutex<Line>,
    history: Mutex<History>,
    /// How many calls of each kind were made.
    calls: Mutex<BTreeMap<String, u32>>,
    /// How many processes were started.
    processes: Mutex<u64>,
}

/// The queue's server.
#[derive(Clone)]
pub(crate) struct Queue(pub Sqs);

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Queue")
    }
}

/// What becomes of a call on its way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fate {
    /// How long it takes to get there.
    pub(crate) there: Duration,
    /// How long the answer takes.
    pub(crate) back: Duration,
    /// What goes wrong.
    pub(crate) harm: Option<Harm>,
}

impl World {
    /// A world in which nothing has happened.
    pub(crate) fn new(schedule: Schedule, transcript: bool) -> Arc<Self> {
        let time = Time::default();
        let sqs = Sqs::new(time.clock(0));
        let number = |name: &str, value: String| (name.to_owned(), value);
        let attributes = BTreeMap::from([
            number("FifoQueue", "true".into()),
            number("DeduplicationScope", "messageGroup".into()),
            number("FifoThroughputLimit", "perMessageGroupId".into()),
            number("MessageRetentionPeriod", "1209600".into()),
            number("VisibilityTimeout", schedule.visibility_s.to_string()),
        ]);
        sqs.create_queue(QUEUE, attributes).expect("a queue");
        let mut skews = seeded(schedule.seed, &"line");
        let skew = skew(&schedule, &mut skews);
        let line = Line::new(&schedule, time.clock(skew));
        let history = History::new(&schedule, transcript);
        let mut table = Table::new(&TABLE.1);
        table.lag_indexes(schedule.index_lag);
        Arc::new(Self {
            time,
            sqs: Queue(sqs),
            table: Mutex::new(table),
            line: Mutex::new(line),
            history: Mutex::new(history),
            calls: Mutex::default(),
            processes: Mutex::default(),
            schedule,
        })
    }

    pub(crate) fn table(&self) -> MutexGuard<'_, Table> {
        lock(&self.table)
    }

    /// LINE.
    pub(crate) fn line(&self) -> MutexGuard<'_, Line> {
        lock(&self.line)
    }

    /// What was seen.
    pub(crate) fn history(&self) -> MutexGuard<'_, History> {
        lock(&self.history)
    }

    /// Records what happens.
    pub(crate) fn note(&self, line: impl FnOnce() -> String) {
        self.history().note(self.time.elapsed(), line);
    }

    /// Adds to what was noted, where someone reads it.
    pub(crate) fn tell(&self, line: impl FnOnce() -> String) {
        self.history().tell(line);
    }

    /// Choices of another process than those before: its clock, its randomness.
    pub(crate) fn process(&self) -> (i64, Rng) {
        let mut processes = lock(&self.processes);
        *processes += 1;
        let mut chance = seeded(self.schedule.seed, &("process", *processes));
        (skew(&self.schedule, &mut chance), chance)
    }

    /// How many calls were made.
    pub(crate) fn calls(&self) -> u64 {
        lock(&self.calls).values().copied().map(u64::from).sum()
    }

    /// What becomes of the next call of this kind.
    pub(crate) fn fate(&self, server: Server, call: &str) -> Fate {
        let nth = {
            let mut calls = lock(&self.calls);
            if let Some(nth) = calls.get_mut(call) {
                *nth += 1;
                *nth
            } else {
                calls.insert(call.to_owned(), 1);
                1
            }
        };
        let schedule = &self.schedule;
        let mut chance = seeded(schedule.seed, &(call, nth));
        let harm = self.harm(server, call, nth);
        if let Some(harm) = harm {
            let kind = match harm {
                Harm::Late(_) => Harm::Late(0),
                Harm::Refused(_) => Harm::Refused(0),
                other => other,
            };
            *self.history().harms.entry(kind).or_default() += 1;
            self.note(|| format!("{call} number {nth}: {harm:?}"));
        }
        let (there_ms, back_ms) = schedule
            .slow
            .iter()
            .find(|slow| (slow.call.as_str(), slow.nth) == (call, nth))
            .map_or((0, 0), |slow| (slow.there_ms, slow.back_ms));
        Fate {
            there: delay(&mut chance, schedule.slowest_ms) + Duration::from_millis(there_ms),
            back: delay(&mut chance, schedule.slowest_ms) + Duration::from_millis(back_ms),
            harm,
        }
    }

    fn harm(&self, server: Server, call: &str, nth: u32) -> Option<Harm> {
        let now = u64::try_from(self.time.elapsed().as_millis()).unwrap_or(u64::MAX);
        let faults = &self.schedule.faults;
        let fault = faults
            .iter()
            .find(|fault| fault.call == call && fault.nth == nth);
        let outages = &self.schedule.outages;
        let under = |it: &&crate::schedule::Outage| {
            let is_met = it.call.as_deref().is_none_or(|only| only == call);
            it.server == server && is_met && (it.from_ms..it.to_ms).contains(&now)
        };
        let outage = outages.iter().find(under);
        fault.map(|it| it.harm).or(outage.map(|it| it.harm))
    }
}

/// Chance that depends on nothing but the seed and what it is for.
pub(crate) fn seeded(seed: u64, what: &impl std::hash::Hash) -> Rng {
    let mut hash = DefaultHasher::new();
    seed.hash(&mut hash);
    what.hash(&mut hash);
    Rng::with_seed(hash.finish())
}

fn skew(schedule: &Schedule, chance: &mut Rng) -> i64 {
    let most = schedule.skew();
    chance.i64(-most..=most)
}

/// Mostly short, at times long.
fn delay(chance: &mut Rng, slowest_ms: u64) -> Duration {
    let most = match chance.u8(0..100) {
        0..90 => 20,
        90..98 => slowest_ms.min(300),
        _ => slowest_ms,
    };
    Duration::from_micros(chance.u64(500..=most.max(1) * 1000))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
