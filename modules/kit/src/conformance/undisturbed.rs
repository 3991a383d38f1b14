//! The script as it went where nothing disturbed it: once for all the rules of a module.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use serde_json::Value;

use super::left::Left;
use super::rule::Broken;
use crate::wire::Asked;

/// How often the timer of each name has rung in each chat.
pub(super) type Rings = BTreeMap<(String, String), usize>;

/// The script as it went where nothing disturbed it.
#[derive(Debug)]
pub(super) struct Undisturbed {
    pub(super) events: Vec<Value>,
    /// The worker's outside calls for each event.
    pub(super) calls: Vec<Vec<Asked>>,
    pub(super) left: Left,
    pub(super) rings: Rings,
    /// When the next timer is due.
    pub(super) next_ring: Option<SystemTime>,
}

/// Or why it did not go.
pub(super) type Played = Result<Arc<Undisturbed>, Broken>;

/// Where the tests of a module's rules, each in a thread of its own, find the undisturbed run: the first plays it.
#[derive(Debug, Default)]
pub struct Shared(pub(super) OnceLock<Played>);

impl Shared {
    /// Not played yet.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }
}

impl Undisturbed {
    /// Whether an event's call of this number is one of these, of those that count.
    pub(super) fn has(
        &self,
        nth: usize,
        counts: fn(&Asked) -> bool,
        hits: impl Fn(&Asked) -> bool,
    ) -> bool {
        let mut nths = self.calls.iter().filter_map(|calls| {
            let mut counted = calls.iter().filter(|asked| counts(asked));
            counted.nth(nth - 1)
        });
        nths.any(hits)
    }

    /// The most calls that one event took.
    pub(super) fn most(&self) -> usize {
        self.calls.iter().map(Vec::len).max().unwrap_or_default()
    }
}
