//! No message of a plan is accepted twice. Each forced replay plans again, with retry keys
//! of its own: it may send everything once more. And no row says of what LINE has accepted
//! that it was not sent, not even for a moment.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;
use shared::domain::{Delivery, LedgerEntry};

/// A message that LINE has accepted: its retry key, and when.
type Message = (Option<String>, Duration);

/// What LINE has accepted.
#[derive(Debug, Default)]
pub(crate) struct Accepted {
    /// By event and place in the plan.
    messages: BTreeMap<(String, usize), Vec<Message>>,
    /// When the forced runs of an event began; its row may be gone since.
    forced: BTreeMap<String, Vec<Duration>>,
    /// How often an event's row was gone when it was run again: it has new retry keys.
    created: BTreeMap<String, usize>,
}

impl Accepted {
    /// LINE accepts an effect with this retry key.
    pub(super) fn add(&mut self, event: &str, ordinal: usize, key: Option<&str>, at: Duration) {
        let messages = self
            .messages
            .entry((event.to_owned(), ordinal))
            .or_default();
        messages.push((key.map(str::to_owned), at));
    }

    /// Whether LINE has accepted anything of an event.
    pub(super) fn has_any_of(&self, event: &str) -> bool {
        self.messages.keys().any(|(other, _)| other == event)
    }

    /// A forced run of an event begins, perhaps of one whose row was gone.
    pub(super) fn force(&mut self, event: &str, at: Duration, is_new_row: bool) {
        self.forced.entry(event.to_owned()).or_default().push(at);
        *self.created.entry(event.to_owned()).or_default() += usize::from(is_new_row);
    }

    /// Whether a forced run of it began.
    pub(super) fn is_forced(&self, event: &str) -> bool {
        self.forced.contains_key(event)
    }

    /// What a row that is written calls not sent, though LINE has accepted it in this run.
    pub(super) fn called_not_sent(&self, event: &str, row: &Json) -> Option<String> {
        let forced = self.forced.get(event).and_then(|forced| forced.last());
        let since = forced.copied().unwrap_or_default();
        let effects = row["effects"].as_array()?.iter().enumerate();
        let mut not_sent = effects.filter(|(_, effect)| {
            let state = effect["state"].as_str().unwrap_or_default();
            matches!(state, "refused" | "expired" | "dropped")
        });
        not_sent.find_map(|(ordinal, effect)| {
            let messages = self.messages.get(&(event.to_owned(), ordinal))?;
            let is_accepted = messages.iter().any(|(_, at)| *at >= since);
            is_accepted.then(|| format!("LINE has accepted {event}/{ordinal}, which is {effect}"))
        })
    }

    /// What was doubled of an event, in words.
    pub(super) fn doubled(&self, event: &str) -> Vec<String> {
        let forced = self.forced.get(event).map_or(0, Vec::len);
        let created = self.created.get(event).copied().unwrap_or_default();
        let from = (event.to_owned(), 0);
        let of_event = self
            .messages
            .range(from..)
            .take_while(|((id, _), _)| id == event);
        let doubled = of_event.filter(|(_, messages)| {
            let times = |key| messages.iter().filter(|(other, _)| other == key).count();
            messages.len() > 1 + forced || messages.iter().any(|(key, _)| times(key) > 1 + created)
        });
        doubled
            .map(|((_, ordinal), messages)| {
                let times = messages.len();
                format!(
                    "{event}/{ordinal} was accepted {times} times in {} runs",
                    1 + forced
                )
            })
            .collect()
    }

    /// What a forced run calls sent that LINE has not accepted since it began, in words.
    pub(super) fn not_again(&self, event: &str, row: &LedgerEntry) -> Vec<String> {
        let Some(since) = self.forced.get(event).and_then(|forced| forced.last()) else {
            return Vec::new();
        };
        let plan = row.plan().unwrap_or_default();
        let effects = plan.effects.iter().zip(row.effects()).enumerate();
        let sent = effects.filter(|(_, (effect, state))| {
            let is_message = !effect.messages().is_empty();
            is_message && matches!(state, Delivery::Sent { .. })
        });
        let missing = sent.filter(|(ordinal, _)| {
            let messages = self.messages.get(&(event.to_owned(), *ordinal));
            !messages.is_some_and(|all| all.iter().any(|(_, at)| at >= since))
        });
        missing
            .map(|(ordinal, _)| format!("{event}/{ordinal} is sent, but not by the last run"))
            .collect()
    }
}
