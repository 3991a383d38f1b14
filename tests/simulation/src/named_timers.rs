//! The timers that are set, by the names under which their rows stand.

use std::collections::BTreeMap;

use crate::history::Place;

/// An account and the key of a timer's row.
pub(crate) type Name = (String, String);

/// What is known of timers.
#[derive(Debug, Clone, Default)]
pub(crate) struct NamedTimers {
    /// Every timer that is to be an event: the event that it will be, and where.
    expected: BTreeMap<String, Place>,
    /// The one that is set under each name.
    by_name: BTreeMap<Name, String>,
    /// Those that were cancelled or set again before they were handled.
    ended: BTreeMap<String, Place>,
}

impl NamedTimers {
    /// A timer is set; one that its event's row shows as settled is not expected.
    pub(crate) fn set(&mut self, name: Name, id: String, place: Place, is_expected: bool) {
        self.ended.remove(&id);
        if is_expected {
            self.expected.insert(id.clone(), place);
        }
        self.by_name.insert(name, id);
    }

    /// What stands under this name ends, by the commit of `event`: by its own, where that is the
    /// timer's.
    pub(crate) fn ended(&mut self, name: &Name, event: &str) {
        let Some(id) = self.by_name.remove(name).filter(|id| id != event) else {
            return;
        };
        if let Some(place) = self.expected.remove(&id) {
            self.ended.insert(id, place);
        }
    }

    /// Whether it must not ring any more.
    pub(crate) fn has_ended(&self, id: &str) -> bool {
        self.ended.contains_key(id)
    }

    /// Those that must become events, and where.
    pub(crate) fn expected(&self) -> &BTreeMap<String, Place> {
        &self.expected
    }

    /// Where a timer is, or was before it was ended.
    pub(crate) fn place(&self, id: &str) -> Option<&Place> {
        self.expected.get(id).or_else(|| self.ended.get(id))
    }
}
