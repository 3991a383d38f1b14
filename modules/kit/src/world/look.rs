//! What came of what someone did.

use shared::domain::Trace;
use shared::store::LedgerKey;

use super::{ReceivedEvent, World};
use crate::lock;

/// What came of what someone did.
#[derive(Debug, Clone, Default)]
#[must_use]
pub(crate) struct Came {
    pub(crate) events: Vec<(ReceivedEvent, Option<Trace>)>,
}

impl Came {
    /// With what has come after it.
    pub(super) fn add(&mut self, other: Self) {
        self.events.extend(other.events);
    }
}

impl World {
    /// What has become of each event received, and of those that were not settled.
    pub(super) async fn look(&self, received: Vec<ReceivedEvent>) -> Came {
        let open: Vec<_> = lock(&self.progress).open.clone();
        let mut traces = Vec::new();
        for (key, _) in open {
            let trace = self.row(&key).await.map(|row| row.trace());
            self.look_at(&key, trace.as_ref());
            traces.push((key, trace));
        }
        let mut came = Came::default();
        for event in received {
            let found = traces.iter().find(|(key, _)| *key == event.key);
            let trace = match found {
                Some((_, trace)) => trace.clone(),
                // Another deed's look has found it settled.
                None => self.row(&event.key).await.map(|row| row.trace()),
            };
            came.events.push((event, trace));
        }
        came
    }

    /// Notes what is new of an event.
    fn look_at(&self, key: &LedgerKey, trace: Option<&Trace>) {
        let word = trace.and_then(verdict);
        let is_news = {
            let open = &mut lock(&self.progress).open;
            let Some(place) = open.iter().position(|(known, _)| known == key) else {
                return;
            };
            let before = std::mem::replace(&mut open[place].1, word.clone());
            if trace.is_some_and(is_settled) {
                open.remove(place);
            }
            word != before
        };
        if let Some(word) = word.filter(|_| is_news) {
            self.transcript.note(format!("  = {word}"));
        }
        if let Some(trace) = trace {
            let chat = key.chat.as_ref().map(|chat| self.name(chat.as_str()));
            let chat = chat.as_deref().unwrap_or("the account");
            self.failures.look(key, trace, chat);
        }
    }
}

fn is_settled(trace: &Trace) -> bool {
    use shared::domain::Outcome::{Done, Parked};
    matches!(trace.outcome, Done | Parked)
}

/// What is worth telling of an event: not that it was handled.
fn verdict(trace: &Trace) -> Option<String> {
    use shared::domain::{Outcome, Verdict};
    // LINE's request id is another one in each run, and some reasons begin with the verdict.
    let reason = trace.reason.as_deref().map(|reason| {
        let reason = reason.split(" (LINE's request id").next().unwrap_or(reason);
        let word = trace.verdict.to_string();
        let reason = reason.strip_prefix(&word).unwrap_or(reason);
        format!(": {}", reason.trim_start_matches(": "))
    });
    let reason = reason.unwrap_or_default();
    let again = match trace.outcome {
        Outcome::Failed | Outcome::Planned => ", and comes again",
        _ => "",
    };
    (trace.verdict != Verdict::Handled).then(|| format!("{}{again}{reason}", trace.verdict))
}
