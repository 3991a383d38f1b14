//! Functions together never call over an hourly limit.

use std::collections::BTreeMap;

/// How many calls an hour are allowed in the simulation.
pub(crate) const CALLS: u32 = 3;

/// The calls that were allowed.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    /// In milliseconds since 1970, by the clock of who asked.
    free: BTreeMap<i64, u32>,
}

impl Limits {
    /// A call was allowed. What stands against it; clocks may be off.
    pub(crate) fn free(&mut self, now: i64, skew: i64) -> Option<String> {
        *self.free.entry(now).or_default() += 1;
        let hour = now - 3_600_000 + 2 * skew..=now + 2 * skew;
        let calls: u32 = self.free.range(hour).map(|(_, calls)| calls).sum();
        (calls > CALLS).then(|| format!("{calls} calls within an hour, and {CALLS} are allowed"))
    }

    /// The table was restored: calls of the last hour may be forgotten.
    pub(super) fn forget(&mut self) {
        self.free.clear();
    }
}
