//! A numbered list that keeps its newest entries.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// How many entries a log keeps. Numbers go on when old entries are dropped.
const KEPT: usize = 10_000;

/// A numbered list; the first entry has number 1.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Log<T> {
    last: u64,
    entries: VecDeque<T>,
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self {
            last: 0,
            entries: VecDeque::new(),
        }
    }
}

impl<T: Clone> Log<T> {
    /// Adds what `make` makes of the next number.
    pub(crate) fn add(&mut self, make: impl FnOnce(u64) -> T) -> T {
        self.last += 1;
        let entry = make(self.last);
        self.entries.push_back(entry.clone());
        if self.entries.len() > KEPT {
            self.entries.pop_front();
        }
        entry
    }

    /// The number of the newest entry.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    /// The entries, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.entries.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::{KEPT, Log};

    #[test]
    fn numbers_go_on_when_old_entries_are_dropped() {
        let mut log = Log::default();
        for _ in 0..=KEPT {
            log.add(|number| number);
        }
        assert_eq!(log.iter().next(), Some(&2));
        assert_eq!(log.last(), KEPT as u64 + 1);
    }
}
