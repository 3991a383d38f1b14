//! A time that was chosen on the shop's website: its system says so to the inbox.

use line_module::{Context, Handled, OneChat};
use serde::Deserialize;

use crate::guest::Visit;
use crate::news::News;
use crate::reserve::{self, Wish};
use crate::slot::Slot;

/// The command's name.
pub(crate) const COMMAND: &str = "booked";

/// Its payload: `{"time": "2026-11-21T10:00"}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Booked {
    time: Slot,
}

/// The time is reserved at once, whoever has the chat; the guest is told when the chat is ours.
pub(crate) async fn booked<H: OneChat>(
    cx: &mut Context<'_, H>,
    booked: &Booked,
    mut visit: Visit,
) -> Handled {
    let slot = booked.time;
    let news = match reserve::take(cx, &mut visit, slot).await? {
        Wish::Granted | Wish::AlreadyTheirs => News::Booked(slot),
        Wish::Taken | Wish::NotOffered => News::NotBooked(slot),
    };
    cx.set_state(&visit.guest)?;
    let chat = cx.chat().clone();
    cx.signal(&chat, &news)
}
