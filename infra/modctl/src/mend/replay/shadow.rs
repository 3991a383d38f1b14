//! What the deployed module would do with events today, beside what it did.

use serde::Serialize;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::mend::event::words;
use crate::output::{Report, Screen, Tone};
use crate::site::{Called, Site};

use super::Replay;
use super::progress::bar;
use super::queue::read;
use super::select::Selected;

/// What was asked of the events.
#[derive(Debug, Serialize)]
struct Shown {
    events: Vec<One>,
    left_out: usize,
}

/// One event.
#[derive(Debug, Serialize)]
struct One {
    event: String,
    kind: String,
    before: Before,
    /// What the module would do now; none if it is not known.
    now: Option<Value>,
    /// Why it is not known.
    failure: Option<String>,
}

/// What became of it so far.
#[derive(Debug, Serialize)]
struct Before {
    outcome: String,
    reason: Option<String>,
    /// Each effect of its plan, and what became of it.
    effects: Vec<Value>,
}

pub(super) async fn run(asked: &Replay, site: &Site, screen: &mut Screen) -> Result<(), Failure> {
    let given = asked.json_of_event.as_deref().map(read).transpose()?;
    let selection = asked.which.select(site).await?;
    let bar = bar(selection.events.len(), 0);
    let mut events = Vec::new();
    for it in &selection.events {
        events.push(one(site, it, given.as_deref()).await?);
        bar.inc(1);
    }
    bar.finish_and_clear();
    let failed = events.iter().filter(|it| it.failure.is_some()).count();
    let left_out = selection.left_out;
    screen.show(&Shown { events, left_out })?;
    match failed {
        0 => Ok(()),
        many => Err(Failure::Unwell(format!(
            "of {many} events it is not known what the module would do, or it fails"
        ))),
    }
}

async fn one(site: &Site, it: &Selected, given: Option<&str>) -> Result<One, Failure> {
    let key = &it.key;
    let mut shadow = json!({ "bot": key.bot, "chat": key.chat, "event": key.event });
    if let Some(given) = given {
        shadow["raw"] = given.into();
    }
    let answer = site
        .invoke(Called::Worker, &json!({ "shadow": shadow }))
        .await?;
    let failure = answer["failure"]["reason"].as_str().map(str::to_owned);
    Ok(One {
        event: words(key),
        kind: it.row.kind.clone(),
        before: before(it),
        now: answer.get("shadow").cloned(),
        failure,
    })
}

fn before(it: &Selected) -> Before {
    let row = &it.row;
    let plan = row.plan().unwrap_or_default();
    let with = plan.effects.iter().zip(row.effects());
    Before {
        outcome: row.outcome().name().to_owned(),
        reason: row.reason().map(str::to_owned),
        effects: with
            .map(|(effect, became)| json!({ "effect": effect, "delivery": became }))
            .collect(),
    }
}

impl Report for Shown {
    fn print(&self, screen: &mut Screen) {
        for it in &self.events {
            it.print(screen);
        }
        if self.events.is_empty() {
            screen.line("No event.");
        }
        if self.left_out > 0 {
            let text = format!("{} parked ones are no events.", self.left_out);
            screen.line(&text);
        }
    }
}

impl One {
    fn print(&self, screen: &mut Screen) {
        screen.line(&format!("{} {}", self.event, self.kind));
        let reason = self.before.reason.as_deref();
        let reason = reason.map_or_else(String::new, |it| format!(": {it}"));
        screen.field("  was", &format!("{}{reason}", self.before.outcome));
        for effect in &self.before.effects {
            screen.field("  planned", &effect.to_string());
        }
        match (&self.now, &self.failure) {
            (Some(now), _) => print_now(screen, now),
            (None, failure) => {
                let text = failure.as_deref().unwrap_or("the worker does not say");
                let text = screen.toned(text, Tone::Bad);
                screen.field("  now fails", &text);
            }
        }
    }
}

fn print_now(screen: &mut Screen, now: &Value) {
    let none = Vec::new();
    let effects = now["plan"]["effects"].as_array().unwrap_or(&none);
    if effects.is_empty() {
        screen.field("  would", "send nothing");
    }
    for effect in effects {
        screen.field("  would", &effect.to_string());
    }
    for (name, title) in [("rows", "  row"), ("timers", "  timer")] {
        for one in now[name].as_array().unwrap_or(&none) {
            screen.field(title, &one.to_string());
        }
    }
    if !now["state"].is_null() {
        screen.field("  state", &now["state"].to_string());
    }
    if let Some(silence) = now["silence"].as_str() {
        let text = screen.toned(&format!("nothing can be sent: {silence}"), Tone::Warning);
        screen.field("  silent", &text);
    }
}
