//! A storm of webhooks, while processes of the functions are killed: what was answered 200 is handled once, in order.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures::future::{Either, select};
use rustix::process::{Pid, Signal, kill_process};

use crate::aws::processes_of;
use crate::error::Failed;
use crate::guests::Guests;
use crate::world::World;

const GUESTS: usize = 40;
/// How many messages each guest sends at once. With more, some would wait in the queue for longer than their reply
/// tokens live: the emulator of AWS hands over about twenty messages a second.
const AT_ONCE: usize = 5;
const TIMES: usize = 10;
/// The time between two kills.
const KILL: Duration = Duration::from_secs(3);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let began = Instant::now();
    let guests = Guests::come(world, GUESTS).await?;
    let mut killed = 0;
    let writing = guests.write(world, AT_ONCE, TIMES);
    let became = match select(pin!(writing), pin!(kill(world, &mut killed))).await {
        Either::Left((became, _)) => became?,
        Either::Right(((), _)) => {
            return Err(Failed("the stack has no worker and no webhook".into()));
        }
    };
    let seconds = began.elapsed().as_secs_f64();
    Ok(format!(
        "{became}\n{killed} processes of worker and webhook killed; all settled after {seconds:.0} s"
    ))
}

/// Kills a process of the worker and one of the webhook in turn, without end.
async fn kill(world: &World, killed: &mut usize) {
    let functions = ["WorkerFunction", "WebhookFunction"];
    let names: Vec<_> = functions
        .iter()
        .filter_map(|name| world.deployed.resource(name).ok())
        .collect();
    for name in names.iter().cycle() {
        tokio::time::sleep(KILL).await;
        let running = processes_of(&world.aws.url, name);
        let victim = running.first().copied().and_then(Pid::from_raw);
        *killed += usize::from(victim.is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok()));
    }
}
