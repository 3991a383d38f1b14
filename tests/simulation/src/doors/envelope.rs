//! The webhook's body, always well signed. Each event of a webhook is in the queue
//! afterwards, byte for byte, and a good one is routed well whatever is beside it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use serde_json::json;
use serde_json::value::RawValue;
use shared::queue::{Job, Message};

use crate::doors::mutate::{hostile, odd_json};
use crate::doors::record::detaches;
use crate::doors::samples::{EVENTS, NEIGHBOUR, SECRETS, body, sign};
use crate::doors::world::{NOW, World};
use crate::doors::{Dice, Door, Verdict};

/// The webhook's door, with any body.
pub struct Envelope {
    world: World,
    webhook: webhook::App,
}

impl Default for Envelope {
    fn default() -> Self {
        let world = World::default();
        Self {
            webhook: world.webhook(),
            world,
        }
    }
}

impl Door for Envelope {
    const NAME: &'static str = "envelope";

    fn input(dice: &mut Dice) -> Vec<u8> {
        let mut events: Vec<Vec<u8>> = (0..dice.below(6))
            .map(|_| {
                let sample = dice.pick(&EVENTS);
                odd_json(dice, sample.as_bytes())
            })
            .collect();
        if dice.one_in(2) {
            let place = dice.below(events.len() + 1);
            events.insert(place, NEIGHBOUR.into());
        }
        let body = body(&events);
        match dice.one_in(3) {
            true => hostile(dice, &body),
            false => body,
        }
    }

    async fn judge(&self, input: &[u8]) -> Verdict {
        let status = self.answer(input).await;
        let queued = self.world.queue.taken();
        match (status, Sent::read(input)) {
            (200, Some(sent)) => judge_queue(&sent, &queued).map(|()| "200".to_owned()),
            (400, None) if queued.is_empty() => Ok("400".to_owned()),
            (status, sent) => Err(format!(
                "{status} for {} a webhook, {} messages queued",
                if sent.is_some() { "" } else { "not" },
                queued.len()
            )),
        }
    }
}

impl Envelope {
    async fn answer(&self, body: &[u8]) -> u16 {
        let signature = sign(SECRETS[0], body);
        let (text, coded) = match std::str::from_utf8(body) {
            Ok(text) if body.len().is_multiple_of(2) => (text.to_owned(), false),
            _ => (STANDARD.encode(body), true),
        };
        let headers = json!({"x-line-signature": signature});
        let payload = json!({"headers": headers, "body": text, "isBase64Encoded": coded});
        let request = serde_json::from_value(payload).expect("a request");
        webhook::handle(&self.webhook, request).await.status_code
    }
}

/// The events of a body that is a webhook.
struct Sent<'a>(Vec<&'a RawValue>);

impl<'a> Sent<'a> {
    /// Of a member that is there twice the last counts.
    fn read(body: &'a [u8]) -> Option<Self> {
        let members: BTreeMap<Key, &'a RawValue> = serde_json::from_slice(body).ok()?;
        let member = |name: &str| members.get(&Key(name.into()));
        let events: Vec<&'a RawValue> = serde_json::from_str(member("events")?.get()).ok()?;
        let bot = || serde_json::from_str::<String>(member("destination")?.get()).ok();
        let usable = events.is_empty() || (1..=256).contains(&bot()?.len());
        usable.then_some(Self(events))
    }
}

/// A member's name, which need not be Unicode.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key(Vec<u8>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Key;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a name")
            }

            fn visit_bytes<E>(self, name: &[u8]) -> Result<Key, E> {
                Ok(Key(name.into()))
            }
        }

        from.deserialize_bytes(Bytes)
    }
}

fn judge_queue(sent: &Sent<'_>, queued: &[Message]) -> Result<(), String> {
    let read: Result<Vec<Job>, _> = queued
        .iter()
        .map(|message| Job::read(&message.body))
        .collect();
    let jobs = read.map_err(|error| format!("what is queued cannot be read: {error}"))?;
    let mut events: Vec<_> = jobs
        .iter()
        .flat_map(|job| job.events.iter().map(|event| event.raw.get().to_owned()))
        .collect();
    let mut expected: Vec<_> = sent.0.iter().map(|raw| as_queued(raw.get())).collect();
    events.sort_unstable();
    expected.sort_unstable();
    if events != expected {
        return Err(format!("sent are {expected:?}, queued are {events:?}"));
    }
    if jobs
        .iter()
        .any(|job| job.received_at != NOW || detaches(job))
    {
        return Err("a job is not as the webhook writes it".to_owned());
    }
    jobs.iter().try_for_each(judge_neighbour)?;
    judge_order(sent, &jobs)
}

/// Two characters go through the queue as escapes.
fn as_queued(raw: &str) -> String {
    raw.replace('\u{FFFE}', "\\ufffe")
        .replace('\u{FFFF}', "\\uffff")
}

fn judge_neighbour(job: &Job) -> Result<(), String> {
    for event in job
        .events
        .iter()
        .filter(|event| event.raw.get() == NEIGHBOUR)
    {
        let chat = job.chat.as_ref().map(|chat| chat.as_str());
        let routed = (event.id.as_str(), event.kind.as_str(), chat);
        if routed != ("01NEIGHBOUR", "message", Some("Lneighbour")) {
            return Err(format!("a good event is routed as {routed:?}"));
        }
    }
    Ok(())
}

/// A chat's events are in LINE's order.
fn judge_order(sent: &Sent<'_>, jobs: &[Job]) -> Result<(), String> {
    let all: Vec<_> = sent.0.iter().map(|raw| as_queued(raw.get())).collect();
    let mut chats: Vec<_> = jobs.iter().map(|job| &job.chat).collect();
    chats.dedup();
    for chat in chats {
        let mut rest = all.iter();
        let of_chat = jobs.iter().filter(|job| job.chat == *chat);
        let mut events = of_chat.flat_map(|job| &job.events);
        if !events.all(|event| rest.any(|raw| raw == event.raw.get())) {
            return Err(format!("the events of {chat:?} have changed places"));
        }
    }
    Ok(())
}
