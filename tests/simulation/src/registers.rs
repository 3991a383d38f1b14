//! The registers in the table against the judge, who goes by all that is known: at any
//! time they must say the same.

use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use shared::domain::{BotState, ChatState, Silence, Timestamp, may_notify};

use crate::history::{History, Place};
use crate::judge::Known;
use crate::line::LineEvent;
use crate::rows::{row, snapshot};
use crate::world::World;

/// Whether the rows of a chat and its account say what follows from the events that
/// they have taken in, and from `more`.
pub(crate) fn check(world: &World, place: &Place, more: &[String]) {
    let mut loaded = snapshot(world, place);
    let by_another = world.history().settled_by_another.clone();
    let more = more.iter().filter(|id| !by_another.contains(*id));
    loaded.recorded.extend(more.cloned());
    let (bot, chat): (BotState, ChatState) = {
        let bot = row(world, &place.0, "@bot");
        (registers(bot), registers(row(world, &place.0, &place.1)))
    };
    let line = world.line();
    let known = History::known_of(&loaded, place, &line);
    let is_denied = |now: i64| {
        let (epochs, skew_ms) = (&world.history().judges.epochs, world.schedule.skew_ms);
        epochs.is_denied(&place.0, &known, now, skew_ms)
    };
    let differs = moments(&line.events.values().collect::<Vec<_>>())
        .into_iter()
        .find_map(|now| difference(world, (&bot, &chat), &known, is_denied(now), now));
    if let Some(what) = differs {
        let what = format!("{place:?} with {:?}: {what}", loaded.recorded);
        world.history().violation("registers", what);
    }
}

/// When anything may change, and long after.
fn moments(events: &[&LineEvent]) -> Vec<i64> {
    let times = events.iter().flat_map(|event| {
        let end = event.expire_at.unwrap_or(event.at);
        [event.at + 1, end - 2_001, end - 1_999, end + 1]
    });
    let last = events
        .iter()
        .map(|event| event.at)
        .max()
        .unwrap_or_default();
    times.chain([last + 86_400_000]).collect()
}

fn difference(
    world: &World,
    (bot, chat): (&BotState, &ChatState),
    known: &Known<'_>,
    is_denied: bool,
    now: i64,
) -> Option<String> {
    let default_active = world.schedule.default_active;
    // What operators and billing say is another judge's.
    let mut bot = bot.clone();
    bot.pause = None;
    let ours = may_notify(&bot, chat, Timestamp(now), default_active).map(drop);
    let theirs = known.may_speak(now, default_active);
    // A refusal by LINE counts for an hour, whatever the events say.
    let refused = ours == Err(Silence::ScopeMissing) && is_denied;
    (ours.is_ok() != theirs.is_ok() && !refused)
        .then(|| format!("at {now} the rows say {ours:?}, the judge {theirs:?}"))
}

fn registers<T: DeserializeOwned + Default>(row: Option<Json>) -> T {
    row.map(|row| serde_json::from_value(row).expect("registers"))
        .unwrap_or_default()
}
