//! What schedules of all profiles are made of.

use fastrand::Rng;

use crate::call::CHANGE;
use crate::schedule::{
    Command, Deed, Fault, Happening, Harm, Hold, Outage, Round, Schedule, Server, Upkeep, Webhook,
    What, Wish,
};
use crate::world::seeded;

/// Scopes that an admin may grant; the last lacks what sending needs.
const SCOPES: [Option<&str>; 4] = [
    None,
    Some("message:send message:receive profile:read"),
    Some("message:send message:receive"),
    Some("message:receive profile:read"),
];

pub(super) fn one_of<T: Copy>(chance: &mut Rng, all: &[T]) -> T {
    all[chance.usize(..all.len())]
}

/// This many events in webhooks of one to four.
pub(super) fn webhooks(
    chance: &mut Rng,
    bots: u8,
    chats: u8,
    span_ms: u64,
    events: usize,
) -> Vec<Webhook> {
    let mut webhooks = Vec::new();
    let mut number = 0;
    while number < events {
        let count = chance.usize(1..=4).min(events - number);
        let ids = number..number + count;
        number += count;
        webhooks.push(webhook(chance, bots, chats, span_ms, ids));
    }
    webhooks
}

fn webhook(
    chance: &mut Rng,
    bots: u8,
    chats: u8,
    span_ms: u64,
    ids: std::ops::Range<usize>,
) -> Webhook {
    let events = ids.map(|number| happening(chance, chats, number)).collect();
    let copies = one_of(chance, &[1, 1, 1, 2, 3]);
    let late = one_of(chance, &[10, 100, 3_000, 30_000]);
    let mut copies_ms: Vec<u64> = (0..copies).map(|_| chance.u64(0..late)).collect();
    if chance.u8(0..20) == 0 {
        copies_ms.push(chance.u64(300_000..900_000));
    }
    Webhook {
        at_ms: chance.u64(0..span_ms),
        bot: chance.u8(0..bots),
        events,
        copies_ms,
        again: chance.u8(0..4),
    }
}

fn happening(chance: &mut Rng, chats: u8, number: usize) -> Happening {
    // Ids do not come in the order of the events, and decide between equal times.
    let letter = char::from(chance.u8(b'a'..=b'z'));
    Happening {
        id: format!("{letter}{number:02}"),
        chat: chance.u8(0..chats),
        what: what(chance),
        wish: wish(chance),
        timer_ms: None,
        timer_name: None,
        signals: Vec::new(),
        cancels: None,
    }
}

pub(super) fn seconds(chance: &mut Rng) -> Option<u64> {
    one_of(chance, &[None, Some(1), Some(5), Some(30), Some(3_600)])
}

fn what(chance: &mut Rng) -> What {
    match chance.u8(0..100) {
        0..52 => What::Message,
        52..60 => What::Postback,
        60..66 => What::Follow,
        66..71 => What::Unfollow,
        71..78 => What::Activated(seconds(chance)),
        78..85 => What::Deactivated,
        85..88 => What::Suspended,
        88..91 => What::Resumed,
        91..94 => What::Attached(one_of(chance, &SCOPES).map(str::to_owned)),
        94..96 => What::Detached,
        _ => What::Unknown,
    }
}

fn wish(chance: &mut Rng) -> Wish {
    match chance.u8(0..100) {
        0..8 => Wish::Nothing,
        8..40 => Wish::Reply,
        40..50 => Wish::Push,
        50..58 => Wish::ReplyAndPush,
        58..64 => Wish::TwoPushes,
        64..70 => Wish::Row(chance.u8(0..2)),
        70..74 => Wish::Acquire(seconds(chance)),
        74..78 => Wish::AcquireAndPush(seconds(chance)),
        78..81 => Wish::Release,
        81..84 => Wish::PushReleasePush,
        84..88 => Wish::Retry(one_of(chance, &[1, 2, 3, 200])),
        88..93 => Wish::Fail(chance.u32(1..7)),
        93..97 => Wish::Panic(chance.u32(1..7)),
        _ => Wish::Hang(chance.u32(1..7)),
    }
}

pub(super) fn deeds(chance: &mut Rng, bots: u8, chats: u8, span_ms: u64) -> Vec<Deed> {
    let count = one_of(chance, &[0, 0, 1, 3]);
    let deed = |_| Deed {
        at_ms: chance.u64(0..span_ms),
        bot: chance.u8(0..bots),
        chat: chance.u8(0..chats),
        what: match chance.bool() {
            true => Hold::Acquire(seconds(chance)),
            false => Hold::Release,
        },
    };
    (0..count).map(deed).collect()
}

/// Walks over LINE's list, some of them more than an hour apart.
pub(super) fn rounds(chance: &mut Rng, span_ms: u64) -> Vec<Round> {
    let count = one_of(chance, &[0, 0, 1, 2, 4]);
    let round = |_| Round {
        at_ms: chance.u64(0..span_ms) + one_of(chance, &[0, 0, 120_000, 3_700_000, 8_000_000]),
        what: match chance.bool() {
            true => Upkeep::Reconcile,
            false => Upkeep::ReplayParked,
        },
    };
    (0..count).map(round).collect()
}

/// Some timers of a chat have one name, so that the later replaces the earlier, and some are
/// cancelled.
pub(super) fn timer_names(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"timer names");
    if chance.u8(0..3) > 0 {
        return;
    }
    let webhooks = schedule.webhooks.iter_mut();
    for event in webhooks.flat_map(|webhook| &mut webhook.events) {
        if event.timer_ms.is_some() {
            event.timer_name = chance.bool().then(|| chance.u8(0..2));
        }
        event.cancels = (chance.u8(0..4) == 0).then(|| chance.u8(0..2));
    }
}

/// Some events send signals to chats of their account.
pub(super) fn signals(schedule: &mut Schedule, chats: u8) {
    let chance = &mut seeded(schedule.seed, &"signals");
    if chance.u8(0..3) > 0 {
        return;
    }
    let webhooks = schedule.webhooks.iter_mut();
    for event in webhooks.flat_map(|webhook| &mut webhook.events) {
        let count = one_of(chance, &[0, 0, 1, 2]);
        event.signals = (0..count).map(|_| chance.u8(0..chats)).collect();
    }
}

/// The company's own systems say something in some chats, and not always once.
pub(super) fn commands(schedule: &mut Schedule, (bots, chats): (u8, u8), span_ms: u64) {
    let chance = &mut seeded(schedule.seed, &"commands");
    if chance.u8(0..3) > 0 {
        return;
    }
    let commands = (0..chance.u8(1..=3)).map(|n| Command {
        at_ms: chance.u64(0..=span_ms),
        bot: chance.u8(0..bots),
        chat: chance.u8(0..chats),
        id: format!("order-{n}"),
        copies_ms: one_of(chance, &[&[0][..], &[0, 500], &[0, 0, 400_000]]).to_vec(),
        again: 3,
    });
    schedule.commands = commands.collect();
}

/// Some events set a timer; the function that queues them runs at times, and not always
/// without trouble.
pub(super) fn timers(chance: &mut Rng, schedule: &mut Schedule, span_ms: u64) {
    let webhooks = schedule.webhooks.iter_mut();
    for event in webhooks.flat_map(|webhook| &mut webhook.events) {
        let timer_ms = one_of(chance, &[0, 1_000, 30_000, 600_000]);
        event.timer_ms = chance.bool().then_some(timer_ms);
    }
    for _ in 0..chance.u8(0..4) {
        schedule.rounds.push(Round {
            at_ms: chance.u64(0..span_ms) + one_of(chance, &[0, 1_000, 60_000]),
            what: Upkeep::RingTimers,
        });
    }
    for _ in 0..one_of(chance, &[0, 1, 3]) {
        schedule.faults.push(Fault {
            call: one_of(chance, &["Query", "UpdateItem", "SendMessageBatch"]).to_owned(),
            nth: chance.u32(1..=12),
            harm: any_harm(chance),
        });
    }
}

pub(super) fn fault(chance: &mut Rng, events: usize) -> Fault {
    let (call, own): (&str, &[Harm]) = one_of(
        chance,
        &[
            (
                "SendMessageBatch",
                &[Harm::Partly, Harm::Throttled] as &[Harm],
            ),
            ("ChangeMessageVisibilityBatch", &[Harm::Throttled]),
            ("BatchGetItem", &[Harm::Partly, Harm::Throttled]),
            ("TransactWriteItems", &[Harm::Conflict, Harm::Throttled]),
            ("TransactWriteItems", &[Harm::CrashAfter, Harm::AnswerLost]),
            ("TransactWriteItems", &[Harm::Settled]),
            (CHANGE, &[Harm::Conflict, Harm::Throttled]),
            (CHANGE, &[Harm::CrashAfter, Harm::AnswerLost]),
            ("PutItem", &[Harm::Conflict, Harm::Throttled]),
            ("GetItem", &[Harm::Throttled]),
            ("token", &[Harm::Throttled]),
            (
                "reply",
                &[Harm::Throttled, Harm::ErrorAfter, Harm::CrashAfter],
            ),
            (
                "push",
                &[Harm::Throttled, Harm::ErrorAfter, Harm::CrashAfter],
            ),
            (
                "acquire",
                &[Harm::Throttled, Harm::Locked, Harm::ErrorAfter],
            ),
            (
                "release",
                &[Harm::Throttled, Harm::Locked, Harm::ErrorAfter],
            ),
        ],
    );
    let most = u32::try_from(events).unwrap_or(1) * if own.is_empty() { 1 } else { 2 };
    let harm = match chance.bool() {
        true => one_of(chance, own),
        false => any_harm(chance),
    };
    Fault {
        call: call.to_owned(),
        nth: chance.u32(1..=most),
        harm,
    }
}

pub(super) fn any_harm(chance: &mut Rng) -> Harm {
    let late = chance.u64(100..20_000);
    one_of(
        chance,
        &[
            Harm::NotConnected,
            Harm::RequestLost,
            Harm::TimedOutBefore,
            Harm::AnswerLost,
            Harm::TimedOutAfter,
            Harm::Late(late),
            Harm::Error,
            Harm::CrashBefore,
            Harm::CrashAfter,
        ],
    )
}

pub(super) fn outages(chance: &mut Rng, span_ms: u64) -> Vec<Outage> {
    if chance.u8(0..8) > 0 {
        return Vec::new();
    }
    let from_ms = chance.u64(0..span_ms);
    let length = one_of(chance, &[1_000, 10_000, 60_000, 600_000, 8 * 3_600_000]);
    let harm = lasting_harm(chance);
    vec![Outage {
        server: one_of(chance, &[Server::Table, Server::Queue, Server::Line]),
        call: None,
        from_ms,
        to_ms: from_ms + length,
        harm,
    }]
}

/// What can go wrong for a while.
pub(super) fn lasting_harm(chance: &mut Rng) -> Harm {
    one_of(
        chance,
        &[
            Harm::NotConnected,
            Harm::TimedOutBefore,
            Harm::TimedOutAfter,
            Harm::Error,
            Harm::Throttled,
            Harm::AnswerLost,
        ],
    )
}
