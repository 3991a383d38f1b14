//! A bad release: what it does to events, and the way back by hand, as docs/operate.md has it.

use std::fs;
use std::time::{Duration, Instant};

use crate::error::{Failed, because, expect};
use crate::guests::Guests;
use crate::versions::Versions;
use crate::world::World;

const GUESTS: usize = 10;
/// How long it takes until somebody notices.
const UNSEEN: Duration = Duration::from_secs(10);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let good = world.deployment.clone();
    let before = Versions::of(world, "WorkerFunction")?.live().await?;
    let bad = good.next("bad", &world.folder)?;
    // Overwritten in place, the file keeps its executable bit.
    let worker = bad.build.join("WorkerFunction/bootstrap");
    fs::write(&worker, "#!/bin/sh\nexit 1\n").map_err(because("a bad worker"))?;
    world.deploy(bad).await?;
    let guests = Guests::come(world, GUESTS).await?;
    let began = Instant::now();
    let (became, back) = tokio::join!(guests.write(world, 2, 1), back(world, &before));
    back?;
    let (became, seconds) = (became?, began.elapsed().as_secs_f64());
    world.deploy(good.next("3", &world.folder)?).await?;
    Ok(format!(
        "a worker that ends at its start, its alias pointed back after {} s:\n{became}; {seconds:.0} s",
        UNSEEN.as_secs()
    ))
}

/// Somebody notices that nobody is answered, and points the worker's alias back.
async fn back(world: &World, before: &str) -> Result<(), Failed> {
    let worker = Versions::of(world, "WorkerFunction")?;
    let live = worker.live().await?;
    expect(live != before, || "the bad release is not live".to_owned())?;
    tokio::time::sleep(UNSEEN).await;
    worker.make_live(before).await
}
