//! The end of an account's data, and its return in the middle of it: workers that erase, workers
//! that handle events of the new attachment, and copies of old events, side by side in an order
//! that a seed decides. Calls of the table are slow, fail and lose their answers, and workers
//! vanish.

mod judge;
mod scene;

use std::time::Duration;

use fastrand::Rng;
use futures::future::{join_all, join3};
use shared::domain::{Scopes, Timestamp};
use shared::queue::{Erasure, Job, Message};
use shared::store::BotRow;

use crate::time::{Time, run as run_tasks};
use scene::{Scene, bot, is_reported};

const HOUR: Duration = Duration::from_secs(3600);

/// What a run came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ended {
    /// Whether the account was attached again.
    pub is_back: bool,
    /// How many jobs to erase there were.
    pub parts: usize,
    /// How many calls to workers ended without an end.
    pub vanished: usize,
}

/// What is drawn from a seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Events before the detach.
    pub(crate) old: usize,
    /// Events after the return; none if the account does not return.
    pub(crate) new: Option<usize>,
    /// When it returns, after the erase has begun.
    pub(crate) back_after: Duration,
    /// How slow a call may be, in milliseconds.
    pub(crate) slowest_ms: u64,
    /// One call of so many goes wrong.
    pub(crate) one_in: u32,
}

impl Plan {
    fn draw(chance: &mut Rng) -> Self {
        let slowest_ms = chance.choice([5, 50, 400, 800]).unwrap_or(5);
        Self {
            old: chance.usize(1..12),
            new: chance.bool().then(|| chance.usize(1..6)),
            back_after: Duration::from_millis(chance.u64(0..=slowest_ms * 30)),
            slowest_ms,
            one_in: chance.choice([10, 40, 1_000]).unwrap_or(40),
        }
    }
}

/// Runs one seed.
///
/// # Errors
/// The first rule that does not hold, in words.
pub fn run(seed: u64) -> Result<Ended, String> {
    // The SDK draws its waits from the thread's chance.
    fastrand::seed(seed);
    let mut chance = Rng::with_seed(seed);
    let plan = Plan::draw(&mut chance);
    let time = Time::default();
    let scene = Scene::new(time.clone(), plan, chance);
    let (told, result) = (scene.clone(), scene.result());
    let has_ended = run_tasks(&time, seed, async move {
        let judged = play(&told).await;
        told.end(judged);
    });
    match has_ended {
        true => result.take().unwrap_or_else(|| Err("it has no end".into())),
        false => Err("all wait for nothing".into()),
    }
    .map_err(|what| format!("seed {seed}, {plan:?}: {what}"))
}

async fn play(scene: &Scene) -> Result<Ended, String> {
    let attached_at = scene.now();
    let attach = |row: &mut BotRow| {
        row.state
            .attach(attached_at, &Scopes::from_words("message:send"));
        row.display_name = Some("A shop".into());
        is_reported(row);
    };
    scene.writes(attach).await;
    let old = scene.happen("old", scene.plan.old);
    for event in &old {
        scene.calm(event).await;
    }
    scene.time.sleep(HOUR).await;
    let detached_at = scene.now();
    let detach = |row: &mut BotRow| {
        row.state.detach(detached_at);
        is_reported(row);
    };
    scene.writes(detach).await;
    scene.keep_usage();
    scene.time.sleep(HOUR).await;
    let erase = erase(scene, detached_at);
    let copies = join_all(old.iter().map(|event| scene.copied(event)));
    let (parts, back_at, _) = join3(erase, come_back(scene), copies).await;
    let is_back = back_at.is_some();
    if !is_back {
        // What the copies have recorded goes with the next erase.
        scene.calm(&to_erase(scene, detached_at, 1_000)).await;
    }
    judge::holds(scene, attached_at, detached_at, back_at)?;
    Ok(Ended {
        is_back,
        parts,
        vanished: scene.vanished(),
    })
}

/// The job, and those that go on with it; gives how many there were.
async fn erase(scene: &Scene, detached_at: Timestamp) -> usize {
    let mut jobs = vec![to_erase(scene, detached_at, 0)];
    let mut parts = 0;
    while let Some(job) = jobs.pop() {
        parts += 1;
        scene.settles(&job).await;
        jobs.extend(scene.queued());
    }
    parts
}

fn to_erase(scene: &Scene, detached_at: Timestamp, part: u32) -> Message {
    let erasure = Erasure {
        part,
        ..Erasure::of_detach(detached_at)
    };
    let job = Job::to_erase(bot(), None, &erasure, scene.now()).expect("JSON");
    job.into_messages().expect("JSON").remove(0)
}

/// The account is attached again, if it is, and events of the new attachment come. Gives when.
async fn come_back(scene: &Scene) -> Option<Timestamp> {
    let new = scene.plan.new?;
    scene.time.sleep(scene.plan.back_after).await;
    let at = scene.now();
    let attach = |row: &mut BotRow| {
        row.state.attach(at, &Scopes::from_words("message:send"));
        is_reported(row);
    };
    scene.writes(attach).await;
    scene.time.sleep(Duration::from_millis(1)).await;
    for event in scene.happen("new", new) {
        scene.settles(&event).await;
    }
    Some(at)
}
