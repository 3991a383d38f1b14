//! What comes seldom: a command of the company's, LINE out of order for a moment, a message that nobody can read.

use std::time::{Duration, Instant};

use emulator::Fault;
use serde_json::json;

use crate::error::{Failed, because};
use crate::wait::until;
use crate::world::World;

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let bot = world.attached().await?;
    command(world, &bot).await?;
    unreadable(world).await?;
    let greeted = line_is_out_of_order(world, &bot).await?;
    Ok(format!(
        "a command by the inbox; a message that nobody can read is parked; LINE answered 500 twice, and the guest was\n\
         greeted after {greeted:.0} s"
    ))
}

/// A command of the company's own systems, signed with the key that an operator has put in.
async fn command(world: &World, bot: &str) -> Result<(), Failed> {
    let put = ["secret", "put", "inbox-key"];
    world
        .modctl_with_input(&put, "a-key-of-the-rehearsal-that-is-long-enough")
        .await?;
    let say = [
        "send-event",
        bot,
        "rehearsal",
        "--payload",
        "{}",
        "--reason",
        "rehearsal",
    ];
    world.modctl(&say).await.map(drop)
}

async fn unreadable(world: &World) -> Result<(), Failed> {
    let queue = world.deployed.resource("EventQueue")?;
    world.aws.send(queue, "not a job").await?;
    until("the unreadable message is parked", PATIENCE, async || {
        let parked = world.modctl(&["parked"]).await?;
        Ok(parked.contains("unreadable").then_some(()))
    })
    .await
}

/// A new friend is greeted by name, which LINE does not tell at first.
async fn line_is_out_of_order(world: &World, bot: &str) -> Result<f64, Failed> {
    let fault = json!({"match": "GET /v2/bot/profile/*", "times": 2, "do": "500"});
    let fault: Fault = serde_json::from_value(fault).map_err(because("a fault"))?;
    world
        .line
        .add_faults(vec![fault])
        .await
        .map_err(because("a fault"))?;
    let friend = world.user(bot, "遅い客", false).await?;
    let began = Instant::now();
    world
        .line
        .follow(bot, &friend)
        .await
        .map_err(because("a follow"))?;
    world.line_heard("遅い客", PATIENCE).await?;
    Ok(began.elapsed().as_secs_f64())
}
