//! Reserving, looking, cancelling.

use line_module::{Context, Handled, ModuleError, OneChat, QuickReply, Tap, Text, TextMessage};
use serde::{Deserialize, Serialize};

use crate::card;
use crate::crm::{self, Change};
use crate::guest::{Ours, Visit};
use crate::reminder;
use crate::shop::Shop;
use crate::slot::Slot;
use crate::waiting;

/// A time is chosen.
#[derive(Debug, Tap)]
#[tap("reserve")]
pub(crate) struct Reserve {
    pub(crate) slot: Slot,
}

/// A reservation is called off.
#[derive(Debug, Tap)]
#[tap("cancel")]
pub(crate) struct Cancel {
    pub(crate) slot: Slot,
}

/// What is kept of a time that is taken.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Booking {
    chat: String,
}

/// What becomes of a guest's wish for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Granted,
    AlreadyTheirs,
    Taken,
    /// The shop has no such time, or it is over.
    NotOffered,
}

/// "Reserve".
pub(crate) async fn choose(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    offer(cx, &visit, visit.texts().choose()).await
}

/// "My reservations".
pub(crate) async fn list(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    visit.say(cx, visit.texts().list(&visit.guest.reservations))
}

/// "Cancel".
pub(crate) async fn cancel_which(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    let texts = visit.texts();
    match *visit.guest.reservations.as_slice() {
        [] => visit.say(cx, texts.nothing_to_cancel()),
        [slot] => cancel(cx, &Cancel { slot }, visit).await,
        ref slots => {
            let slots = slots.iter().take(QuickReply::MOST);
            let choices = slots.map(|&slot| Cancel { slot }.quick_reply(texts.slot(slot)));
            visit.reply(cx, Text::new(texts.cancel_which()).quick_replies(choices))
        }
    }
}

/// Offers the free times of the first day that has some.
async fn offer(cx: &mut Ours<'_>, visit: &Visit, text: String) -> Handled {
    let texts = visit.texts();
    for day in visit.shop.next_days(cx.now()) {
        let taken = cx.rows::<Booking>(&day.key_prefix()).await?;
        let slots = visit.shop.slots(day);
        let free = slots.filter(|slot| taken.iter().all(|row| row.key != slot.key()));
        let choice = |slot: Slot| Reserve { slot }.quick_reply(texts.slot(slot));
        let choices: Vec<_> = free.map(choice).take(QuickReply::MOST).collect();
        if !choices.is_empty() {
            return visit.reply(cx, Text::new(text).quick_replies(choices));
        }
    }
    let wait = waiting::Wait.quick_reply(texts.wait_label());
    visit.reply(cx, Text::new(texts.nothing_free()).quick_replies([wait]))
}

/// A time was chosen.
pub(crate) async fn reserve(cx: &mut Ours<'_>, tap: &Reserve, mut visit: Visit) -> Handled {
    let (slot, texts) = (tap.slot, visit.texts());
    match take(cx, &mut visit, slot).await? {
        Wish::Granted => visit.reply(cx, card::confirmation(&visit.shop, texts, slot)),
        Wish::AlreadyTheirs => visit.say(cx, texts.already_yours(texts.slot(slot))),
        Wish::Taken => offer(cx, &visit, texts.taken(texts.slot(slot))).await,
        Wish::NotOffered => offer(cx, &visit, texts.too_late()).await,
    }
}

/// Gives the guest a time, if it is free, with all that goes with it. The row tells who has it,
/// whatever the guest's own list says.
pub(crate) async fn take<H: OneChat>(
    cx: &mut Context<'_, H>,
    visit: &mut Visit,
    slot: Slot,
) -> Result<Wish, ModuleError> {
    if !visit.shop.offers(slot, cx.now()) {
        return Ok(Wish::NotOffered);
    }
    let chat = cx.chat().id.to_string();
    match cx.row::<Booking>(&slot.key()).await? {
        Some(taken) if taken.value.chat == chat => return Ok(Wish::AlreadyTheirs),
        Some(_) => return Ok(Wish::Taken),
        None => cx.create(slot.key(), &Booking { chat })?,
    }
    let reservations = &mut visit.guest.reservations;
    reservations.retain(|kept| *kept != slot);
    reservations.push(slot);
    reservations.sort_unstable();
    waiting::end(cx, visit).await?;
    reminder::plan(cx, &visit.shop, slot)?;
    crm::plan(cx, slot, Change::Reserved)?;
    Ok(Wish::Granted)
}

/// A reservation was called off.
pub(crate) async fn cancel(cx: &mut Ours<'_>, tap: &Cancel, mut visit: Visit) -> Handled {
    let (slot, texts) = (tap.slot, visit.texts());
    if !visit.guest.reservations.contains(&slot) {
        return visit.say(cx, texts.nothing_to_cancel());
    }
    if give_back(cx, slot).await? {
        crm::plan(cx, slot, Change::Cancelled)?;
        waiting::offer(cx, &visit, slot).await?;
    }
    visit.guest.reservations.retain(|kept| *kept != slot);
    cx.cancel_timer(&reminder::timer(slot))?;
    visit.say(cx, texts.cancelled(texts.slot(slot)))
}

/// Frees a time, if it is the guest's.
pub(crate) async fn give_back<H: OneChat>(
    cx: &mut Context<'_, H>,
    slot: Slot,
) -> Result<bool, ModuleError> {
    let row = cx.row::<Booking>(&slot.key()).await?;
    let Some(own) = row.filter(|row| row.value.chat == cx.chat().id.as_str()) else {
        return Ok(false);
    };
    cx.delete(own);
    Ok(true)
}

pub(crate) async fn is_free(cx: &Ours<'_>, shop: &Shop, slot: Slot) -> Result<bool, ModuleError> {
    let taken = cx.row::<Booking>(&slot.key()).await?;
    Ok(taken.is_none() && shop.offers(slot, cx.now()))
}
