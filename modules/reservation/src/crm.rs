//! The shop's customer register is told of each reservation, once.
//!
//! The chat that has made it sends itself a signal: so the register hears of nothing that was not
//! committed, and the guest need not wait for it. The signal's handler calls the register in a
//! step, so that a handler that runs again does not.

use line_module::{Chat, Context, Handled, InChat, ModuleError, OneChat, Signal, StepAttempt};
use serde::{Deserialize, Serialize};

use crate::slot::Slot;

/// What the register is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Signal)]
#[signal("crm")]
pub struct Entry {
    /// The guest's chat.
    pub chat: String,
    /// The time, as `2026-11-21T10:00`, where the shop is.
    pub time: String,
    /// What has become of it.
    pub change: Change,
}

/// What has become of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// It is reserved.
    Reserved,
    /// It is free again.
    Cancelled,
}

/// A customer register.
pub trait Crm: Send + Sync + 'static {
    /// Notes it. The same key is the same entry, sent again because nobody knows whether it arrived.
    fn note(&self, key: &str, entry: &Entry) -> impl Future<Output = Result<(), String>> + Send;
}

/// In the place of a register: a line in the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StandIn;

impl Crm for StandIn {
    async fn note(&self, key: &str, entry: &Entry) -> Result<(), String> {
        let (time, change) = (&entry.time, entry.change);
        tracing::info!(key, time, ?change, "the customer register would be told");
        Ok(())
    }
}

impl Entry {
    pub(crate) fn of(chat: &Chat, slot: Slot, change: Change) -> Self {
        Self {
            chat: chat.id.to_string(),
            time: slot.to_string(),
            change,
        }
    }
}

/// Plans that the register is told.
pub(crate) fn plan<H: OneChat>(cx: &mut Context<'_, H>, slot: Slot, change: Change) -> Handled {
    let chat = cx.chat().clone();
    cx.signal(&chat, &Entry::of(&chat, slot, change))
}

/// Tells it, whoever holds the chat.
pub(crate) async fn tell<C: Crm, H: InChat>(cx: &mut Context<'_, H>, entry: &Entry) -> Handled {
    let crm = cx.shared::<C>()?;
    let note = async |attempt: StepAttempt| {
        let noted = crm.note(attempt.key(), entry).await;
        noted.map_err(ModuleError::retry)
    };
    cx.step(format!("crm {}", entry.time), note).await
}
