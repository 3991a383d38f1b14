//! Hours of outage of the table, LINE or the queue, handlers that ask to be called again
//! for hours, and writes that arrive long after their client gave up: limits of six hours
//! are reached and passed.

use fastrand::Rng;

use crate::call::CHANGE;
use crate::draw::parts::{
    commands, deeds, fault, lasting_harm, one_of, signals, timer_names, timers, webhooks,
};
use crate::draw::{deliveries, lifecycle};
use crate::schedule::{Harm, Outage, Round, Schedule, Server, Upkeep, Wish};
use crate::world::seeded;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
/// No outage begins later than this after the last event.
const LATEST: u64 = 2 * HOUR;

/// The schedule of a seed.
pub(super) fn draw(seed: u64) -> Schedule {
    let mut chance = seeded(seed, &"long");
    let chance = &mut chance;
    let (bots, chats) = (chance.u8(1..=2), chance.u8(1..=2));
    let events = chance.usize(1..=6);
    let span_ms = one_of(chance, &[MINUTE, HOUR, 7 * HOUR]);
    let faults = one_of(chance, &[0, 2, 6]);
    let mut schedule = Schedule {
        seed,
        default_active: chance.u8(0..6) > 0,
        push_instead: chance.bool(),
        visibility_s: one_of(chance, &[20, 20, 5]),
        workers: chance.usize(1..=3),
        batch: one_of(chance, &[1, 3, 10]),
        skew_ms: one_of(chance, &[0, 50, 2_000]),
        slowest_ms: one_of(chance, &[20, 500, 3_000]),
        webhooks: webhooks(chance, bots, chats, span_ms, events),
        deeds: deeds(chance, bots, chats, span_ms),
        rounds: rounds(chance, span_ms),
        index_lag: one_of(chance, &[0, 5]),
        faults: (0..faults).map(|_| fault(chance, events)).collect(),
        outages: outages(chance, span_ms),
        ..Schedule::default()
    };
    if chance.u8(0..3) == 0 {
        timers(chance, &mut schedule, span_ms);
        timer_names(&mut schedule);
    }
    signals(&mut schedule, chats);
    commands(&mut schedule, (bots, chats), span_ms);
    ask_for_hours(chance, &mut schedule);
    arrive_late(chance, &mut schedule);
    let at = |chance: &mut Rng| chance.u64(0..span_ms) + chance.u64(0..9) * HOUR;
    deliveries::add(&mut schedule, at);
    deliveries::restore(&mut schedule, |chance| HOUR + chance.u64(0..span_ms + HOUR));
    lifecycle::draw(&mut schedule, bots, span_ms);
    side_by_side(&mut schedule);
    schedule
}

/// Each attempt fails for six hours. Towards their end it takes longer than a message stays
/// invisible, too: several workers have an event when it is parked.
fn side_by_side(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"side by side");
    let first = schedule.webhooks.iter().map(|it| it.at_ms).min();
    let Some(from_ms) = first.filter(|_| chance.u8(0..8) == 0) else {
        return;
    };
    schedule.visibility_s = one_of(chance, &[2, 5]);
    schedule.workers = 3;
    schedule.slowest_ms = one_of(chance, &[500, 3_000]);
    let (server, call) = one_of(
        chance,
        &[(Server::Table, Some("BatchGetItem")), (Server::Line, None)],
    );
    let away = |from_ms: u64, to_ms: u64, harm: Harm| Outage {
        server,
        call: call.map(str::to_owned),
        from_ms,
        to_ms,
        harm,
    };
    let slow_ms = from_ms + 6 * HOUR - 6 * MINUTE;
    schedule.outages = vec![
        away(from_ms, slow_ms, Harm::Error),
        away(slow_ms, slow_ms + 8 * MINUTE, Harm::TimedOutBefore),
    ];
}

fn rounds(chance: &mut Rng, span_ms: u64) -> Vec<Round> {
    let count = one_of(chance, &[0, 1, 2, 4]);
    let round = |_| Round {
        at_ms: chance.u64(0..span_ms) + chance.u64(0..12) * HOUR,
        what: one_of(
            chance,
            &[
                Upkeep::Reconcile,
                Upkeep::ReplayParked,
                Upkeep::ReplayParked,
            ],
        ),
    };
    (0..count).map(round).collect()
}

/// One or two, around the six hours after which an event is parked.
fn outages(chance: &mut Rng, span_ms: u64) -> Vec<Outage> {
    let count = one_of(chance, &[1, 1, 2]);
    let outage = |_| {
        let from_ms = chance.u64(0..span_ms + LATEST);
        let minutes = one_of(
            chance,
            &[30, 2 * 60, 5 * 60 + 40, 6 * 60 + 20, 7 * 60, 13 * 60],
        );
        Outage {
            server: one_of(
                chance,
                &[Server::Table, Server::Line, Server::Line, Server::Queue],
            ),
            call: None,
            from_ms,
            to_ms: from_ms + minutes * MINUTE,
            harm: lasting_harm(chance),
        }
    };
    (0..count).map(outage).collect()
}

/// At five minutes between two calls, 60 calls are five hours and 200 are more than six.
fn ask_for_hours(chance: &mut Rng, schedule: &mut Schedule) {
    let webhooks = schedule.webhooks.iter_mut();
    for event in webhooks.flat_map(|webhook| &mut webhook.events) {
        if chance.u8(0..5) == 0 {
            event.wish = Wish::Retry(one_of(chance, &[20, 60, 200]));
        }
    }
}

/// Writes that arrive minutes after their client gave up.
fn arrive_late(chance: &mut Rng, schedule: &mut Schedule) {
    let late = schedule.faults.iter_mut().map(|fault| &mut fault.harm);
    for harm in late.filter(|harm| matches!(harm, Harm::Late(_))) {
        *harm = Harm::Late(chance.u64(100..30 * MINUTE));
    }
    for _ in 0..one_of(chance, &[0, 1, 3]) {
        let mut late = fault(chance, 3);
        late.call = one_of(chance, &[CHANGE, "PutItem", "TransactWriteItems"]).to_owned();
        late.harm = Harm::Late(chance.u64(1_000..30 * MINUTE));
        schedule.faults.push(late);
    }
}
