//! What a guest is told without having asked: at once or, where the chat is not ours, when it is.

use line_module::{Handled, ModuleError, Standby, Text};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::card;
use crate::guest::Visit;
use crate::reserve::Booking;
use crate::slot::Slot;

/// How many are kept, the newest: a push has room for five messages.
const MOST_KEPT: usize = 3;

/// Something to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum News {
    /// A time is free, for which they have waited.
    Freed(Slot),
    /// What they chose on the website is theirs.
    Booked(Slot),
    /// It could not be had.
    NotBooked(Slot),
}

/// Tells it. There is nothing to reply to, so it is a push.
pub(crate) async fn tell(visit: Visit<'_, '_>, news: News) -> Handled {
    visit.cx.set_state(&visit.guest)?;
    match message(&visit, news).await? {
        Some(message) => visit.cx.push(&[message]),
        None => Ok(()),
    }
}

/// Keeps it for later.
pub(crate) fn keep(mut visit: Visit<'_, '_, Standby>, news: News) -> Handled {
    let kept = &mut visit.guest.news;
    kept.push(news);
    let too_many = kept.len().saturating_sub(MOST_KEPT);
    kept.drain(..too_many);
    visit.cx.set_state(&visit.guest)
}

/// What was kept, as messages.
pub(crate) async fn kept(visit: &mut Visit<'_, '_>) -> Result<Vec<Value>, ModuleError> {
    let mut messages = Vec::new();
    for news in std::mem::take(&mut visit.guest.news) {
        messages.extend(message(visit, news).await?);
    }
    Ok(messages)
}

/// None if it has ceased to be true.
async fn message(visit: &Visit<'_, '_>, news: News) -> Result<Option<Value>, ModuleError> {
    let texts = visit.texts();
    let message = match news {
        News::Freed(slot) if is_free(visit, slot).await? => {
            serde_json::to_value(card::offer(&visit.shop, texts, slot))?
        }
        News::Booked(slot) if visit.guest.reservations.contains(&slot) => {
            serde_json::to_value(card::confirmation(&visit.shop, texts, slot))?
        }
        News::NotBooked(slot) => {
            serde_json::to_value(Text::new(texts.not_booked(texts.slot(slot))))?
        }
        News::Freed(_) | News::Booked(_) => return Ok(None),
    };
    Ok(Some(message))
}

async fn is_free(visit: &Visit<'_, '_>, slot: Slot) -> Result<bool, ModuleError> {
    let taken = visit.cx.row::<Booking>(&slot.key()).await?;
    Ok(taken.is_none() && visit.shop.offers(slot, visit.cx.now()))
}
