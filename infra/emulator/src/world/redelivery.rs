//! Webhooks that failed: when they are sent again, and how they are counted.

use serde::{Deserialize, Serialize};

use super::World;
use super::record::Failure;
use crate::clock::{self, Millis};

/// A webhook that is to be sent again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Redelivery {
    /// The number of the delivery that failed first.
    pub(crate) delivery: u64,
    /// When that was.
    pub(crate) first_at: Millis,
    /// How often it has been sent again.
    pub(crate) tries: usize,
    /// When it is sent next.
    pub(crate) due: Millis,
}

/// How often webhooks failed for a reason on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailureCount {
    /// The day in Japan, `2026-11-20`.
    pub day: String,
    /// The reason, in LINE's words.
    pub reason: String,
    /// How often.
    pub count: u64,
}

impl World {
    /// Plans the next try of a webhook, if the schedule has one.
    pub(crate) fn plan(&mut self, delivery: u64, first_at: Millis, tries: usize, schedule: &[u64]) {
        if let Some(seconds) = schedule.get(tries) {
            self.redeliveries.push(Redelivery {
                delivery,
                first_at,
                tries,
                due: first_at.saturating_add(clock::seconds(*seconds)),
            });
        }
    }

    /// Takes the try that has been due the longest.
    pub(crate) fn take_due(&mut self, now: Millis) -> Option<Redelivery> {
        let all = self.redeliveries.iter().enumerate();
        let due = all.filter(|(_, redelivery)| redelivery.due <= now);
        let (place, _) = due.min_by_key(|(_, redelivery)| redelivery.due)?;
        Some(self.redeliveries.remove(place))
    }

    /// Counts a failure.
    pub(crate) fn count_failure(&mut self, failure: Failure, at: Millis) {
        let (day, reason) = (clock::day(at, 9), failure.as_str().to_owned());
        let counts = &mut self.failures;
        match counts
            .iter_mut()
            .find(|count| count.day == day && count.reason == reason)
        {
            Some(count) => count.count += 1,
            None => counts.push(FailureCount {
                day,
                reason,
                count: 1,
            }),
        }
    }
}
