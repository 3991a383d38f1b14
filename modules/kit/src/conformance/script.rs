//! What users do in a check: the author's own script, or a usual one.

use std::time::Duration;

use serde_json::{Value, json};
pub(super) use shared::queue::{COMMAND, SIGNAL};

use crate::screen::label;

/// Who does what nobody is named for.
pub(super) const MARI: &str = "Mari";
/// Time goes by.
pub(super) const WAITS: &str = "@waits";
/// The account sets something of the module.
pub(super) const SETS: &str = "@sets";

/// One thing that happens: mostly something that a user does.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The user's name.
    pub(super) who: String,
    what: What,
}

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

/// The user taps what reads so on their screen: a quick reply or button of a message, a part of a flex message or of
/// the rich menu. A date picker picks the moment it begins with.
pub fn taps_label(label: &str) -> Step {
    what(What::Label(label.to_owned()))
}

/// The user adds the account as a friend.
pub fn follows() -> Step {
    does(json!({ "type": "follow" }))
}

/// Any event of the user's chat.
pub fn does(event: Value) -> Step {
    what(What::Event(event))
}

/// A system of the company's own says something to the user's chat.
pub fn commands(name: &str, payload: &Value) -> Step {
    does(json!({ "type": COMMAND, "name": name, "payload": payload }))
}

/// Another chat sends the user's chat a signal, by its name and as JSON.
pub fn signals(name: &str, payload: &Value) -> Step {
    does(json!({ "type": SIGNAL, "name": name, "payload": payload }))
}

/// Time goes by before the next step, beside the ten minutes that are between any two: timers ring.
pub fn waits(time: Duration) -> Step {
    let seconds = time.as_secs();
    does(json!({ "type": WAITS, "seconds": seconds }))
}

/// The account sets something of the module, as on its settings page: what is not named stays as it is.
pub fn sets(values: &Value) -> Step {
    does(json!({ "type": SETS, "values": values }))
}

/// The step is this user's, and happens in their chat. Without it a step is Mari's.
pub fn by(name: &str, step: Step) -> Step {
    let who = name.to_owned();
    Step { who, ..step }
}

fn what(what: What) -> Step {
    let who = MARI.to_owned();
    Step { who, what }
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
    /// Its event, by what can be tapped on the user's screen.
    ///
    /// # Errors
    /// Why it cannot be: the label is not there, or tapping it tells the account nothing.
    pub(super) fn event(&self, screen: &[Value]) -> Result<Value, String> {
        match &self.what {
            What::Event(event) => Ok(event.clone()),
            What::Label(wanted) => {
                let action = screen.iter().find(|action| label(action) == wanted);
                let who = &self.who;
                let action = action.ok_or_else(|| {
                    let labels: Vec<_> = screen.iter().map(label).collect();
                    format!("{who} cannot tap {wanted:?}: on the screen is {labels:?}")
                })?;
                tapped(action).ok_or_else(|| {
                    let kind = &action["type"];
                    format!("{who} taps {wanted:?}, which sends nothing: it is of the type {kind}")
                })
            }
        }
    }
}

/// The event of what is tapped.
fn tapped(action: &Value) -> Option<Value> {
    let text = |name: &str| action[name].as_str();
    match text("type")? {
        "message" => text("text").map(message),
        "postback" => text("data").map(postback),
        "datetimepicker" => {
            let mode = text("mode").unwrap_or("datetime");
            let usual = match mode {
                "date" => "2026-11-24",
                "time" => "10:00",
                _ => "2026-11-24T10:00",
            };
            let picked = text("initial").or_else(|| text("min")).unwrap_or(usual);
            let mut event = postback(text("data")?);
            event["postback"]["params"] = json!({ mode: picked });
            Some(event)
        }
        "richmenuswitch" => {
            let mut event = postback(text("data")?);
            let alias = text("richMenuAliasId");
            let params = json!({ "newRichMenuAliasId": alias, "status": "SUCCESS" });
            event["postback"]["params"] = params;
            Some(event)
        }
        _ => None,
    }
}

pub(super) fn message(text: &str) -> Value {
    json!({ "type": "message", "message": { "type": "text", "text": text } })
}

pub(super) fn postback(data: &str) -> Value {
    json!({ "type": "postback", "postback": { "data": data } })
}

/// Whether LINE sends it: it is no command, no signal, and nothing that happens elsewhere.
pub(super) fn is_of_line(event: &Value) -> bool {
    let kind = event["type"].as_str().unwrap_or_default();
    ![COMMAND, SIGNAL, WAITS, SETS].contains(&kind)
}
