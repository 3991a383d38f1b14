//! What a request asks for, read once for all who look at it.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value as Json;

/// Number of requests that are remembered: those that are on their way at the same time.
const MEMORY: usize = 8;

thread_local! {
    static KNOWN: RefCell<VecDeque<(Vec<u8>, Arc<Json>)>> = const { RefCell::new(VecDeque::new()) };
}

/// A request's JSON; null if it is none.
pub(crate) fn read(body: &[u8]) -> Arc<Json> {
    KNOWN.with_borrow_mut(|known| {
        if let Some((_, json)) = known.iter().find(|(its, _)| its == body) {
            return json.clone();
        }
        let json = Arc::new(serde_json::from_slice(body).unwrap_or_default());
        known.truncate(MEMORY - 1);
        known.push_front((body.to_owned(), Arc::clone(&json)));
        json
    })
}
