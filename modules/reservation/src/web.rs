//! A time that was chosen on the shop's website: its system says so to the inbox.

use line_module::{Active, Context, Handled, ModuleError, OneChat, Standby};
use serde::Deserialize;

use crate::guest::Visit;
use crate::news::{self, News};
use crate::reserve::{self, Wish};
use crate::slot::Slot;

/// The command's name.
pub(crate) const COMMAND: &str = "booked";

/// Its payload: `{"time": "2026-11-21T10:00"}`.
#[derive(Debug, Deserialize)]
pub(crate) struct Booked {
    time: Slot,
}

/// The guest is told in the chat.
pub(crate) async fn booked(cx: &mut Context<'_, Active>, booked: &Booked) -> Handled {
    let mut visit = Visit::begin(cx)?;
    let news = book(&mut visit, booked.time).await?;
    news::tell(visit, news).await
}

/// The time is reserved at once; the guest is told when the chat is ours.
pub(crate) async fn booked_meanwhile(cx: &mut Context<'_, Standby>, booked: &Booked) -> Handled {
    let mut visit = Visit::begin(cx)?;
    let news = book(&mut visit, booked.time).await?;
    news::keep(visit, news)
}

async fn book<H: OneChat>(visit: &mut Visit<'_, '_, H>, slot: Slot) -> Result<News, ModuleError> {
    Ok(match reserve::take(visit, slot).await? {
        Wish::Granted | Wish::AlreadyTheirs => News::Booked(slot),
        Wish::Taken | Wish::NotOffered => News::NotBooked(slot),
    })
}
