//! What LINE is asked, and what it answers.

use std::sync::Arc;

use crate::history::Place;
use crate::judge::Own;
use crate::judges::{lifecycle, withheld};
use crate::line::{Answer, Asked, Kind};
use crate::schedule::{What, Wish};
use crate::world::World;

/// Nothing is sent where the judge forbids it, by what the sender knows.
pub(in crate::call) fn judge(world: &World, who: usize, now: i64, asked: &Asked) {
    let line = world.line();
    let Some(chat) = line.chat_of(asked) else {
        return;
    };
    let place = (asked.bot.clone(), chat);
    let mut history = world.history();
    if history.invocations[who].in_hand.is_empty() {
        return; // the management screen's own
    }
    lifecycle::leaves(&mut history, &line, asked, world.schedule.skew_ms);
    withheld::leaves(&mut history, who, (&place, now), asked);
    let loaded = history.invocations[who].loaded.get(&place);
    if loaded.is_some_and(|loaded| loaded.is_ambiguous) {
        return;
    }
    let known = history.known(who, &place, &line);
    let verdict = match asked.kind {
        Kind::Reply(_) | Kind::Push(_) => known.may_speak(now, world.schedule.default_active),
        _ => {
            let times = known.of_chat.iter().filter(|event| {
                let wish = world.schedule.wish(&event.id);
                wish.is_some_and(controls)
            });
            let times: Vec<_> = times.map(|event| event.at).collect();
            let verdicts = times.iter().map(|at| known.may_control(*at));
            verdicts
                .min_by_key(Result::is_err)
                .unwrap_or(Err("nobody has planned it"))
        }
    };
    if let Err(silence) = verdict {
        let what = format!(
            "{} {:?} into {place:?}: {silence}",
            asked.word(),
            asked.texts()
        );
        history.violation("who may speak", what);
    }
}

fn controls(wish: &Wish) -> bool {
    matches!(
        wish,
        Wish::Acquire(_) | Wish::AcquireAndPush(_) | Wish::Release | Wish::PushReleasePush
    )
}

/// LINE has answered a call.
pub(in crate::call) fn answered(world: &Arc<World>, who: usize, asked: &Asked, answer: &Answer) {
    let definite = (400..500).contains(&answer.status) && !matches!(answer.status, 409 | 423 | 429);
    if definite {
        let mut history = world.history();
        for text in asked.texts() {
            let event = text.split('/').next().unwrap_or_default().to_owned();
            history.refused.insert(event);
        }
    }
    crate::link::answered(world, asked, answer);
    let (Kind::Acquire(chat) | Kind::Release(chat)) = &asked.kind else {
        return;
    };
    if definite {
        let mut history = world.history();
        let in_hand = history.invocations[who].in_hand.clone();
        let planned = in_hand
            .into_iter()
            .filter(|id| world.schedule.wish(id).is_some_and(controls));
        history.refused.extend(planned);
    }
    let place = (asked.bot.clone(), chat.clone());
    if answer.status == 404 {
        // LINE itself has said that nobody is there.
        let mut history = world.history();
        if let Some(loaded) = history.invocations[who].loaded.get_mut(&place) {
            loaded.acted = true;
        }
    }
    if answer.status != 200 {
        return;
    }
    let what = match asked.kind {
        Kind::Acquire(_) => What::Activated(None),
        _ => What::Deactivated,
    };
    own(world, who, &place);
    crate::actors::tell_of_control(world, &place, what);
}

/// The invocation has changed who holds the chat, and knows it if it sees the answer.
fn own(world: &World, who: usize, place: &Place) {
    let line = world.line();
    let held = line.held.last().cloned();
    let invocation = &mut world.history().invocations[who];
    let by = invocation.at.get(place).cloned();
    if let (Some(held), Some(loaded)) = (held, invocation.loaded.get_mut(place)) {
        let at = if held.ours.is_some() {
            held.date
        } else {
            held.date + 999
        };
        loaded.acted = true;
        loaded.own.push(Own {
            at,
            by: by.unwrap_or_default(),
            ours: held.ours,
        });
    }
}
