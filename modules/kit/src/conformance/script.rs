//! What a user does in a check: the author's own script, or a usual one.

use emulator::Bubble;
use serde_json::{Value, json};
pub(super) use shared::queue::{COMMAND, SIGNAL};

use crate::screen::{label, tappable};

/// One thing that a user does.
#[derive(Debug, Clone, PartialEq)]
pub struct Step(What);

#[derive(Debug, Clone, PartialEq)]
enum What {
    Event(Value),
    Label(String),
}

/// The user writes.
pub fn says(text: &str) -> Step {
    does(message(text))
}

/// The user taps something that carries this data.
pub fn taps(data: &str) -> Step {
    does(postback(data))
}

/// The user taps what reads so on their screen.
pub fn taps_label(label: &str) -> Step {
    Step(What::Label(label.to_owned()))
}

/// The user adds the account as a friend.
pub fn follows() -> Step {
    does(json!({ "type": "follow" }))
}

/// Any event of the user's chat.
pub fn does(event: Value) -> Step {
    Step(What::Event(event))
}

/// A system of the company's own says something to the user's chat.
pub fn commands(name: &str, payload: &Value) -> Step {
    does(json!({ "type": COMMAND, "name": name, "payload": payload }))
}

/// Another chat sends the user's chat a signal, by its name and as JSON.
pub fn signals(name: &str, payload: &Value) -> Step {
    does(json!({ "type": SIGNAL, "name": name, "payload": payload }))
}

/// What users do who know nothing of the module.
pub fn usual() -> Vec<Step> {
    let texts = ["Hello", "menu", "予約する", "help", "Hello"];
    let mut steps = vec![follows()];
    steps.extend(texts.map(says));
    steps.push(taps("action=buy&item=1"));
    steps
}

impl Step {
    /// Its event, by what is on the screen; none if what is to be tapped is not there.
    pub(super) fn event(&self, bubbles: &[Bubble]) -> Option<Value> {
        match &self.0 {
            What::Event(event) => Some(event.clone()),
            What::Label(wanted) => {
                let screen = tappable(bubbles, None);
                let action = screen.into_iter().find(|action| label(action) == wanted)?;
                let text = |name: &str| action[name].as_str();
                text("data").map(postback).or(text("text").map(message))
            }
        }
    }
}

pub(super) fn message(text: &str) -> Value {
    json!({ "type": "message", "message": { "type": "text", "text": text } })
}

pub(super) fn postback(data: &str) -> Value {
    json!({ "type": "postback", "postback": { "data": data } })
}
