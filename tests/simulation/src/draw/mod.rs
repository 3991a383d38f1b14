//! Schedules drawn from seeds: a file for each profile, and the parts that they share.

mod deliveries;
mod dense;
mod lifecycle;
mod long;
mod old;
mod parts;
mod sparse;

use crate::profile::Profile;
use crate::schedule::Schedule;

impl Schedule {
    /// The schedule of a seed.
    pub fn of(seed: u64) -> Self {
        match Profile::of(seed) {
            Profile::Dense => dense::draw(seed),
            Profile::Long => long::draw(seed),
            Profile::Old => old::draw(seed),
            Profile::Sparse => sparse::draw(seed),
        }
    }
}
