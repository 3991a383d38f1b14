//! A chat that we took or gave back stands so in the table: LINE said yes, the worker saw
//! it, and nothing went wrong with its writes.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::history::Place;
use crate::judges::seen::Seen;
use crate::schedule::Server;

/// What must be entered when an invocation has ended.
#[derive(Debug, Default)]
pub(crate) struct Control {
    /// What LINE has done and the invocation may not have seen: where, and the entry's time.
    /// An invocation may ask for several chats at once.
    done: BTreeMap<(usize, Place), i64>,
    /// What it has seen.
    seen: BTreeMap<usize, Vec<(Place, i64)>>,
}

impl Control {
    /// LINE has taken or given back a chat.
    pub(super) fn done(&mut self, who: usize, place: Place, at: i64) {
        self.done.insert((who, place), at);
    }

    /// A call has ended.
    pub(super) fn ends(&mut self, call: &Seen, status: Option<u16>) {
        if let Some(place) = &call.controls {
            let done = self.done.remove(&(call.who, place.clone()));
            let seen = done
                .filter(|_| status == Some(200))
                .map(|at| (place.clone(), at));
            self.seen.entry(call.who).or_default().extend(seen);
        }
        let is_fine = call.harm.is_none() && status.is_some();
        if call.server == Server::Table && !is_fine {
            self.seen.remove(&call.who);
        }
    }

    /// An invocation has come to its own end. What is not entered, in words; `control` is a
    /// chat's entry.
    pub(super) fn ended(
        &mut self,
        who: usize,
        control: impl Fn(&Place) -> Option<Json>,
    ) -> Vec<String> {
        let seen = self.seen.remove(&who).unwrap_or_default();
        let missing = seen.into_iter().filter_map(|(place, at)| {
            let entry = control(&place);
            let entered = entry.as_ref().and_then(|entry| entry["at"].as_i64());
            let is_entered = entered.is_some_and(|entered| entered >= at);
            (!is_entered).then(|| format!("{place:?} changed hands at {at}: the row has {entry:?}"))
        });
        missing.collect()
    }

    /// It was cut off: it may not have come so far.
    pub(super) fn cut_off(&mut self, who: usize) {
        self.seen.remove(&who);
    }
}
