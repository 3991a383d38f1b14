//! A message of the queue as a worker is given it. What it says is read once.

use serde::Deserialize;
use sqs::ReceivedMessage;

use crate::history::Place;

/// A received message, and what it says.
pub(crate) struct Message {
    pub(crate) received: ReceivedMessage,
    pub(crate) says: Says,
}

impl Message {
    pub(crate) fn read(received: ReceivedMessage) -> Self {
        let says = Says::read(&received.body);
        Self { received, says }
    }

    /// How often it was received.
    pub(crate) fn receives(&self) -> Option<u32> {
        let attributes = &self.received.system_attributes;
        attributes.get("ApproximateReceiveCount")?.parse().ok()
    }
}

/// The events of some messages.
pub(crate) fn events_of<'a>(messages: impl IntoIterator<Item = &'a Message>) -> Vec<String> {
    let messages = messages.into_iter();
    let events = messages.flat_map(|message| &message.says.events);
    events.cloned().collect()
}

/// What a message says, as far as somebody here looks at it.
#[derive(Debug, Clone)]
pub(crate) struct Says {
    pub(crate) place: Place,
    pub(crate) events: Vec<String>,
    /// Whether its replay is forced, if it is one.
    pub(crate) replay: Option<bool>,
}

impl Says {
    pub(crate) fn read(body: &str) -> Self {
        let job: Job = serde_json::from_str(body).expect("a message of ours");
        Self {
            place: (job.bot, job.chat.unwrap_or_default()),
            events: job.events.into_iter().map(|event| event.id).collect(),
            replay: job.replay.map(|replay| replay.force),
        }
    }
}

/// The events' own JSON is passed over.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Job {
    bot: String,
    chat: Option<String>,
    events: Vec<Event>,
    replay: Option<Replay>,
}

#[derive(Deserialize)]
struct Event {
    id: String,
}

#[derive(Deserialize)]
struct Replay {
    force: bool,
}
