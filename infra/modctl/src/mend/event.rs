//! Which event a person means.

use shared::domain::{BotId, ChatId, EventId};
use shared::store::LedgerKey;

use crate::failure::Failure;
use crate::site::Site;

/// The event of this id in an account; in this chat, if one is named.
///
/// # Errors
/// [`Failure::NotFound`], or the table's.
pub(crate) async fn find(
    site: &Site,
    bot: &BotId,
    chat: Option<&str>,
    event: &str,
) -> Result<LedgerKey, Failure> {
    let none = || {
        let place = chat.map_or_else(String::new, |chat| format!(" in the chat {chat}"));
        Failure::NotFound(format!("{bot} has no event {event}{place}"))
    };
    let event = EventId::new(event).map_err(|_| none())?;
    let Some(chat) = chat else {
        return site.store.find_event(bot, &event).await?.ok_or_else(none);
    };
    let key = LedgerKey {
        bot: bot.clone(),
        chat: Some(ChatId::new(chat).map_err(|_| none())?),
        event,
    };
    let row = site.store.ledger(&key).await?;
    row.map(|_| key).ok_or_else(none)
}

/// The event in a line: `U…/L… 01H…`.
pub(crate) fn words(key: &LedgerKey) -> String {
    let LedgerKey { bot, chat, event } = key;
    match chat {
        Some(chat) => format!("{bot}/{chat} {event}"),
        None => format!("{bot} {event}"),
    }
}
