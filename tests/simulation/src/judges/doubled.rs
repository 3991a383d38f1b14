//! No message of a plan is accepted twice. Each forced replay plans again, with retry keys
//! of its own: it may send everything once more.

use std::collections::BTreeMap;

/// What LINE has accepted: by event and place in the plan, the retry key of each.
#[derive(Debug, Default)]
pub(crate) struct Accepted(BTreeMap<(String, usize), Vec<Option<String>>>);

impl Accepted {
    /// LINE accepts an effect with this retry key.
    pub(super) fn add(&mut self, event: &str, ordinal: usize, key: Option<&str>) {
        let keys = self.0.entry((event.to_owned(), ordinal)).or_default();
        keys.push(key.map(str::to_owned));
    }

    /// What was doubled of an event that was forced to run again so many times, in words.
    pub(super) fn doubled(&self, event: &str, forced: usize) -> Vec<String> {
        let from = (event.to_owned(), 0);
        let of_event = self.0.range(from..).take_while(|((id, _), _)| id == event);
        let doubled = of_event.filter(|(_, keys)| {
            let twice = |key: &Option<String>| keys.iter().filter(|it| *it == key).count() > 1;
            keys.len() > 1 + forced || keys.iter().any(twice)
        });
        doubled
            .map(|((_, ordinal), keys)| {
                let times = keys.len();
                format!(
                    "{event}/{ordinal} was accepted {times} times in {} runs",
                    1 + forced
                )
            })
            .collect()
    }
}
