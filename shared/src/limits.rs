//! LINE's limits per minute and hour, counted in the table, since many functions
//! share them.

use crate::line::limit::{Count, Counter};
use crate::store::Store;

/// Counts in `store`.
pub fn counted_in(store: Store) -> Counter {
    Counter::from_fn(move |count| {
        let store = store.clone();
        async move {
            let Count {
                bot,
                endpoint,
                calls,
                per,
                now,
            } = count;
            let counted = store.count_call(&bot, endpoint, calls, per, now).await;
            counted.map_err(|error| error.to_string())
        }
    })
}
