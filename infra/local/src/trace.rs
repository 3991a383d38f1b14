//! The traces of events, for the emulator's pages: what the ledger has of an
//! event. Pages and ledger share no type; they agree on its JSON.

use emulator::{Trace, TraceKey};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use shared::domain::{BotId, ChatId, EventId};
use shared::store::{LedgerKey, Store};

use crate::journal::Journal;

/// Finds traces in the table: what the emulator's pages show of an event.
pub fn traces(
    store: Store,
) -> impl Fn(TraceKey) -> BoxFuture<'static, Option<Trace>> + Send + Sync + 'static {
    move |key| {
        let store = store.clone();
        async move {
            let row = store
                .ledger(&ledger_key(&key)?)
                .await
                .inspect_err(|error| tracing::warn!(%error, "no trace can be read"));
            let trace = serde_json::to_value(row.ok()??.trace()).ok()?;
            serde_json::from_value(trace).ok()
        }
        .boxed()
    }
}

/// The same, and what an event waits for that is not settled: one that is in the queue and has no
/// row yet has a trace too.
pub(crate) fn traces_and_waits(
    store: Store,
    journal: Journal,
) -> impl Fn(TraceKey) -> BoxFuture<'static, Option<Trace>> + Send + Sync + 'static {
    let traces = traces(store);
    move |key| {
        let (found, journal) = (traces(key.clone()), journal.clone());
        async move {
            let trace = found.await;
            let is_settled = |trace: &Trace| matches!(trace.outcome.as_str(), "done" | "parked");
            if trace.as_ref().is_some_and(is_settled) {
                return trace;
            }
            let waiting = match ledger_key(&key) {
                Some(key) => journal.waits_for(&key).await,
                None => None,
            };
            let Some(waiting) = waiting else {
                return trace;
            };
            let mut trace = trace.unwrap_or_else(|| Trace {
                verdict: "waiting".into(),
                outcome: "queued".into(),
                reason: None,
                next: None,
                kind: waiting.kind,
                attempts: 0,
                at: waiting.at,
                received_at: waiting.received_at,
                effects: Vec::new(),
            });
            trace.next = Some(waiting.sentence);
            Some(trace)
        }
        .boxed()
    }
}

pub(crate) fn ledger_key(key: &TraceKey) -> Option<LedgerKey> {
    let chat = key.chat.as_deref().map(ChatId::new).transpose();
    Some(LedgerKey {
        bot: BotId::new(&key.bot).ok()?,
        chat: chat.ok()?,
        event: EventId::new(&key.event).ok()?,
    })
}
