//! Profiles: what kind of schedules a seed gives. Each kind meets failures that the
//! others hardly ever meet.

use std::fmt;

use clap::ValueEnum;

/// What kind of schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// One account, two chats, three workers, a visibility of two seconds, and all of it
    /// within 100 ms: workers that meet at the same rows.
    Dense,
    /// Hours of outage of the table, LINE or the queue: limits of six hours are reached
    /// and passed.
    Long,
    /// Days: events that wait or come again after a day or thirty, and rows, retry keys
    /// and tokens past their time.
    Old,
    /// Seconds to minutes, with few of everything.
    Sparse,
}

impl Profile {
    /// All of them, in the order in which seeds choose them.
    pub const ALL: [Self; 4] = [Self::Dense, Self::Long, Self::Old, Self::Sparse];

    /// The profile of a seed.
    pub fn of(seed: u64) -> Self {
        match seed % 4 {
            0 => Self::Dense,
            1 => Self::Long,
            2 => Self::Old,
            _ => Self::Sparse,
        }
    }

    /// The `nth` seed of this profile, counted from zero, that is not below `first`.
    pub fn seed(self, first: u64, nth: u64) -> u64 {
        let wanted = Self::ALL.iter().position(|it| *it == self).unwrap_or(0) as u64;
        first + (wanted + 4 - first % 4) % 4 + 4 * nth
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dense => "dense",
            Self::Long => "long",
            Self::Old => "old",
            Self::Sparse => "sparse",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Profile;

    #[test]
    fn seeds_of_a_profile_are_its_own() {
        for profile in Profile::ALL {
            for first in 0..9 {
                let seeds = [0, 1, 2].map(|nth| profile.seed(first, nth));
                assert!(seeds.iter().all(|seed| Profile::of(*seed) == profile));
                assert!((first..first + 4).contains(&seeds[0]));
            }
        }
    }
}
