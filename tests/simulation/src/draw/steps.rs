//! Some events' handlers make a step, and not always without trouble.

use crate::call::CHANGE;
use crate::draw::parts::{any_harm, one_of};
use crate::schedule::{Fault, Schedule, StepTry};
use crate::world::seeded;

/// The ids of events that any draw may have in mind, as `a07`.
const PLAIN_ID: usize = 3;

pub(super) fn draw(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"steps");
    if chance.u8(0..3) > 0 {
        return;
    }
    let events = schedule.webhooks.iter().flat_map(|it| &it.events);
    let in_chats = events.filter(|it| it.id.len() == PLAIN_ID && !it.what.is_of_bot());
    for event in in_chats {
        let failing = one_of(chance, &[0, 0, 1, 2, 4]);
        let tries = (0..failing).map(|_| match chance.u8(0..4) {
            0..2 => StepTry::Fails,
            2 => StepTry::Hangs,
            _ => StepTry::Takes(chance.u64(0..1_500)),
        });
        let tries = tries.collect();
        if chance.bool() {
            schedule.steps.insert(event.id.clone(), tries);
        }
    }
    for _ in 0..one_of(chance, &[0, 1, 3]) {
        schedule.faults.push(Fault {
            call: CHANGE.to_owned(),
            nth: chance.u32(1..=12),
            harm: any_harm(chance),
        });
    }
}
