//! Running a scenario, step by step.

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Stopped;
use super::expect::wait;
use super::file::{Link, Scenario, Step, Tap};
use super::report::{Outcome, Report, happened};
use super::world::{Mark, Place, World};

/// A scenario under way.
struct Run {
    world: World,
    names: BTreeMap<String, String>,
    /// The authorize URLs of tabs that are open.
    tabs: BTreeMap<String, String>,
    /// Where the scenario began.
    start: Mark,
}

/// Runs a scenario and writes what happens. The first step that does not do what it should is the
/// last one.
///
/// # Errors
/// Emulator or bundle cannot be reached, or the transcript cannot be written.
pub async fn run(
    scenario: &Scenario,
    place: &Place,
    out: &mut impl Write,
) -> Result<Report, Stopped> {
    let world = World::new(place)?;
    let start = world.mark().await?;
    let mut run = Run {
        world,
        names: scenario.names.clone(),
        tabs: BTreeMap::new(),
        start,
    };
    let mut report = Report::new(&scenario.name);
    writeln!(out, "{}", scenario.name).map_err(Stopped::because)?;
    for step in &scenario.steps {
        if report.failed() {
            report.add(&step.title, Duration::ZERO, Outcome::Skipped);
            continue;
        }
        let (mark, began) = (run.world.mark().await?, Instant::now());
        let done = run.step(step, mark).await;
        let outcome = done
            .err()
            .map_or(Outcome::Passed, |error| Outcome::Failed(error.0));
        let line = report.add(&step.title, began.elapsed(), outcome);
        writeln!(out, "{line}").map_err(Stopped::because)?;
        for line in happened(&run.world, mark).await? {
            writeln!(out, "       {line}").map_err(Stopped::because)?;
        }
    }
    Ok(report)
}

impl Run {
    async fn step(&mut self, step: &Step, mark: Mark) -> Result<(), Stopped> {
        let step: Step = self.named(step).await?;
        self.prepare(&step).await?;
        if let Some(tab) = &step.begin {
            let url = self.world.begin().await?;
            self.tabs.insert(tab.clone(), url);
        }
        if let Some(link) = &step.link {
            self.link(link).await?;
        }
        self.act(&step).await?;
        for expect in &step.expect {
            let mark = if expect.ever { self.start } else { mark };
            wait(&self.world, expect, mark).await?;
        }
        Ok(())
    }

    async fn prepare(&self, step: &Step) -> Result<(), Stopped> {
        if let Some(settings) = &step.settings {
            self.world.ask("settings", settings).await?;
        }
        if !step.faults.is_empty() {
            let faults = Value::from(step.faults.clone());
            self.world.ask("faults", &faults).await?;
        }
        if let Some(control) = &step.control {
            let body = Value::Object(control.body.clone());
            self.world.ask(&control.path, &body).await?;
        }
        if let Some(at) = &step.clock {
            self.world.ask("clock", &json!({ "at": at })).await?;
        }
        if let Some(seconds) = step.advance_s {
            self.world
                .ask("clock", &json!({ "advance_s": seconds }))
                .await?;
        }
        Ok(())
    }

    async fn act(&self, step: &Step) -> Result<(), Stopped> {
        if let Some(set) = &step.set {
            let path = format!("bots/{}/module-settings", set.bot);
            let values = Value::Object(set.values.clone());
            self.world.ask(&path, &values).await?;
        }
        if let Some(say) = &step.say {
            let event = json!({"type": "message", "message": {"type": "text", "text": say.text}});
            self.send(&json!({"bot": say.bot, "chat": say.chat, "events": [event]}))
                .await?;
        }
        if let Some(tap) = &step.tap {
            let event = match &tap.label {
                Some(label) => self.tapped(tap, label).await?,
                None => postback(&self.data(tap).await?),
            };
            self.send(&json!({"bot": tap.bot, "chat": tap.chat, "events": [event]}))
                .await?;
        }
        if let Some(webhook) = &step.webhook {
            self.send(webhook).await?;
        }
        if let Some(place) = step.redeliver {
            self.redeliver(place).await?;
        }
        if let Some(milliseconds) = step.pause_ms {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
        }
        Ok(())
    }

    async fn send(&self, body: &Value) -> Result<(), Stopped> {
        self.world.ask("events", body).await.map(drop)
    }

    /// What a tapped postback carries.
    async fn data(&self, tap: &Tap) -> Result<String, Stopped> {
        if let Some(data) = &tap.data {
            return Ok(data.clone());
        }
        let answer = self.world.read("calls").await?;
        let calls = answer["calls"].as_array().into_iter().flatten().rev();
        let of_chat = calls.filter(|call| call["chat"] == tap.chat.as_str());
        let offered = of_chat.map(postbacks).find(|offered| !offered.is_empty());
        let place = tap.choice.unwrap_or(1).saturating_sub(1);
        let data = offered.and_then(|offered| offered.into_iter().nth(place));
        data.ok_or_else(|| Stopped(format!("choice {} was not offered", place + 1)))
    }

    /// The event of a tap on the newest button with this label.
    async fn tapped(&self, tap: &Tap, label: &str) -> Result<Value, Stopped> {
        let answer = self.world.read("calls").await?;
        let calls = answer["calls"].as_array().into_iter().flatten().rev();
        let of_chat = calls.filter(|call| call["chat"] == tap.chat.as_str());
        let mut found = of_chat.filter_map(|call| labelled(&call["request"]["messages"], label));
        let action = found.next();
        let action = action.ok_or_else(|| Stopped(format!("no button {label:?} was offered")))?;
        match (
            action["type"].as_str(),
            action["data"].as_str(),
            action["text"].as_str(),
        ) {
            (Some("postback"), Some(data), _) => Ok(postback(data)),
            (Some("message"), _, Some(text)) => {
                Ok(json!({"type": "message", "message": {"type": "text", "text": text}}))
            }
            (kind, ..) => Err(Stopped(format!(
                "the button {label:?} is of the type {}: a scenario taps postbacks and messages",
                kind.unwrap_or("?")
            ))),
        }
    }

    async fn redeliver(&self, place: usize) -> Result<(), Stopped> {
        let path = format!("deliveries?since={}", self.start.delivery);
        let sent = self.world.read(&path).await?;
        let number = sent["deliveries"][place.saturating_sub(1)]["number"].clone();
        self.world
            .ask("redeliver", &json!({ "delivery": number }))
            .await
            .map(drop)
    }

    async fn link(&mut self, link: &Link) -> Result<(), Stopped> {
        let begun = link.tab.as_ref().and_then(|tab| self.tabs.remove(tab));
        let url = match begun {
            Some(url) => url,
            None => self.world.begin().await?,
        };
        let status = self.world.link(&url, &link.bot).await?;
        if status == link.status {
            return Ok(());
        }
        let sentence = format!(
            "the page at the end has status {status}, expected {}",
            link.status
        );
        Err(Stopped(sentence))
    }

    /// The same, with ids in the place of names.
    async fn named<T: Serialize + DeserializeOwned>(&self, step: &T) -> Result<T, Stopped> {
        let mut value = serde_json::to_value(step).map_err(Stopped::because)?;
        if value.to_string().contains("${") {
            let state = self.world.read("state").await?;
            self.put_ids(&mut value, &state)?;
        }
        serde_json::from_value(value).map_err(Stopped::because)
    }

    fn put_ids(&self, value: &mut Value, state: &Value) -> Result<(), Stopped> {
        match value {
            Value::String(text) => *text = self.text(text, state)?,
            Value::Array(list) => {
                for entry in list {
                    self.put_ids(entry, state)?;
                }
            }
            Value::Object(members) => {
                for entry in members.values_mut() {
                    self.put_ids(entry, state)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&self, text: &str, state: &Value) -> Result<String, Stopped> {
        let mut parts = text.split("${");
        let mut done = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap_or((part, ""));
            done.push_str(&self.id(name, state)?);
            done.push_str(rest);
        }
        Ok(done)
    }

    fn id(&self, name: &str, state: &Value) -> Result<String, Stopped> {
        let (name, person) = name
            .split_once('/')
            .map_or((name, None), |(n, p)| (n, Some(p)));
        let id = self
            .names
            .get(name)
            .ok_or_else(|| Stopped(format!("there is no name {name:?} in [names]")))?;
        let Some(person) = person else {
            return Ok(id.clone());
        };
        let mut users = state["users"].as_array().into_iter().flatten();
        let found = users.find(|user| user["bot"] == id.as_str() && user["name"] == person);
        found
            .and_then(|user| user["user_id"].as_str())
            .map(str::to_owned)
            .ok_or_else(|| Stopped(format!("{name} has no user {person:?}")))
    }
}

fn postback(data: &str) -> Value {
    json!({"type": "postback", "postback": {"data": data}})
}

/// The action with this label, wherever in a message it is; the last one wins.
fn labelled<'a>(part: &'a Value, label: &str) -> Option<&'a Value> {
    if part["label"] == label && part["type"].is_string() {
        return Some(part);
    }
    match part {
        Value::Array(list) => list.iter().rev().find_map(|it| labelled(it, label)),
        Value::Object(members) => members.values().find_map(|it| labelled(it, label)),
        _ => None,
    }
}

/// The data of the postbacks that a call offers as quick replies.
fn postbacks(call: &Value) -> Vec<String> {
    let messages = call["request"]["messages"].as_array();
    let data = messages
        .into_iter()
        .flatten()
        .filter_map(|message| message["quickReply"]["items"].as_array())
        .flatten()
        .filter_map(|item| item["action"]["data"].as_str());
    data.map(str::to_owned).collect()
}
