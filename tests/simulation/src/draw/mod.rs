//! Schedules drawn from seeds: a file for each profile, and the parts that they share.

mod deliveries;
mod dense;
mod lifecycle;
mod long;
mod old;
mod parts;
mod sparse;
mod steps;
mod withheld;

use crate::profile::Profile;
use crate::schedule::{Harm, Outage, Schedule, Server};

const HOUR_MS: u64 = 3_600_000;
const LONG_VISIBILITY_S: u64 = 48;

impl Schedule {
    /// The schedule of a seed.
    pub fn of(seed: u64) -> Self {
        let mut schedule = match Profile::of(seed) {
            Profile::Dense => dense::draw(seed),
            Profile::Long => long::draw(seed),
            Profile::Old => old::draw(seed),
            Profile::Sparse => sparse::draw(seed),
        };
        // After days a row may be gone, and with it what was kept of a step.
        if Profile::of(seed) != Profile::Old {
            steps::draw(&mut schedule);
            withheld::draw(&mut schedule);
        }
        lengthen_visibility(&mut schedule);
        schedule
    }
}

/// Where messages cannot be given back for hours, they come each time that their visibility
/// ends: thousands of times if that is short, and each time the same happens.
fn lengthen_visibility(schedule: &mut Schedule) {
    let cannot_give_back = |outage: &Outage| {
        let hangs = matches!(outage.harm, Harm::TimedOutBefore | Harm::TimedOutAfter);
        let lasts = outage.to_ms - outage.from_ms >= HOUR_MS;
        lasts && (hangs || outage.server == Server::Queue)
    };
    if schedule.outages.iter().any(cannot_give_back) {
        schedule.visibility_s = schedule.visibility_s.max(LONG_VISIBILITY_S);
    }
}
