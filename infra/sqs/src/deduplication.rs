//! The five minutes in which a FIFO queue knows a deduplication id again.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, SystemTime};

use uuid::Uuid;

/// How long a deduplication id is remembered after its first message, deleted or not.
const INTERVAL: Duration = Duration::from_secs(5 * 60);

/// Within what an id is unique: `None` for the whole queue, else one message group.
pub(super) type Scope = Option<String>;

/// The message that was taken first; a duplicate is answered with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Accepted {
    pub(super) id: Uuid,
    /// Its place in the queue's order.
    pub(super) sequence: u64,
}

/// The deduplication ids of the last five minutes.
#[derive(Debug, Default)]
pub(super) struct Recent {
    known: HashMap<(Scope, String), Accepted>,
    oldest_first: VecDeque<(SystemTime, (Scope, String))>,
}

impl Recent {
    /// The first message with this id, if that is less than five minutes ago.
    pub(super) fn find(&mut self, scope: &Scope, id: &str, now: SystemTime) -> Option<Accepted> {
        self.forget(now);
        self.known.get(&(scope.clone(), id.to_owned())).copied()
    }

    /// Remembers the first message with this id.
    pub(super) fn remember(
        &mut self,
        scope: Scope,
        id: String,
        message: Accepted,
        now: SystemTime,
    ) {
        let key = (scope, id);
        self.known.insert(key.clone(), message);
        self.oldest_first.push_back((now, key));
    }

    /// Forgets every id.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn forget(&mut self, now: SystemTime) {
        while let Some((at, key)) = self.oldest_first.front() {
            if *at + INTERVAL > now {
                return;
            }
            self.known.remove(key);
            self.oldest_first.pop_front();
        }
    }
}
