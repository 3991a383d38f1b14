//! The company's own systems: they say something by the inbox, and say it again until it is taken.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value as Json, json};

use crate::line::{bot_id, chat_id};
use crate::process::Process;
use crate::schedule::Command;
use crate::world::World;

/// How long a caller waits before the next try.
const PAUSE: Duration = Duration::from_secs(10);

/// Says something, in all its copies.
pub(crate) async fn command(world: Arc<World>, command: Command) {
    world.time.until(Duration::from_millis(command.at_ms)).await;
    let copies = command.copies_ms.iter().map(|delay| {
        let delay = Duration::from_millis(*delay);
        copy(&world, &command, delay)
    });
    futures::future::join_all(copies).await;
}

async fn copy(world: &Arc<World>, command: &Command, delay: Duration) {
    world.time.sleep(delay).await;
    for time in 0..=command.again {
        if let Some(event) = say(world, command).await {
            world.history().acknowledged.insert(event);
            return;
        }
        world.time.sleep(PAUSE * u32::from(time + 1)).await;
    }
}

/// Invokes the inbox; the event that it says to have queued.
async fn say(world: &Arc<World>, command: &Command) -> Option<String> {
    let process = Process::start(world);
    let invocation = world.history().invocation(Vec::new());
    let config = inbox::Config::read(&process.env()).expect("its variables");
    let app = inbox::App::new(config, &process.ground());
    let call = json!({
        "bot": bot_id(command.bot),
        "chat": chat_id(command.chat),
        "name": "order",
        "id": command.id,
        "payload": {},
    });
    let call: inbox::Call = serde_json::from_value(call).expect("a call");
    let work = inbox::handle(&app, call);
    let answer = process.invoke(invocation, inbox::TIMEOUT, work).await;
    let answer = answer.and_then(Result::ok);
    world.note(|| format!("the inbox answers to {}: {}", command.id, answer.is_some()));
    let answer: Json = serde_json::to_value(answer?).ok()?;
    answer["event"].as_str().map(str::to_owned)
}
