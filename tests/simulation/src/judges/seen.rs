//! A call as the judges see it: what it is about, and how it ended for who made it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value as Json;

use crate::call::{CHANGE, Call, Request};
use crate::history::Place;
use crate::line::{Asked, Kind};
use crate::rows::s;
use crate::schedule::{Harm, Server};
use crate::world::World;

/// What a call is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    /// An effect of an event's plan; its place in the plan, where the call tells it.
    Effect {
        event: String,
        ordinal: Option<usize>,
    },
    /// A write of an event's ledger row.
    Ledger { event: String },
    /// The read before such a write.
    LedgerRead { event: String },
    /// The read before an event is decided: an attempt at it begins.
    Load { event: String },
    /// Anything else.
    Other,
}

impl About {
    /// The event that it is about.
    pub(crate) fn event(&self) -> Option<&str> {
        match self {
            Self::Effect { event, .. }
            | Self::Ledger { event }
            | Self::LedgerRead { event }
            | Self::Load { event } => Some(event),
            Self::Other => None,
        }
    }
}

/// A call.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// The invocation that makes it.
    pub(crate) who: usize,
    /// Whom it asks.
    pub(crate) server: Server,
    pub(crate) word: String,
    /// What it is about.
    pub(crate) about: About,
    /// The chat that it takes or gives back.
    pub(crate) controls: Option<Place>,
    /// What the schedule does to it.
    pub(crate) harm: Option<Harm>,
}

impl Seen {
    fn new(world: &World, who: usize, call: &Call, harm: Option<Harm>) -> Self {
        let about = match call {
            Call::Line(asked) => of_line(world, who, asked),
            Call::Aws { server, body, .. } if *server == Server::Table => {
                of_table(call.word(), body)
            }
            Call::Aws { .. } => About::Other,
        };
        Self {
            who,
            server: call.server(),
            word: call.word().to_owned(),
            about,
            controls: controlled(call),
            harm,
        }
    }

    /// Whether nothing tells if it was done, if it ended with this status, or without one.
    pub(crate) fn is_indefinite(&self, status: Option<u16>) -> bool {
        let left = self.harm != Some(Harm::NotConnected);
        left && status.is_none_or(|status| status >= 500)
    }
}

/// The chat that a call takes or gives back.
fn controlled(call: &Call) -> Option<Place> {
    let Call::Line(asked) = call else { return None };
    match &asked.kind {
        Kind::Acquire(chat) | Kind::Release(chat) => Some((asked.bot.clone(), chat.clone())),
        _ => None,
    }
}

fn of_line(world: &World, who: usize, asked: &Asked) -> About {
    if let Some((event, ordinal)) = named(asked) {
        let ordinal = Some(ordinal);
        return About::Effect { event, ordinal };
    }
    let chat = match &asked.kind {
        Kind::Acquire(chat) | Kind::Release(chat) | Kind::Show(_, chat) => chat.clone(),
        _ => return About::Other,
    };
    let at = &world.history().invocations[who].at;
    let event = at.get(&(asked.bot.clone(), chat));
    event.map_or(About::Other, |event| About::Effect {
        event: event.clone(),
        ordinal: None,
    })
}

/// The event and the place in its plan, as a message's text tells them.
pub(super) fn named(asked: &Asked) -> Option<(String, usize)> {
    let text = asked.texts().into_iter().next()?;
    let mut parts = text.split('/');
    let event = parts.next()?.to_owned();
    Some((event, parts.next()?.parse().ok()?))
}

fn of_table(word: &str, body: &Request) -> About {
    if !matches!(
        word,
        "BatchGetItem" | "GetItem" | "PutItem" | CHANGE | "TransactWriteItems"
    ) {
        return About::Other;
    }
    let request = body.json();
    if word == "BatchGetItem" {
        let tables = request["RequestItems"].as_object();
        let table = tables.and_then(|tables| tables.values().next());
        let mut keys = table
            .and_then(|table| table["Keys"].as_array())
            .into_iter()
            .flatten();
        // What reads ledger rows alone looks for what is settled already.
        let with_account = keys.clone().any(|key| s(key, "chat_id") == "@bot");
        let event = keys.find_map(event_of).filter(|_| with_account);
        return event.map_or(About::Other, |event| About::Load { event });
    }
    let mut keys = keys_written(request);
    match (keys.find_map(event_of), word) {
        (Some(event), "GetItem") => About::LedgerRead { event },
        (Some(event), _) => About::Ledger { event },
        (None, _) => About::Other,
    }
}

/// The keys that a request writes, or the rows that have them.
pub(super) fn keys_written(request: &Json) -> impl Iterator<Item = &Json> {
    let tagged = request["TransactItems"].as_array().into_iter().flatten();
    let actions = tagged.flat_map(|tagged| {
        let members = tagged.as_object();
        members.into_iter().flat_map(|members| members.values())
    });
    let all = actions.chain([request]);
    all.flat_map(|action| [&action["Item"], &action["Key"]])
        .filter(|key| !key.is_null())
}

/// The event whose ledger row has this key.
pub(crate) fn event_of(key: &Json) -> Option<String> {
    let sort = s(key, "chat_id");
    if sort.starts_with('@') && !sort.starts_with("@bot#") {
        return None;
    }
    let (_, event) = sort.split_once('#')?;
    Some(event.to_owned())
}

/// Watches a call from its beginning to its end. One that is dropped has ended without an
/// answer: who made it has given it up, or has ended itself.
pub(crate) struct Watch {
    world: Arc<World>,
    seen: Seen,
    has_ended: bool,
}

impl Watch {
    /// It leaves.
    pub(crate) fn new(world: &Arc<World>, who: usize, call: &Call, harm: Option<Harm>) -> Self {
        let seen = Seen::new(world, who, call, harm);
        super::leaves(world, &seen);
        Self {
            world: world.clone(),
            seen,
            has_ended: false,
        }
    }

    /// It has ended, with this status or without one.
    pub(crate) fn ends(mut self, status: Option<u16>) {
        self.has_ended = true;
        self.tell(status);
    }

    fn tell(&self, status: Option<u16>) {
        let at: Duration = self.world.time.elapsed();
        super::ends(&self.world, &self.seen, status, at);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.has_ended {
            self.tell(None);
        }
    }
}
