//! An event by LINE's request id of one of its sends. No index has those: the events of all
//! chats are looked through, since some moment.

use shared::domain::{BotId, ChatId, Delivery, LedgerEntry, Timestamp};
use shared::store::{KeptEvent, LedgerKey, Since};

use crate::failure::Failure;
use crate::look::events::LATE;
use crate::look::find;
use crate::site::Site;

/// Whether a text looks like one: a UUID, or another number in hexadecimal digits.
pub(super) fn is_one(text: &str) -> bool {
    text.len() >= 16 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

/// The event for which LINE has answered with this id.
///
/// # Errors
/// [`Failure::NotFound`], or the table's.
pub(super) async fn find(
    site: &Site,
    bot: &BotId,
    request: &str,
    since: Timestamp,
) -> Result<LedgerKey, Failure> {
    let mut found = in_chat(site, bot, None, request, since).await?;
    if found.is_none() {
        find::each_page(site, bot, async |page| {
            for chat in page {
                found = in_chat(site, bot, Some(&chat.id), request, since).await?;
                if found.is_some() {
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await?;
    }
    found.ok_or_else(|| {
        Failure::NotFound(format!(
            "no send of {bot} has LINE's request id {request} since then: look further back with \
             --since 7d, or at another account"
        ))
    })
}

async fn in_chat(
    site: &Site,
    bot: &BotId,
    chat: Option<&ChatId>,
    request: &str,
    since: Timestamp,
) -> Result<Option<LedgerKey>, Failure> {
    let since = Since::Received(since);
    let events = site.store.events_since(bot, chat, since, LATE, site.now());
    let is_it = |event: &KeptEvent| event.entry.as_ref().is_some_and(|it| has(it, request));
    Ok(events.await?.into_iter().find(is_it).map(|event| event.key))
}

/// LINE's words of a refusal have its request id as well.
fn has(entry: &LedgerEntry, request: &str) -> bool {
    entry.effects().iter().any(|effect| match effect {
        Delivery::Sent { request_id } => request_id.as_deref() == Some(request),
        other => other
            .reason()
            .is_some_and(|reason| reason.contains(request)),
    })
}
