//! What a guest is told without having asked, when the chat is ours.

use line_module::{Handled, Signal, Text, messages};
use serde::{Deserialize, Serialize};

use crate::card;
use crate::guest::{Ours, Visit};
use crate::reserve;
use crate::slot::Slot;

/// Something to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Signal)]
#[signal("news")]
#[serde(rename_all = "snake_case")]
pub(crate) enum News {
    /// A time is free, for which they have waited.
    Freed(Slot),
    /// What they chose on the website is theirs.
    Booked(Slot),
    /// It could not be had.
    NotBooked(Slot),
}

/// Tells it, unless it has ceased to be true. There is nothing to reply to, so it is a push.
pub(crate) async fn tell(cx: &mut Ours<'_>, news: &News, visit: Visit) -> Handled {
    let (shop, texts) = (&visit.shop, visit.texts());
    cx.push(&match *news {
        News::Freed(slot) if reserve::is_free(cx, shop, slot).await? => {
            messages![card::offer(shop, texts, slot)]
        }
        News::Booked(slot) if visit.guest.reservations.contains(&slot) => {
            messages![card::confirmation(shop, texts, slot)]
        }
        News::NotBooked(slot) => messages![Text::new(texts.not_booked(texts.slot(slot)))],
        News::Freed(_) | News::Booked(_) => return Ok(()),
    })
}
