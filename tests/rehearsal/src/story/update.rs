//! A new release is deployed while guests write, and the one before works beside it for a while.

use std::time::Instant;

use crate::error::{Failed, expect};
use crate::guests::Guests;
use crate::versions::Versions;
use crate::world::World;

const GUESTS: usize = 20;
const AT_ONCE: usize = 5;
const TIMES: usize = 4;

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let began = Instant::now();
    let guests = Guests::come(world, GUESTS).await?;
    let before = Versions::of(world, "WorkerFunction")?.live().await?;
    let next = world.deployment.next("2", &world.folder)?;
    let (became, deployed) = tokio::join!(
        guests.write(world, AT_ONCE, TIMES),
        next.deploy(&world.aws, &world.sam),
    );
    deployed?;
    let became = became?;
    world.deployment = next;
    let shifted = began.elapsed().as_secs_f64();
    let beside = side_by_side(world, &guests, &before).await?;
    Ok(format!(
        "deployed under load: {became}; {shifted:.0} s\nthe release before and this one on one queue: {beside}"
    ))
}

/// Both releases take messages from one queue, as while traffic shifts.
async fn side_by_side(world: &World, guests: &Guests, before: &str) -> Result<String, Failed> {
    let worker = Versions::of(world, "WorkerFunction")?;
    let now = worker.of_release("2").await?;
    expect(worker.live().await? == now, || {
        "the alias does not point to the new release".to_owned()
    })?;
    let mapping = worker.feed(before).await?;
    let became = guests.write(world, AT_ONCE, TIMES).await;
    worker.stop_feeding(&mapping).await?;
    became.map(|became| became.to_string())
}
