//! Reserving, looking, cancelling.

use line_module::{
    Active, Context, Handled, ModuleError, OneChat, QuickReply, Tap, Text, TextMessage,
};
use serde::{Deserialize, Serialize};

use crate::card;
use crate::crm::{self, Change};
use crate::guest::Visit;
use crate::reminder;
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
pub(crate) async fn choose(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    let mut visit = Visit::begin(cx)?;
    visit.hear(said)?;
    let choose = visit.texts().choose();
    offer(visit, choose).await
}

/// "My reservations".
pub(crate) async fn list(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    let mut visit = Visit::begin(cx)?;
    visit.hear(said)?;
    let list = visit.texts().list(&visit.guest.reservations);
    visit.say_with_menu(list)
}

/// "Cancel".
pub(crate) async fn cancel_which(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    let mut visit = Visit::begin(cx)?;
    visit.hear(said)?;
    match *visit.guest.reservations.as_slice() {
        [] => {
            let nothing = visit.texts().nothing_to_cancel();
            visit.say_with_menu(nothing)
        }
        [only] => take_back(visit, only).await,
        _ => ask_which_to_cancel(visit),
    }
}

/// Offers the free times of the first day that has some.
async fn offer(visit: Visit<'_, '_>, text: impl Into<String>) -> Handled {
    let texts = visit.texts();
    for day in visit.shop.next_days(visit.cx.now()) {
        let taken = visit.cx.rows::<Booking>(&day.key_prefix()).await?;
        let slots = visit.shop.slots(day);
        let free = slots.filter(|slot| taken.iter().all(|row| row.key != slot.key()));
        let choice = |slot: Slot| Reserve { slot }.quick_reply(texts.slot(slot));
        let choices: Vec<_> = free.map(choice).take(QuickReply::MOST).collect();
        if !choices.is_empty() {
            return visit.say(Text::new(text).quick_replies(choices));
        }
    }
    let wait = waiting::Wait.quick_reply(texts.wait_label());
    visit.say(Text::new(texts.nothing_free()).quick_replies([wait]))
}

/// A time was chosen.
pub(crate) async fn reserve(cx: &mut Context<'_, Active>, tap: &Reserve) -> Handled {
    let slot = tap.slot;
    let mut visit = Visit::begin(cx)?;
    let texts = visit.texts();
    match take(&mut visit, slot).await? {
        Wish::Granted => {
            let card = card::confirmation(&visit.shop, texts, slot);
            visit.say(card)
        }
        Wish::AlreadyTheirs => visit.say_with_menu(texts.already_yours(texts.slot(slot))),
        Wish::Taken => offer(visit, texts.taken(texts.slot(slot))).await,
        Wish::NotOffered => offer(visit, texts.too_late()).await,
    }
}

/// Gives the guest a time, if it is free, with all that goes with it. The row tells who has it,
/// whatever the guest's own list says.
pub(crate) async fn take<H: OneChat>(
    visit: &mut Visit<'_, '_, H>,
    slot: Slot,
) -> Result<Wish, ModuleError> {
    if !visit.shop.offers(slot, visit.cx.now()) {
        return Ok(Wish::NotOffered);
    }
    let chat = chat(visit);
    match visit.cx.row::<Booking>(&slot.key()).await? {
        Some(taken) if taken.value.chat == chat => return Ok(Wish::AlreadyTheirs),
        Some(_) => return Ok(Wish::Taken),
        None => visit.cx.create(slot.key(), &Booking { chat })?,
    }
    let reservations = &mut visit.guest.reservations;
    reservations.retain(|kept| *kept != slot);
    reservations.push(slot);
    reservations.sort_unstable();
    waiting::end(visit).await?;
    reminder::plan(visit, slot)?;
    crm::plan(visit, slot, Change::Reserved)?;
    Ok(Wish::Granted)
}

/// A reservation was called off.
pub(crate) async fn cancel(cx: &mut Context<'_, Active>, tap: &Cancel) -> Handled {
    take_back(Visit::begin(cx)?, tap.slot).await
}

async fn take_back(mut visit: Visit<'_, '_>, slot: Slot) -> Handled {
    let texts = visit.texts();
    if !visit.guest.reservations.contains(&slot) {
        return visit.say_with_menu(texts.nothing_to_cancel());
    }
    if give_back(&mut visit, slot).await? {
        crm::plan(&mut visit, slot, Change::Cancelled)?;
        waiting::offer(&mut visit, slot).await?;
    }
    visit.guest.reservations.retain(|kept| *kept != slot);
    reminder::cancel(&mut visit, slot)?;
    visit.say_with_menu(texts.cancelled(texts.slot(slot)))
}

/// Frees a time, if it is the guest's.
pub(crate) async fn give_back<H: OneChat>(
    visit: &mut Visit<'_, '_, H>,
    slot: Slot,
) -> Result<bool, ModuleError> {
    let chat = chat(visit);
    let row = visit.cx.row::<Booking>(&slot.key()).await?;
    let own = row.filter(|row| row.value.chat == chat);
    let is_own = own.is_some();
    own.into_iter().for_each(|row| visit.cx.delete(row));
    Ok(is_own)
}

fn ask_which_to_cancel(visit: Visit<'_, '_>) -> Handled {
    let texts = visit.texts();
    let choice = |slot: &Slot| Cancel { slot: *slot }.quick_reply(texts.slot(*slot));
    let reservations = visit.guest.reservations.iter().take(QuickReply::MOST);
    let choices: Vec<_> = reservations.map(choice).collect();
    visit.say(Text::new(texts.cancel_which()).quick_replies(choices))
}

fn chat<H: OneChat>(visit: &Visit<'_, '_, H>) -> String {
    visit.cx.chat().id.to_string()
}
