//! Days: events that wait for the workers or are delivered again after a day or thirty,
//! and rows, retry keys and tokens past their time.

use fastrand::Rng;

use crate::draw::parts::{
    commands, deeds, fault, one_of, outages, signals, timer_names, timers, webhooks,
};
use crate::draw::{deliveries, lifecycle};
use crate::schedule::{Harm, Outage, Round, Schedule, Server, Stop, Upkeep, What, Wish};
use crate::world::seeded;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
/// How long what happens on one day takes.
const SPAN_MS: u64 = 20_000;
/// When days begin on which something happens: before and after a retry key, an event and
/// a ledger row are too old.
const DAYS: [u64; 7] = [0, 0, HOUR, DAY, 2 * DAY, 29 * DAY, 30 * DAY + HOUR];
/// How much later a webhook is delivered again.
const AGAIN: [u64; 6] = [
    23 * HOUR,
    DAY,
    5 * DAY,
    29 * DAY - HOUR,
    29 * DAY + HOUR,
    31 * DAY,
];

/// The schedule of a seed.
pub(super) fn draw(seed: u64) -> Schedule {
    let mut chance = seeded(seed, &"old");
    let chance = &mut chance;
    let (bots, chats) = (chance.u8(1..=2), chance.u8(1..=2));
    let events = chance.usize(1..=8);
    let faults = one_of(chance, &[0, 2, 6]);
    let mut schedule = Schedule {
        seed,
        default_active: chance.u8(0..6) > 0,
        push_instead: chance.bool(),
        visibility_s: one_of(chance, &[20, 20, 3]),
        workers: chance.usize(1..=2),
        batch: one_of(chance, &[1, 3, 10]),
        skew_ms: one_of(chance, &[0, 50, 2_000]),
        slowest_ms: one_of(chance, &[20, 500, 3_000]),
        webhooks: webhooks(chance, bots, chats, SPAN_MS, events),
        deeds: deeds(chance, bots, chats, SPAN_MS),
        rounds: rounds(chance),
        index_lag: one_of(chance, &[0, 5]),
        faults: (0..faults).map(|_| fault(chance, events)).collect(),
        outages: outages(chance, SPAN_MS),
        stops: stops(chance),
        ..Schedule::default()
    };
    if chance.u8(0..3) == 0 {
        timers(chance, &mut schedule, SPAN_MS);
        timer_names(&mut schedule);
    }
    signals(&mut schedule, chats);
    // The ledger may forget an event of the account itself, and what it has sent comes again.
    let webhooks = schedule.webhooks.iter_mut();
    for event in webhooks.flat_map(|webhook| &mut webhook.events) {
        if event.what.is_of_bot() {
            event.signals.clear();
        }
    }
    commands(&mut schedule, (bots, chats), SPAN_MS);
    spread(chance, &mut schedule);
    let day = |chance: &mut Rng| chance.u64(0..SPAN_MS) + one_of(chance, &DAYS);
    deliveries::add(&mut schedule, |chance| {
        day(chance) + one_of(chance, &[0, 0, HOUR])
    });
    deliveries::restore(&mut schedule, |chance| {
        HOUR + day(chance) - chance.u64(0..10_000)
    });
    lifecycle::draw(&mut schedule, bots, SPAN_MS);
    parked_plans(&mut schedule);
    renewed_keys(&mut schedule);
    unread_again(&mut schedule);
    restored_meanwhile(&mut schedule);
    schedule
}

/// The table is restored while a plan is sent that the restored rows do not have.
fn restored_meanwhile(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"restored meanwhile");
    let Some(webhook) = schedule
        .webhooks
        .first_mut()
        .filter(|_| chance.u8(0..12) == 0)
    else {
        return;
    };
    webhook.at_ms = 2 * HOUR;
    webhook.copies_ms = vec![0];
    for event in &mut webhook.events {
        event.wish = match chance.bool() {
            true => Wish::TwoPushes,
            false => Wish::ReplyAndPush,
        };
    }
    schedule.slowest_ms = 3_000;
    schedule.stops.clear();
    schedule.rounds.push(Round {
        at_ms: 2 * HOUR + chance.u64(500..12_000),
        what: Upkeep::Restore { minutes: 60 },
    });
}

/// The table is away when what is delivered again much later is read the first time.
fn unread_again(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"unread again");
    if chance.bool() {
        return;
    }
    let webhooks = schedule.webhooks.iter();
    let copies = webhooks.flat_map(|it| it.copies_ms.iter().map(|copy| it.at_ms + copy));
    let late: Vec<_> = copies.filter(|at| *at > HOUR).collect();
    for from_ms in late {
        schedule.outages.push(Outage {
            server: Server::Table,
            call: Some("BatchGetItem".into()),
            from_ms,
            to_ms: from_ms + one_of(chance, &[500, 5_000, 20_000]),
            harm: one_of(chance, &[Harm::NotConnected, Harm::Error, Harm::Partly]),
        });
    }
}

/// LINE is away until plans are parked, perhaps after it has taken something of them. A day
/// later they are run again, with trouble once more.
fn parked_plans(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"parked plans");
    if chance.u8(0..5) > 0 {
        return;
    }
    for webhook in schedule.webhooks.iter_mut().take(3) {
        webhook.at_ms = chance.u64(0..SPAN_MS);
        for event in &mut webhook.events {
            match chance.u8(0..6) {
                0 => event.wish = Wish::Push,
                1 => event.wish = Wish::ReplyAndPush,
                2 => event.wish = Wish::TwoPushes,
                _ => {}
            }
        }
    }
    let call = one_of(chance, &[None, Some("push")]).map(str::to_owned);
    let away = |from_ms: u64, length: u64, harm: Harm| Outage {
        server: Server::Line,
        call: call.clone(),
        from_ms,
        to_ms: from_ms + length,
        harm,
    };
    let harms = [Harm::NotConnected, Harm::Throttled, Harm::Error];
    let harm = match chance.bool() {
        true => one_of(chance, &harms),
        false => one_of(chance, &[Harm::ErrorAfter, Harm::AnswerLost]),
    };
    // By then a process may have its token.
    let from = one_of(chance, &[0, SPAN_MS / 4, SPAN_MS / 2]);
    schedule.outages.push(away(from, 7 * HOUR, harm));
    let again = one_of(chance, &[8 * HOUR, 26 * HOUR, 50 * HOUR]);
    let harm = one_of(chance, &[Harm::ErrorAfter, Harm::AnswerLost]);
    let length = one_of(chance, &[0, 5_000, 15_000]);
    schedule.outages.push(away(again, length, harm));
    schedule.rounds.push(Round {
        at_ms: again,
        what: Upkeep::ReplayParked,
    });
}

/// LINE cannot be reached until pushes are parked, and surely has taken none of them. After
/// longer than it knows a retry key they are run again, and its first answer is lost: another
/// try is harmless, as the keys' time starts with the replay.
fn renewed_keys(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"renewed keys");
    if chance.u8(0..24) > 0 {
        return;
    }
    schedule.default_active = true;
    schedule.stops.clear();
    schedule.deeds.clear();
    schedule.faults.clear();
    schedule.webhooks.truncate(1);
    for webhook in &mut schedule.webhooks {
        webhook.at_ms = chance.u64(0..SPAN_MS);
        webhook.copies_ms = vec![0];
        for event in &mut webhook.events {
            event.what = What::Message;
            event.wish = Wish::Push;
            event.timer_ms = None;
        }
    }
    let again = one_of(chance, &[24 * HOUR, 26 * HOUR, 50 * HOUR]);
    let away = |from_ms: u64, length: u64, harm: Harm| Outage {
        server: Server::Line,
        call: Some("push".to_owned()),
        from_ms,
        to_ms: from_ms + length,
        harm,
    };
    schedule.outages = vec![
        away(0, 7 * HOUR, Harm::NotConnected),
        away(again, chance.u64(100..3_000), Harm::AnswerLost),
    ];
    schedule.rounds = vec![Round {
        at_ms: again,
        what: Upkeep::ReplayParked,
    }];
}

/// Over days what would else happen within seconds.
fn spread(chance: &mut Rng, schedule: &mut Schedule) {
    for webhook in &mut schedule.webhooks {
        webhook.at_ms += one_of(chance, &DAYS);
        if chance.bool() {
            webhook.copies_ms.push(one_of(chance, &AGAIN));
        }
        let timers = webhook.events.iter_mut();
        for timer in timers.filter_map(|event| event.timer_ms.as_mut()) {
            *timer += one_of(chance, &[0, DAY, 30 * DAY]);
        }
    }
    for deed in &mut schedule.deeds {
        deed.at_ms += one_of(chance, &DAYS);
    }
}

fn rounds(chance: &mut Rng) -> Vec<Round> {
    let count = one_of(chance, &[0, 1, 3, 5]);
    let round = |_| Round {
        at_ms: chance.u64(0..SPAN_MS) + one_of(chance, &DAYS) + chance.u64(0..4) * HOUR,
        what: one_of(
            chance,
            &[
                Upkeep::Reconcile,
                Upkeep::ReplayParked,
                Upkeep::RingTimers,
                Upkeep::DropExpired,
            ],
        ),
    };
    (0..count).map(round).collect()
}

/// The event source is switched off for a day or more, but not for as long as the queue
/// keeps its messages.
fn stops(chance: &mut Rng) -> Vec<Stop> {
    if chance.bool() {
        return Vec::new();
    }
    let from_ms = chance.u64(0..SPAN_MS) + one_of(chance, &DAYS);
    let hours = one_of(chance, &[1, 22, 25, 3 * 24, 13 * 24]);
    vec![Stop {
        from_ms,
        to_ms: from_ms + hours * HOUR,
    }]
}
