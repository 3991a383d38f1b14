//! The traces of events, for the emulator's pages: what the ledger has of an
//! event. Pages and ledger share no type; they agree on its JSON.

use emulator::{Trace, TraceKey};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use shared::domain::{BotId, ChatId, EventId};
use shared::store::{LedgerKey, Store};

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

pub(crate) fn ledger_key(key: &TraceKey) -> Option<LedgerKey> {
    let chat = key.chat.as_deref().map(ChatId::new).transpose();
    Some(LedgerKey {
        bot: BotId::new(&key.bot).ok()?,
        chat: chat.ok()?,
        event: EventId::new(&key.event).ok()?,
    })
}
