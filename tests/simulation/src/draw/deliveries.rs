//! What makes deliveries hard: events that are run again, things that are shown and that
//! LINE refuses, and a table that is restored to an hour ago.

use fastrand::Rng;

use crate::draw::parts::{any_harm, one_of};
use crate::schedule::{Fault, Harm, Round, Schedule, Show, Upkeep, Wish};
use crate::world::seeded;

/// Adds them to a schedule; `at` draws a moment of it.
pub(super) fn add(schedule: &mut Schedule, at: impl Fn(&mut Rng) -> u64) {
    let mut chance = seeded(schedule.seed, &"deliveries");
    let chance = &mut chance;
    shows(chance, schedule);
    refusals(schedule);
    for _ in 0..one_of(chance, &[0, 0, 1, 2]) {
        let at_ms = at(chance);
        replays(chance, schedule, at_ms);
    }
}

/// LINE takes a message, its answer is lost, and the next try is refused.
fn refusals(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"refusals");
    if chance.u8(0..8) > 0 {
        return;
    }
    let nth = chance.u32(1..=4);
    let lost = one_of(chance, &[Harm::AnswerLost, Harm::ErrorAfter]);
    let call = one_of(chance, &["push", "push", "acquire", "release"]);
    for (nth, harm) in [(nth, lost), (nth + 1, Harm::Refused(400))] {
        let call = call.to_owned();
        schedule.faults.push(Fault { call, nth, harm });
    }
}

/// The table is restored in some schedules.
pub(super) fn restore(schedule: &mut Schedule, at: impl Fn(&mut Rng) -> u64) {
    let mut chance = seeded(schedule.seed, &"restore");
    let chance = &mut chance;
    if chance.u8(0..8) == 0 {
        let what = Upkeep::Restore { minutes: 60 };
        let at_ms = at(chance);
        schedule.rounds.push(Round { at_ms, what });
        // The reconciler's lease is forgotten while it is held.
        let before = chance.u64(0..300);
        for at_ms in [at_ms.saturating_sub(before), at_ms + chance.u64(0..300)] {
            let what = Upkeep::Reconcile;
            schedule.rounds.push(Round { at_ms, what });
        }
    }
}

/// An event is run again, and often once more before a worker has come to it.
fn replays(chance: &mut Rng, schedule: &mut Schedule, at_ms: u64) {
    let nth = chance.u16(0..20);
    let force = chance.bool();
    let what = Upkeep::Replay { nth, force };
    schedule.rounds.push(Round { at_ms, what });
    if chance.bool() {
        let at_ms = at_ms + one_of(chance, &[0, 5, 200, 3_000]);
        let force = chance.u8(0..4) > 0;
        let what = Upkeep::Replay { nth, force };
        schedule.rounds.push(Round { at_ms, what });
    }
}

/// Some handlers show something before they answer, and LINE refuses some of it.
fn shows(chance: &mut Rng, schedule: &mut Schedule) {
    if chance.bool() {
        return;
    }
    let webhooks = schedule.webhooks.iter_mut();
    for event in webhooks.flat_map(|webhook| &mut webhook.events) {
        if chance.u8(0..4) == 0 {
            let shows = [Show::Loading, Show::Read, Show::Menu, Show::NoMenu];
            event.wish = Wish::ShowAndReply(one_of(chance, &shows));
        }
    }
    for _ in 0..one_of(chance, &[0, 1, 2]) {
        let refused = one_of(chance, &[403, 404, 500]);
        schedule.faults.push(Fault {
            call: one_of(chance, &["loading", "read_mark", "menu", "menus"]).to_owned(),
            nth: chance.u32(1..=3),
            harm: match chance.u8(0..3) {
                0 => any_harm(chance),
                _ => Harm::Refused(refused),
            },
        });
    }
}
