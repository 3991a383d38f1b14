//! What an event waits for: its own next attempt, or another event of its chat that is first. The
//! queue tells: messages of a group are handed over one after the other.

use std::time::SystemTime;

use serde_json::Value;
use shared::domain::{LedgerEntry, State};
use shared::queue::{Job, JobEvent};
use shared::store::LedgerKey;

use super::{Journal, key_of};

/// What an event waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// In a sentence.
    pub(crate) sentence: String,
    /// The event's kind.
    pub(crate) kind: String,
    /// When it was received, by the functions' clock.
    pub(crate) received_at: i64,
    /// When it happened.
    pub(crate) at: i64,
}

/// An event in the queue.
struct Queued {
    key: LedgerKey,
    kind: String,
    received_at: i64,
    at: i64,
    /// Whether it is run again, though it may be settled.
    is_replay: bool,
    /// From when on its message can be received.
    visible_at: SystemTime,
}

impl Journal {
    /// What an event that is not settled waits for; none if it is not in the queue, or a worker is
    /// at it.
    pub(crate) async fn waits_for(&self, key: &LedgerKey) -> Option<Waiting> {
        let mut queued = self.up_to(key)?;
        let this = queued.pop()?;
        for before in queued {
            let row = self.row(&before.key).await;
            let is_settled = row.as_ref().is_some_and(LedgerEntry::is_settled);
            if before.is_replay || !is_settled {
                return Some(this.waiting(self.behind_sentence(&before, row.as_ref())));
            }
        }
        let row = self.row(key).await;
        let again = self.tried_again(&this, row.as_ref())?;
        Some(this.waiting(format!("Tried again at {again}.")))
    }

    /// The events of this one's chat that are in the queue, in order, up to itself.
    fn up_to(&self, key: &LedgerKey) -> Option<Vec<Queued>> {
        let mut queued = Vec::new();
        for message in self.inner.sqs.messages(&self.inner.queue) {
            let Ok(job) = Job::read(&message.body) else {
                continue; // it is of no chat
            };
            if job.bot != key.bot || job.chat != key.chat {
                continue;
            }
            for event in &job.events {
                queued.push(Queued::of(&job, event, message.visible_at));
                if event.id == key.event {
                    return Some(queued);
                }
            }
        }
        None
    }

    fn behind_sentence(&self, first: &Queued, row: Option<&LedgerEntry>) -> String {
        let about = self.about(&first.key, &first.kind);
        let when = match self.tried_again(first, row) {
            Some(again) => format!("tried again at {again}"),
            None => "not settled yet".to_owned(),
        };
        let id = &first.key.event;
        format!("Waits behind {about} ({id}), which is first in its chat and {when}.")
    }

    /// When an event that has failed is tried again; none if it has not, or a worker is at it.
    fn tried_again(&self, queued: &Queued, row: Option<&LedgerEntry>) -> Option<String> {
        row.filter(|row| is_between(row))?;
        let left = queued.visible_at.duration_since(SystemTime::now()).ok()?;
        let again = self.now().plus(left);
        let bot = queued.key.bot.as_str();
        Some(self.inner.line.time_of_day(bot, again.0))
    }

    async fn row(&self, key: &LedgerKey) -> Option<LedgerEntry> {
        let row = self.inner.store.ledger(key).await;
        row.inspect_err(|error| tracing::warn!(%error, "an event's row cannot be read"))
            .ok()
            .flatten()
    }
}

impl Queued {
    fn of(job: &Job, event: &JobEvent, visible_at: SystemTime) -> Self {
        let raw: Value = serde_json::from_str(event.raw.get()).unwrap_or_default();
        Self {
            key: key_of(job, event),
            kind: event.kind.clone(),
            received_at: job.received_at.0,
            at: raw["timestamp"].as_i64().unwrap_or(job.received_at.0),
            is_replay: job.replay.is_some(),
            visible_at,
        }
    }

    fn waiting(self, sentence: String) -> Waiting {
        Waiting {
            sentence,
            kind: self.kind,
            received_at: self.received_at,
            at: self.at,
        }
    }
}

/// Whether an event has failed and no worker is at it.
fn is_between(row: &LedgerEntry) -> bool {
    match &row.state {
        State::Planned(sends) => sends.open.is_empty(),
        State::Failed { .. } => row.attempts.begun.is_none(),
        State::Done { .. } | State::Parked(_) => false,
    }
}
