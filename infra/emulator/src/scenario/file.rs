//! What is in a scenario's file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Stopped;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is called.
    pub name: String,
    /// What it shows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Names for ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    /// What happens, in this order.
    #[serde(rename = "step", default)]
    pub steps: Vec<Step>,
}

/// A step. Of what it has, all is done in the order of these members.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    /// What it is, for the transcript.
    pub title: String,
    /// Changes settings of the emulator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Value>,
    /// Lets the next calls fail.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Value>,
    /// Any other call of the control interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// Sets the clock, before anything has happened also back: `2026-11-20T10:00`, in Japan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// Moves the clock forward.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advance_s: Option<u64>,
    /// Opens the bundle's start page for attaching, in a tab of this name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begin: Option<String>,
    /// An admin links an account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// An account's admin sets the module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set: Option<Set>,
    /// A user writes a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub say: Option<Say>,
    /// A user taps a button.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tap: Option<Tap>,
    /// Sends a webhook: the body of `POST /_emulator/events`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Value>,
    /// Sends a webhook again: the so-manieth of this scenario, the first is 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redeliver: Option<usize>,
    /// Waits, in real milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_ms: Option<u64>,
    /// What should come of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expect>,
}

/// An admin links an account.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The account's bot.
    pub bot: String,
    /// The tab in which it was begun; if it was not, a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tab: Option<String>,
    /// The status of the page at the end.
    #[serde(default = "ok")]
    pub status: u16,
}

fn ok() -> u16 {
    200
}

/// A user writes a text.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Say {
    /// The account's bot.
    pub bot: String,
    /// The user, group or room.
    pub chat: String,
    pub text: String,
}

/// An account's admin sets the module.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// The account's bot.
    pub bot: String,
    /// What is set, by key.
    pub values: Map<String, Value>,
}

/// A user taps a button: by its postback's data, its place, or what is written on it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tap {
    /// The account's bot.
    pub bot: String,
    /// The user, group or room.
    pub chat: String,
    /// The data of the postback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// In its place: which of the postbacks that the chat was offered last as quick replies; the
    /// first is 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<usize>,
    /// In their place: what is written on the button, in the newest message that has one of it. It
    /// has a postback or a message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// A call of the control interface.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The path behind `/_emulator/`.
    pub path: String,
    #[serde(default)]
    pub body: Map<String, Value>,
}

/// What should come of a step: API calls, webhooks, or something in the emulator's state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// API calls: method and path; a segment `*` is any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// Webhooks with an event of this type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    /// What became of the step's events behind their webhooks: `handled`, `standby`, … The emulator
    /// knows it where the stack has given it a way to find out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    /// Entries of this list of the state, such as `bots`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Members that they have.
    #[serde(rename = "is", skip_serializing_if = "Map::is_empty")]
    pub members: Map<String, Value>,
    /// A text that is somewhere in them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// How many there are; at least one if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<usize>,
    /// Whether those of earlier steps count too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ever: bool,
    /// How long to wait for them; for none, how long to watch. In milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_ms: Option<u64>,
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// What cannot be read, with its place.
    pub fn parse(text: &str) -> Result<Self, Stopped> {
        toml::from_str(text).map_err(Stopped::because)
    }

    /// The scenario as a file.
    ///
    /// # Errors
    /// What cannot be written, which only a value of another kind than TOML's brings about.
    pub fn text(&self) -> Result<String, Stopped> {
        toml::to_string(self).map_err(Stopped::because)
    }
}
