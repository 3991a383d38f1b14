//! Seconds to minutes, with few of everything: what was drawn before there were other
//! profiles, draw by draw.

use crate::draw::lifecycle;
use crate::draw::parts::{
    commands, deeds, fault, one_of, outages, rounds, signals, timer_names, timers, webhooks,
};
use crate::schedule::Schedule;
use crate::world::seeded;

/// The schedule of a seed.
pub(super) fn draw(seed: u64) -> Schedule {
    let mut chance = seeded(seed, &"schedule");
    let chance = &mut chance;
    let bots = chance.u8(1..=2);
    let chats = chance.u8(1..=2);
    let most = one_of(chance, &[3, 6, 12, 20]);
    let events = chance.usize(1..=most);
    let span_ms = one_of(chance, &[2_000, 20_000, 200_000]);
    let faults = one_of(chance, &[0, 2, 6, 14]);
    let mut schedule = Schedule {
        seed,
        default_active: chance.u8(0..4) > 0,
        push_instead: chance.bool(),
        visibility_s: one_of(chance, &[20, 20, 20, 2, 3, 5]),
        workers: chance.usize(1..=3),
        batch: one_of(chance, &[1, 3, 10]),
        skew_ms: one_of(chance, &[0, 50, 2_000]),
        slowest_ms: one_of(chance, &[20, 500, 1_500, 3_000]),
        webhooks: Vec::new(),
        deeds: deeds(chance, bots, chats, span_ms),
        rounds: Vec::new(),
        index_lag: 0,
        faults: (0..faults).map(|_| fault(chance, events)).collect(),
        outages: outages(chance, span_ms),
        ..Schedule::default()
    };
    schedule.webhooks = webhooks(chance, bots, chats, span_ms, events);
    let mut chance = seeded(seed, &"upkeep");
    schedule.rounds = rounds(&mut chance, span_ms);
    schedule.index_lag = one_of(&mut chance, &[0, 1, 5, 20]);
    let mut chance = seeded(seed, &"timers");
    if chance.bool() {
        timers(&mut chance, &mut schedule, span_ms);
        timer_names(&mut schedule);
    }
    signals(&mut schedule, chats);
    commands(&mut schedule, (bots, chats), span_ms);
    lifecycle::draw(&mut schedule, bots, span_ms);
    schedule
}
