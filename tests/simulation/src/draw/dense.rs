//! One account, two chats, three workers, a visibility of two seconds, and all of it
//! within 100 ms: workers meet at the same rows.

use fastrand::Rng;

use crate::draw::parts::{
    commands, deeds, fault, lasting_harm, one_of, signals, timer_names, timers, webhooks,
};
use crate::draw::{deliveries, lifecycle};
use crate::schedule::{
    Fault, Happening, Harm, Outage, Round, Schedule, Server, Slow, Upkeep, Webhook, What, Wish,
};
use crate::world::seeded;

const CHATS: u8 = 2;
const SPAN_MS: u64 = 100;

/// The schedule of a seed.
pub(super) fn draw(seed: u64) -> Schedule {
    let mut chance = seeded(seed, &"dense");
    let chance = &mut chance;
    let events = chance.usize(2..=12);
    let faults = one_of(chance, &[0, 2, 6, 14]);
    let mut schedule = Schedule {
        seed,
        default_active: chance.u8(0..6) > 0,
        push_instead: chance.bool(),
        visibility_s: 2,
        workers: 3,
        batch: one_of(chance, &[1, 3, 10]),
        skew_ms: one_of(chance, &[0, 0, 50]),
        slowest_ms: one_of(chance, &[20, 500, 1_500, 3_000]),
        webhooks: webhooks(chance, 1, CHATS, SPAN_MS, events),
        deeds: deeds(chance, 1, CHATS, SPAN_MS),
        rounds: rounds(chance),
        index_lag: one_of(chance, &[0, 1, 5]),
        faults: (0..faults).map(|_| fault(chance, events)).collect(),
        outages: outages(chance),
        ..Schedule::default()
    };
    if chance.bool() {
        timers(chance, &mut schedule, SPAN_MS);
        timer_names(&mut schedule);
    }
    signals(&mut schedule, 2);
    commands(&mut schedule, (1, 2), SPAN_MS);
    for webhook in &mut schedule.webhooks {
        let copies = one_of(chance, &[1, 1, 2, 3]);
        webhook.copies_ms = (0..copies).map(|_| chance.u64(0..SPAN_MS)).collect();
    }
    deliveries::add(&mut schedule, |chance| {
        chance.u64(0..SPAN_MS) + one_of(chance, &[0, 50, 1_000, 4_000])
    });
    lifecycle::draw(&mut schedule, 1, SPAN_MS);
    limits(&mut schedule);
    crowd(&mut schedule);
    lost_commits(&mut schedule);
    hang(&mut schedule);
    overtaken(&mut schedule);
    counted(&mut schedule);
    split(&mut schedule);
    rivals(&mut schedule);
    killer(&mut schedule);
    queued_again(&mut schedule);
    schedule
}

/// A batch is full of chats, and what one of them says ends the process that handles it.
/// Nothing else happens.
fn killer(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"killer");
    if chance.u8(0..8) > 0 {
        return;
    }
    alone(schedule, 0);
    let at_ms = chance.u64(0..SPAN_MS);
    let killers = one_of(chance, &[1, 1, 2]);
    schedule.visibility_s = 20;
    schedule.batch = 10;
    schedule.workers = chance.usize(1..=2);
    for chat in 0..8 {
        let wish = match chat < killers {
            true => Wish::Kill(one_of(chance, &[1, 2, 3, 12])),
            false => Wish::Reply,
        };
        let event = Happening {
            id: format!("killer-{chat}"),
            chat: CHATS + chat,
            what: What::Message,
            wish,
            timer_ms: None,
            timer_name: None,
            signals: Vec::new(),
            cancels: None,
        };
        schedule.webhooks.push(Webhook {
            at_ms,
            bot: 0,
            events: vec![event],
            copies_ms: vec![0],
            again: 3,
        });
    }
}

/// Of two timers of a chat the first is queued and its row stays, so that it is queued once
/// more in one message with the second. Nothing else happens.
fn queued_again(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"queued again");
    if chance.u8(0..32) > 0 {
        return;
    }
    alone(schedule, 0);
    schedule.slowest_ms = 20;
    schedule.default_active = true;
    let event = |nth: u8, timer_ms: u64| Happening {
        id: format!("queued-again-{nth}"),
        chat: 0,
        what: What::Message,
        wish: Wish::Push,
        timer_ms: Some(timer_ms),
        timer_name: None,
        signals: Vec::new(),
        cancels: None,
    };
    schedule.webhooks.push(Webhook {
        at_ms: 0,
        bot: 0,
        events: vec![event(0, 0), event(1, 1_000)],
        copies_ms: vec![0],
        again: 3,
    });
    let ring = |at_ms: u64| Round {
        at_ms,
        what: Upkeep::RingTimers,
    };
    schedule.rounds = vec![ring(chance.u64(600..900)), ring(chance.u64(2_000..3_000))];
    // The SDK makes a call twice.
    let stays = |nth: u32| Fault {
        call: "UpdateItem".to_owned(),
        nth,
        harm: Harm::NotConnected,
    };
    schedule.faults = vec![stays(1), stays(2)];
}

/// Two chats want the same place at the same moment; perhaps once more when the account was
/// unlinked and linked again.
fn rivals(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"rivals");
    if chance.u8(0..6) > 0 {
        return;
    }
    let place = chance.u8(0..2);
    let mut tell = |id: &str, at_ms: u64, chats: u8, what: What| {
        let event = |chat: u8| Happening {
            id: format!("rival{id}-{chat}"),
            chat,
            what: what.clone(),
            wish: Wish::Row(place),
            timer_ms: None,
            timer_name: None,
            signals: Vec::new(),
            cancels: None,
        };
        schedule.webhooks.push(Webhook {
            at_ms,
            bot: 0,
            events: (0..chats).map(event).collect(),
            copies_ms: vec![0],
            again: 3,
        });
    };
    let at_ms = chance.u64(0..SPAN_MS);
    tell("1", at_ms, CHATS, What::Message);
    if chance.bool() {
        tell("2", at_ms + 10_000, 1, What::Detached);
        tell("3", at_ms + 12_000, 1, What::Attached(None));
        tell("4", at_ms + 20_000, CHATS, What::Message);
    }
}

/// A handler asks to be called again, and what its later attempts come to is not written:
/// a commit is tried some times before it is given up. Nothing else happens, so that the
/// fault meets the commit after the one by which an attempt is counted.
fn lost_commits(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"lost commits");
    if chance.u8(0..16) > 0 {
        return;
    }
    alone(schedule, 1);
    for event in schedule.webhooks.iter_mut().flat_map(|it| &mut it.events) {
        event.what = What::Message;
        event.wish = Wish::Retry(4);
    }
    let first = chance.u32(2..=7);
    let lost = |nth| Fault {
        call: "TransactWriteItems".to_owned(),
        nth,
        harm: Harm::NotConnected,
    };
    schedule.faults = (first..first + 10).map(lost).collect();
}

/// A handler never ends, and nothing else goes wrong.
fn hang(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"hang");
    if chance.u8(0..24) > 0 {
        return;
    }
    alone(schedule, 2);
    for event in schedule.webhooks.iter_mut().flat_map(|it| &mut it.events) {
        event.wish = Wish::Hang(one_of(chance, &[0, 12]));
    }
}

/// Leaves one webhook with this many events, to which nothing else happens.
fn alone(schedule: &mut Schedule, events: usize) {
    schedule.webhooks.truncate(1);
    for webhook in &mut schedule.webhooks {
        webhook.events.truncate(events);
        webhook.copies_ms = vec![0];
    }
    schedule.deeds.clear();
    schedule.rounds.clear();
    schedule.outages.clear();
    schedule.faults.clear();
}

/// A reply is on its way until another worker has the event too, and has used its token; that
/// one's answer is slow. Nothing else happens.
fn overtaken(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"overtaken");
    if chance.u8(0..24) > 0 {
        return;
    }
    alone(schedule, 1);
    for event in schedule.webhooks.iter_mut().flat_map(|it| &mut it.events) {
        event.what = What::Message;
        event.wish = Wish::Reply;
    }
    schedule.slowest_ms = 20;
    schedule.default_active = true;
    let reply = |nth: u32, there_ms: u64, back_ms: u64| Slow {
        call: "reply".to_owned(),
        nth,
        there_ms,
        back_ms,
    };
    schedule.slow = vec![
        reply(1, chance.u64(2_000..2_800), 0),
        reply(2, 0, chance.u64(0..2_000)),
    ];
}

/// The module asks to be called again. At the next receive its attempt is counted, and what it
/// decides cannot be committed, as often as it is decided again. Nothing else happens.
fn counted(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"counted");
    if chance.u8(0..48) > 0 {
        return;
    }
    alone(schedule, 1);
    for event in schedule.webhooks.iter_mut().flat_map(|it| &mut it.events) {
        event.what = What::Message;
        event.wish = Wish::Retry(1);
    }
    schedule.slowest_ms = 20;
    // The first records that it asks, the second counts; eight rounds fail after that, of two
    // calls each.
    schedule.faults = (3..=18)
        .map(|nth| Fault {
            call: "TransactWriteItems".to_owned(),
            nth,
            harm: Harm::Error,
        })
        .collect();
}

/// One webhook has all the events. The queue takes a part of them, or its answer is lost.
fn split(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"split");
    if chance.u8(0..16) > 0 {
        return;
    }
    let webhooks = &mut schedule.webhooks;
    let events: Vec<_> = webhooks
        .iter_mut()
        .flat_map(|it| it.events.drain(..))
        .collect();
    alone(schedule, 0);
    for webhook in &mut schedule.webhooks {
        webhook.events.clone_from(&events);
        webhook.again = 3;
    }
    schedule.slowest_ms = one_of(chance, &[20, 500]);
    schedule.faults.push(Fault {
        call: "SendMessageBatch".to_owned(),
        nth: 1,
        harm: one_of(chance, &[Harm::Partly, Harm::AnswerLost]),
    });
}

/// A reply takes until another worker has the event too, and that one is faster.
fn crowd(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"crowd");
    if chance.u8(0..8) > 0 {
        return;
    }
    schedule.slowest_ms = one_of(chance, &[500, 1_500]);
    for nth in 1..=one_of(chance, &[1, 2, 4]) {
        schedule.faults.push(Fault {
            call: one_of(chance, &["reply", "reply", "push"]).to_owned(),
            nth,
            harm: Harm::Late(chance.u64(1_500..4_500)),
        });
    }
}

/// Several functions at once want to make a call of which LINE takes a few an hour.
fn limits(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"limits");
    for _ in 0..one_of(chance, &[0, 0, 0, 6]) {
        schedule.rounds.push(Round {
            at_ms: chance.u64(0..SPAN_MS / 4),
            what: Upkeep::CountCall,
        });
    }
}

/// Some of them come when what has failed at first comes again.
fn rounds(chance: &mut Rng) -> Vec<Round> {
    let count = one_of(chance, &[0, 0, 1, 3]);
    let round = |_| Round {
        at_ms: chance.u64(0..SPAN_MS) + one_of(chance, &[0, 0, 1_000, 4_000]),
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

fn outages(chance: &mut Rng) -> Vec<Outage> {
    if chance.u8(0..6) > 0 {
        return Vec::new();
    }
    let from_ms = chance.u64(0..SPAN_MS * 2);
    vec![Outage {
        server: one_of(chance, &[Server::Table, Server::Queue, Server::Line]),
        call: None,
        from_ms,
        to_ms: from_ms + one_of(chance, &[300, 2_000, 10_000]),
        harm: lasting_harm(chance),
    }]
}
