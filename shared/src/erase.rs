//! Beginning to erase data: of a chat, as its user or the account wishes; of an account that is
//! detached, before its time. The worker does the rest, in the chat's order, and keeps a receipt.

use crate::domain::{Attachment, BotId, Chat, ChatId, Timestamp};
use crate::queue::{Erasure, Job, NotQueued, Queue};
use crate::store::{Receipt, Store, StoreError};

/// Why nothing is erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The account is attached, or is being detached: its data is in use.
    #[error("the account is not detached: detach it first")]
    StillAttached,
    /// The table is not available, or a row cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue may not have it. Another request is harmless.
    #[error(transparent)]
    NotQueued(#[from] NotQueued),
    /// The job cannot be written.
    #[error("the job cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
}

/// Asks for all that is kept of one chat to be erased. `id` is a new one, random: the receipt is
/// found by it ([`Store::receipt`]), and it must tell nothing of the chat.
///
/// # Errors
/// [`EraseError`].
pub async fn erase_chat(
    store: &Store,
    queue: &Queue,
    bot: &BotId,
    chat: &ChatId,
    id: &str,
    now: Timestamp,
) -> Result<(), EraseError> {
    let erasure = Erasure {
        id: id.to_owned(),
        detached_at: None,
        part: 0,
    };
    let request = |receipt: &mut Receipt| {
        receipt.requested_at = now;
        receipt.is_of_chat = true;
    };
    store.update_receipt(bot, id, request).await?;
    let chat = Chat::of_id(chat.clone());
    let job = Job::to_erase(bot.clone(), Some(&chat), &erasure, now)?;
    Ok(queue.send_jobs(vec![job]).await?)
}

/// Asks for all that a detached account has left behind to be erased now, and not only when its
/// time is over. Gives the receipt's id.
///
/// # Errors
/// [`EraseError`].
pub async fn erase_account(
    store: &Store,
    queue: &Queue,
    bot: &BotId,
    now: Timestamp,
) -> Result<String, EraseError> {
    let row = store.bot(bot).await?.unwrap_or_default();
    let Attachment::Detached(at) = row.state.attachment() else {
        return Err(EraseError::StillAttached);
    };
    let erasure = Erasure::of_detach(at);
    let job = Job::to_erase(bot.clone(), None, &erasure, now)?;
    queue.send_jobs(vec![job]).await?;
    Ok(erasure.id)
}
