//! Waiting for what should come of a step.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::Stopped;
use super::file::Expect;
use super::judge::fits;
use super::world::{Mark, Traced, World};

/// How long to wait for something.
const PATIENCE_MS: u64 = 10_000;
/// How long to watch that nothing more comes.
const WATCH_MS: u64 = 400;
/// How long to wait between two looks.
const LOOK: Duration = Duration::from_millis(25);

/// Waits until it is so, by what has happened since a mark, and no longer than it may take.
pub(super) async fn wait(world: &World, expect: &Expect, mark: Mark) -> Result<(), Stopped> {
    let least = expect.times.unwrap_or(1);
    let limit = if least == 0 { WATCH_MS } else { PATIENCE_MS };
    let end = Instant::now() + Duration::from_millis(expect.within_ms.unwrap_or(limit));
    let mut found = count(world, expect, mark).await?;
    while Instant::now() < end && (found < least || least == 0) {
        tokio::time::sleep(LOOK).await;
        found = count(world, expect, mark).await?;
        if least == 0 && found > 0 {
            break;
        }
    }
    if expect.times.is_some() && found == least && least > 0 {
        // This number, and then no more.
        tokio::time::sleep(Duration::from_millis(WATCH_MS)).await;
        found = count(world, expect, mark).await?;
    }
    let as_expected = expect.times.map_or(found >= 1, |times| found == times);
    if as_expected {
        return Ok(());
    }
    let wanted = expect
        .times
        .map_or("at least 1".to_owned(), |times| times.to_string());
    Err(Stopped(format!(
        "{}: {found}, expected {wanted}",
        in_words(expect)
    )))
}

async fn count(world: &World, expect: &Expect, mark: Mark) -> Result<usize, Stopped> {
    let things = things(world, expect, mark).await?;
    Ok(things.iter().filter(|thing| fits(expect, thing)).count())
}

async fn things(world: &World, expect: &Expect, mark: Mark) -> Result<Vec<Value>, Stopped> {
    if expect.trace.is_some() {
        return traces(world, mark).await;
    }
    let (path, name) = if let Some(list) = &expect.state {
        ("state".to_owned(), list.as_str())
    } else if expect.call.is_some() {
        (format!("calls?since={}", mark.call), "calls")
    } else if expect.webhook.is_some() {
        (format!("deliveries?since={}", mark.delivery), "deliveries")
    } else {
        let sentence = "an expectation is about \"call\", \"webhook\", \"trace\" or \"state\"";
        return Err(Stopped(sentence.into()));
    };
    let answer = world.read(&path).await?;
    let list = answer[name].as_array();
    list.cloned()
        .ok_or_else(|| Stopped(format!("the emulator's state has no list {name:?}")))
}

async fn traces(world: &World, mark: Mark) -> Result<Vec<Value>, Stopped> {
    let path = format!("deliveries?since={}", mark.delivery);
    let answer = world.read(&path).await?;
    let mut traces = Vec::new();
    for delivery in answer["deliveries"].as_array().into_iter().flatten() {
        for event in Traced::of(delivery) {
            traces.extend(world.trace(&event).await?);
        }
    }
    Ok(traces)
}

/// An expectation in words.
fn in_words(expect: &Expect) -> String {
    let subject = expect
        .call
        .as_ref()
        .or(expect.webhook.as_ref())
        .or(expect.trace.as_ref())
        .or(expect.state.as_ref());
    let mut words = subject.cloned().unwrap_or_default();
    if let Some(text) = &expect.contains {
        words.push_str(&format!(" with {text:?}"));
    }
    if !expect.members.is_empty() {
        let members = Value::Object(expect.members.clone());
        words.push_str(&format!(" that has {members}"));
    }
    words
}
