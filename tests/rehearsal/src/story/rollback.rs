//! A bad release: what it does to events, and the way back by hand, as docs/operate.md has it.

use std::fs;
use std::time::{Duration, Instant};

use crate::deploy::Deployment;
use crate::error::{Failed, because, expect};
use crate::guests::Guests;
use crate::versions::Versions;
use crate::world::World;

/// The worker's program in a build.
const WORKER: &str = "WorkerFunction/bootstrap";
const GUESTS: usize = 10;
/// How long it takes until somebody notices.
const UNSEEN: Duration = Duration::from_secs(10);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let good = world.deployment.clone();
    let ends = ends_at_its_start(world, &good).await?;
    let parks = parks_all(world, &good).await?;
    world.deploy(good.next("3", &world.folder)?).await?;
    Ok(format!("{ends}\n{parks}"))
}

/// Nothing becomes of what comes: it waits in the queue.
async fn ends_at_its_start(world: &mut World, good: &Deployment) -> Result<String, Failed> {
    let before = live(world).await?;
    let bad = good.next("ends", &world.folder)?;
    // Overwritten in place, the file keeps its executable bit.
    let worker = bad.build.join(WORKER);
    fs::write(&worker, "#!/bin/sh\nexit 1\n").map_err(because("a bad worker"))?;
    world.deploy(bad).await?;
    let guests = Guests::come(world, GUESTS).await?;
    let began = Instant::now();
    let (became, back) = tokio::join!(guests.write(world, 2, 1), back(world, &before));
    back?;
    Ok(format!(
        "a worker that ends at its start, its alias pointed back after {} s:\n{}; {:.0} s",
        UNSEEN.as_secs(),
        became?,
        began.elapsed().as_secs_f64()
    ))
}

/// What comes is parked, and run again when the release is gone.
async fn parks_all(world: &mut World, good: &Deployment) -> Result<String, Failed> {
    let before = live(world).await?;
    let bad = good.next("parks", &world.folder)?;
    let failing = std::env::current_exe().map(|us| us.with_file_name("failing-worker"));
    let failing = failing.map_err(because("this program's path"))?;
    fs::copy(failing, bad.build.join(WORKER)).map_err(because("a worker that parks"))?;
    world.deploy(bad).await?;
    let guests = Guests::come(world, GUESTS).await?;
    let began = Instant::now();
    let waiting = guests.send(world, 2).await?;
    guests.all_parked(world, &waiting).await?;
    Versions::of(world, "WorkerFunction")?
        .make_live(&before)
        .await?;
    let replay = [
        "replay",
        "--parked",
        "--kind",
        "by_module",
        "--rate",
        "50/s",
        "--yes",
    ];
    let replay = [&replay[..], &["--reason", "rehearsal"]].concat();
    world.modctl(&replay).await?;
    let became = guests.settle(world, waiting).await?;
    Ok(format!(
        "a worker that parks all, its alias pointed back, its parked events run again:\n{became}; {:.0} s",
        began.elapsed().as_secs_f64()
    ))
}

async fn live(world: &World) -> Result<String, Failed> {
    Versions::of(world, "WorkerFunction")?.live().await
}

/// Somebody notices that nobody is answered, and points the worker's alias back.
async fn back(world: &World, before: &str) -> Result<(), Failed> {
    let worker = Versions::of(world, "WorkerFunction")?;
    let live = worker.live().await?;
    expect(live != before, || "the bad release is not live".to_owned())?;
    tokio::time::sleep(UNSEEN).await;
    worker.make_live(before).await
}
