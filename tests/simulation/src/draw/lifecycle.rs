//! The lifecycle of accounts: who links them, who detaches them, and what LINE's list says.

use fastrand::Rng;

use crate::draw::parts::{any_harm, one_of, seconds};
use crate::schedule::{
    Absence, Fault, Harm, Link, Listing, Round, Schedule, Upkeep, Visit, What, Wish,
};
use crate::world::seeded;

const MINUTE: u64 = 60_000;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// What an admin grants who links the channel by our pages.
const GRANTED: [&str; 3] = [
    "message:send message:receive profile:read",
    "message:send message:receive",
    "message:receive profile:read",
];

/// How much of it there is, and over which time.
struct Measure<'a> {
    chance: &'a mut Rng,
    bots: u8,
    span_ms: u64,
    is_dense: bool,
}

/// Every second schedule has something of it, every fourth much.
pub(super) fn draw(schedule: &mut Schedule, bots: u8, span_ms: u64) {
    // What a restored table has forgotten of an account, nobody promises to know.
    let is_restored = |round: &Round| matches!(round.what, Upkeep::Restore { .. });
    if schedule.rounds.iter().any(is_restored) {
        return;
    }
    let mut chance = seeded(schedule.seed, &"lifecycle");
    let is_dense = match chance.u8(0..4) {
        0 | 1 => return,
        how_much => how_much == 3,
    };
    let mut measure = Measure {
        chance: &mut chance,
        bots,
        span_ms,
        is_dense,
    };
    measure.detaches(schedule);
    measure.links(schedule);
    measure.faults(schedule);
    if is_dense {
        measure.events(schedule);
    }
    match measure.chance.u8(0..16) {
        0..8 => {}
        8..12 => measure.walks(schedule, &[0, 20 * MINUTE, HOUR + MINUTE]),
        12..15 => measure.walks(
            schedule,
            &[0, HOUR + MINUTE, 2 * HOUR, DAY + HOUR, DAY + 3 * HOUR],
        ),
        _ => measure.walks(
            schedule,
            &[0, HOUR + MINUTE, 101 * DAY, 101 * DAY + HOUR + MINUTE],
        ),
    }
    page_away(schedule);
}

/// Sometimes a page of LINE's list cannot be read, however often it is tried.
fn page_away(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"page away");
    let pages = schedule.listing.others > 0 && schedule.listing.page > 0;
    if !pages || chance.u8(0..3) > 0 {
        return;
    }
    let first = chance.u32(2..=8);
    let away = |nth| Fault {
        call: "list".to_owned(),
        nth,
        harm: Harm::Error,
    };
    schedule.faults.extend((first..first + 5).map(away));
}

/// Who comes back from LINE, and how late: an attach may take a quarter of an hour.
fn visits(schedule: &mut Schedule) {
    let chance = &mut seeded(schedule.seed, &"visits");
    for link in &mut schedule.links {
        let visits = [Visit::Own, Visit::Own, Visit::AnotherFirst, Visit::Twice];
        link.visit = one_of(chance, &visits);
        if chance.u8(0..8) == 0 {
            // The row is written once more when the browser has come back.
            let consent = link.consent_ms;
            schedule.faults.push(Fault {
                call: "PutItem".to_owned(),
                nth: chance.u32(1..=3),
                harm: Harm::Late(consent + chance.u64(0..6_000)),
            });
        }
        match chance.u8(0..16) {
            0 => link.consent_ms = one_of(chance, &[14 * MINUTE, 16 * MINUTE]),
            1 => {
                // The row is deleted between the two writes of the callback.
                link.at_ms -= link.at_ms % 1000;
                link.consent_ms = 15 * MINUTE - chance.u64(0..1_200);
                schedule.rounds.push(Round {
                    at_ms: link.at_ms + 15 * MINUTE + chance.u64(0..100),
                    what: Upkeep::DropExpired,
                });
            }
            _ => {}
        }
    }
}

impl Measure<'_> {
    fn count(&mut self, few: &[usize], many: &[usize]) -> usize {
        one_of(self.chance, if self.is_dense { many } else { few })
    }

    fn at(&mut self) -> u64 {
        self.chance.u64(0..self.span_ms)
    }

    fn detaches(&mut self, schedule: &mut Schedule) {
        for _ in 0..self.count(&[0, 1], &[0, 1, 2, 3]) {
            let later = one_of(self.chance, &[0, 0, 30_000, 2 * HOUR]);
            schedule.rounds.push(Round {
                at_ms: self.at() + later,
                what: Upkeep::Detach(self.chance.u8(0..self.bots)),
            });
        }
        let delays_ms = [None, None, Some(0), Some(2_000), Some(100_000)];
        schedule.own_detach_told_ms = one_of(self.chance, &delays_ms);
    }

    fn links(&mut self, schedule: &mut Schedule) {
        for _ in 0..self.count(&[0, 1], &[1, 2, 4]) {
            let later = one_of(self.chance, &[0, 0, 20_000, 60_000, 3 * HOUR]);
            let copies = one_of(self.chance, &[0, 1, 1, 1, 2, 3]);
            let late = one_of(self.chance, &[10, 100, 3_000, 30_000]);
            schedule.links.push(Link {
                at_ms: self.at() + later,
                bot: self.chance.u8(0..self.bots),
                consent_ms: one_of(self.chance, &[10, 1_000, 15_000]),
                scopes: one_of(self.chance, &GRANTED).to_owned(),
                answer_names_scopes: self.chance.u8(0..4) > 0,
                event_names_scopes: self.chance.u8(0..4) > 0,
                copies_ms: (0..copies).map(|_| self.chance.u64(0..late)).collect(),
                visit: Visit::Own,
            });
        }
        if self.is_dense && self.chance.u8(0..4) == 0 {
            self.consents_of_one_second(schedule);
        }
        visits(schedule);
    }

    /// An account is linked, and then twice more within one of LINE's seconds, each time
    /// with other scopes; LINE's own events do not arrive.
    fn consents_of_one_second(&mut self, schedule: &mut Schedule) {
        let at_ms = self.at() / 1_000 * 1_000;
        let second = self.chance.u64(200..700);
        let bot = self.chance.u8(0..self.bots);
        let times = [0, 4_000, 4_000 + second];
        schedule.links.clear();
        for (at, scopes) in times.into_iter().zip(GRANTED) {
            schedule.links.push(Link {
                at_ms: at_ms + at,
                bot,
                consent_ms: 10,
                scopes: scopes.to_owned(),
                answer_names_scopes: true,
                event_names_scopes: true,
                copies_ms: Vec::new(),
                visit: Visit::Own,
            });
        }
    }

    fn faults(&mut self, schedule: &mut Schedule) {
        for _ in 0..one_of(self.chance, &[0, 0, 1, 3]) {
            let calls = ["detach", "exchange", "list", "info", "PutItem", "GetItem"];
            schedule.faults.push(Fault {
                call: one_of(self.chance, &calls).to_owned(),
                nth: self.chance.u32(1..=4),
                harm: match self.chance.bool() {
                    true => any_harm(self.chance),
                    false => one_of(self.chance, &[Harm::ErrorAfter, Harm::Throttled]),
                },
            });
        }
    }

    /// More of what happens to accounts, and more who want the same place.
    fn events(&mut self, schedule: &mut Schedule) {
        let webhooks = schedule.webhooks.iter_mut();
        for event in webhooks.flat_map(|webhook| &mut webhook.events) {
            match self.chance.u8(0..12) {
                0 => event.what = What::Attached(self.chance.bool().then(|| self.scopes())),
                1 => event.what = What::Detached,
                2 => event.what = What::Suspended,
                3..6 => event.wish = Wish::Row(self.chance.u8(0..2)),
                6 => event.wish = Wish::AcquireAndPush(seconds(self.chance)),
                7 => event.what = What::Misdirected,
                _ => {}
            }
        }
    }

    fn scopes(&mut self) -> String {
        one_of(self.chance, &GRANTED).to_owned()
    }

    /// The reconciler runs from time to time, and LINE leaves accounts out of its list.
    fn walks(&mut self, schedule: &mut Schedule, times: &[u64]) {
        for time in times {
            schedule.rounds.push(Round {
                at_ms: time + self.at(),
                what: Upkeep::Reconcile,
            });
            if self.chance.u8(0..4) == 0 {
                schedule.rounds.push(Round {
                    at_ms: time + self.at(),
                    what: one_of(self.chance, &[Upkeep::Approve, Upkeep::Reconcile]),
                });
            }
        }
        // The timer function runs all the time: what it had to ring is not left for days.
        let last = times.last().copied().unwrap_or_default();
        for hour in (1..=3).filter(|_| last > DAY) {
            schedule.rounds.push(Round {
                at_ms: hour * HOUR,
                what: Upkeep::RingTimers,
            });
        }
        let others = one_of(self.chance, &[0, 0, 1, 3, 7, 8, 12]);
        schedule.listing = Listing {
            others,
            page: one_of(self.chance, &[0, 0, 1, 2, 5]),
            absences: (0..self.count(&[0, 1], &[1, 2]))
                .map(|_| self.absence(times, others))
                .collect(),
        };
        self.later(schedule, times);
    }

    fn absence(&mut self, times: &[u64], others: u8) -> Absence {
        let most = one_of(self.chance, &[1, 2, 6, 12]);
        let other_bots = (0..others).map(|n| crate::line::FIRST_OTHER + n);
        let all: Vec<_> = (0..self.bots).chain(other_bots).collect();
        let from_ms = one_of(self.chance, times) / 2 + self.at() / 2;
        let length = [MINUTE, HOUR, 4 * HOUR, 2 * DAY, 200 * DAY];
        let info = self.chance.u8(0..8);
        Absence {
            bots: (0..most).map(|_| one_of(self.chance, &all)).collect(),
            from_ms,
            to_ms: from_ms + one_of(self.chance, &length),
            info_refused: info > 2,
            info_fails: info == 0,
        }
    }

    /// Some of what happens, happens after a walk.
    fn later(&mut self, schedule: &mut Schedule, times: &[u64]) {
        for webhook in &mut schedule.webhooks {
            if self.chance.u8(0..3) == 0 {
                webhook.at_ms += one_of(self.chance, times) + one_of(self.chance, &[0, 2 * MINUTE]);
            }
        }
    }
}
