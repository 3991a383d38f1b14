//! What must hold when an invocation has come to its own end, and nothing went wrong
//! for it: its events were taken in, and what it gives back comes back together.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::history::Place;
use crate::message::{Message, events_of};
use crate::module::Script;
use crate::registers;
use crate::world::World;

/// One that took longer may have run out of time.
const SHORT: Duration = Duration::from_secs(3);

/// What was known when an invocation began.
pub(crate) struct Begun {
    at: Duration,
    asked: BTreeMap<String, u32>,
    /// Whether no other invocation has its events in hand.
    is_alone: bool,
}

impl Begun {
    /// It begins.
    pub(crate) fn now(world: &World, module: &Script, who: usize) -> Self {
        let history = world.history();
        let in_hand = history.invocations[who].in_hand.iter();
        let asked = in_hand.map(|id| (id.clone(), module.times_asked(id)));
        Self {
            at: world.time.elapsed(),
            asked: asked.collect(),
            is_alone: !history.shares_with_one_before(who),
        }
    }

    /// It has ended by itself, and names these messages as failed.
    pub(crate) fn ended(
        &self,
        world: &World,
        module: &Script,
        who: usize,
        messages: &[Message],
        failed: &[&String],
    ) {
        let took = world.time.elapsed() - self.at;
        let is_restored = world.history().judges.restored.is_restored_since(self.at);
        let stayed_alone = self.is_alone && world.history().stayed_alone(who);
        if took > SHORT || !stayed_alone || is_restored {
            return;
        }
        for message in messages {
            let (place, ids) = (&message.says.place, &message.says.events);
            let was_asked = |id: &&String| self.asked.get(*id) != Some(&module.times_asked(id));
            if ids.iter().any(|id| was_asked(&id)) {
                let of_chat = messages.iter().filter(|it| it.says.place == *place);
                registers::check(world, &a_chat_of(place.clone()), &events_of(of_chat));
            }
        }
        let failed = messages
            .iter()
            .filter(|it| failed.contains(&&it.received.message_id));
        given_back(world, who, failed);
    }
}

/// What is of an account itself holds for any chat of it.
fn a_chat_of((bot, chat): Place) -> Place {
    match chat.as_str() {
        "" => (bot, "nobody".into()),
        _ => (bot, chat),
    }
}

/// A group is locked while any of its messages is in flight: those of a chat must be
/// given back together, for the same time.
fn given_back<'a>(world: &World, who: usize, failed: impl Iterator<Item = &'a Message>) {
    let mut history = world.history();
    let waits = history.invocations[who].given_back.clone();
    let mut chats: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for message in failed {
        let wait = waits.get(&message.received.receipt_handle).copied();
        let place = message.says.place.clone();
        chats.entry(place).or_default().insert(wait);
    }
    for (place, waits) in chats {
        // A slow call is not waited for: then none of them is given back early.
        if waits.len() > 1 {
            let what = format!("{place:?} waits for {waits:?} seconds");
            history.violation("given back together", what);
        }
    }
}
