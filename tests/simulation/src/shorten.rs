//! The shortest schedule that still breaks the same promise.

use crate::schedule::{Schedule, Visit};
use crate::simulate::simulate;

/// Maximum number of schedules that are tried.
const MOST_TRIES: usize = 3_000;

/// Leaves out events, faults and deeds, and makes the rest plainer, while the check
/// still finds something.
pub fn shortest(mut schedule: Schedule, check: &str) -> Schedule {
    let mut tries = 0;
    let mut fails = |candidate: &Schedule| {
        tries += 1;
        let violations = simulate(candidate, false).violations;
        tries <= MOST_TRIES && violations.iter().any(|it| it.check == check)
    };
    loop {
        let shorter = candidates(&schedule).into_iter().find(&mut fails);
        match shorter {
            Some(shorter) => schedule = shorter,
            None => return schedule,
        }
    }
}

fn candidates(schedule: &Schedule) -> Vec<Schedule> {
    let mut all = Vec::new();
    let mut with = |change: &dyn Fn(&mut Schedule)| {
        let mut other = schedule.clone();
        change(&mut other);
        if other != *schedule {
            all.push(other);
        }
    };
    for at in 0..schedule.webhooks.len() {
        with(&|it| {
            it.webhooks.remove(at);
        });
    }
    for at in 0..schedule.outages.len() {
        with(&|it| {
            it.outages.remove(at);
        });
    }
    for at in 0..schedule.faults.len() {
        with(&|it| {
            it.faults.remove(at);
        });
    }
    for at in 0..schedule.slow.len() {
        with(&|it| {
            it.slow.remove(at);
        });
    }
    for at in 0..schedule.deeds.len() {
        with(&|it| {
            it.deeds.remove(at);
        });
    }
    for at in 0..schedule.stops.len() {
        with(&|it| {
            it.stops.remove(at);
        });
    }
    for at in 0..schedule.rounds.len() {
        with(&|it| {
            it.rounds.remove(at);
        });
    }
    for at in 0..schedule.links.len() {
        with(&|it| {
            it.links.remove(at);
        });
        with(&|it| it.links[at].copies_ms.truncate(1));
        with(&|it| it.links[at].visit = Visit::Own);
    }
    for at in 0..schedule.listing.absences.len() {
        with(&|it| {
            it.listing.absences.remove(at);
        });
        for bot in (0..schedule.listing.absences[at].bots.len()).skip(1) {
            with(&|it| {
                it.listing.absences[at].bots.remove(bot);
            });
        }
    }
    with(&|it| it.listing.others = 0);
    with(&|it| it.listing.page = 0);
    with(&|it| it.own_detach_told_ms = None);
    for (at, webhook) in schedule.webhooks.iter().enumerate() {
        for event in (0..webhook.events.len()).filter(|_| webhook.events.len() > 1) {
            with(&|it| {
                it.webhooks[at].events.remove(event);
            });
        }
        for copy in (0..webhook.copies_ms.len()).filter(|_| webhook.copies_ms.len() > 1) {
            with(&|it| {
                it.webhooks[at].copies_ms.remove(copy);
            });
        }
        for event in 0..webhook.events.len() {
            with(&|it| it.webhooks[at].events[event].timer_ms = None);
        }
        with(&|it| it.webhooks[at].again = 0);
    }
    with(&|it| it.skew_ms = 0);
    with(&|it| it.index_lag = 0);
    with(&|it| it.slowest_ms = 20);
    with(&|it| it.workers = 1);
    with(&|it| it.batch = 1);
    with(&|it| it.visibility_s = 48);
    all
}
