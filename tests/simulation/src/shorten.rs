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

/// A schedule, and shorter ones.
struct Candidates<'a> {
    schedule: &'a Schedule,
    shorter: Vec<Schedule>,
}

fn candidates(schedule: &Schedule) -> Vec<Schedule> {
    let mut candidates = Candidates {
        schedule,
        shorter: Vec::new(),
    };
    candidates.without_one();
    candidates.of_steps();
    candidates.of_links();
    candidates.of_webhooks();
    candidates.of_settings();
    candidates.shorter
}

impl Candidates<'_> {
    /// One that this makes shorter.
    fn with<T>(&mut self, change: impl Fn(&mut Schedule) -> T) {
        let mut other = self.schedule.clone();
        let _ = change(&mut other);
        if other != *self.schedule {
            self.shorter.push(other);
        }
    }

    /// Without one member of a list.
    fn without<T>(&mut self, list: fn(&mut Schedule) -> &mut Vec<T>) {
        let length = list(&mut self.schedule.clone()).len();
        for at in 0..length {
            self.with(|it| list(it).remove(at));
        }
    }

    fn without_one(&mut self) {
        self.without(|it| &mut it.webhooks);
        self.without(|it| &mut it.outages);
        self.without(|it| &mut it.faults);
        self.without(|it| &mut it.slow);
        self.without(|it| &mut it.deeds);
        self.without(|it| &mut it.stops);
        self.without(|it| &mut it.rounds);
    }

    fn of_steps(&mut self) {
        for event in self.schedule.steps.keys() {
            self.with(|it| it.steps.remove(event));
            self.with(|it| it.steps.insert(event.clone(), Vec::new()));
        }
    }

    fn of_links(&mut self) {
        for at in 0..self.schedule.links.len() {
            self.with(|it| it.links.remove(at));
            self.with(|it| it.links[at].copies_ms.truncate(1));
            self.with(|it| it.links[at].visit = Visit::Own);
        }
        for at in 0..self.schedule.listing.absences.len() {
            self.with(|it| it.listing.absences.remove(at));
            for bot in (0..self.schedule.listing.absences[at].bots.len()).skip(1) {
                self.with(|it| it.listing.absences[at].bots.remove(bot));
            }
        }
        self.with(|it| it.listing.others = 0);
        self.with(|it| it.listing.page = 0);
        self.with(|it| it.own_detach_told_ms = None);
    }

    fn of_webhooks(&mut self) {
        for (at, webhook) in self.schedule.webhooks.iter().enumerate() {
            for event in (0..webhook.events.len()).filter(|_| webhook.events.len() > 1) {
                self.with(|it| it.webhooks[at].events.remove(event));
            }
            for copy in (0..webhook.copies_ms.len()).filter(|_| webhook.copies_ms.len() > 1) {
                self.with(|it| it.webhooks[at].copies_ms.remove(copy));
            }
            for event in 0..webhook.events.len() {
                self.with(|it| it.webhooks[at].events[event].timer_ms = None);
            }
            self.with(|it| it.webhooks[at].again = 0);
        }
    }

    fn of_settings(&mut self) {
        self.with(|it| it.skew_ms = 0);
        self.with(|it| it.index_lag = 0);
        self.with(|it| it.slowest_ms = 20);
        self.with(|it| it.workers = 1);
        self.with(|it| it.batch = 1);
        self.with(|it| it.visibility_s = 20);
    }
}
