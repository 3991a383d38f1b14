//! A guest who finds nothing free waits. A time that somebody cancels is offered to the first of
//! those who wait, in their own chat. Whoever taps first has it: an offer keeps no time back.

use line_module::{
    Active, Chat, Context, Handled, ModuleError, OneChat, Row, Signal, Standby, Tap,
};
use serde::{Deserialize, Serialize};

use crate::guest::Visit;
use crate::news::{self, News};
use crate::slot::Slot;

/// A guest asks to wait.
#[derive(Debug, Tap)]
#[tap("wait")]
pub(crate) struct Wait;

/// What the keys of the list's rows begin with; each row is a chat. They are in the order of asking.
const LIST: &str = "waiting#";

/// One chat tells another that a time is free.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Freed {
    slot: Slot,
}

impl Signal for Freed {
    const NAME: &'static str = "freed";
}

/// The guest wants to wait.
pub(crate) async fn wait(cx: &mut Context<'_, Active>, _: &Wait) -> Handled {
    let mut visit = Visit::begin(cx)?;
    if own(&visit).await?.is_none() {
        let chat = visit.cx.chat().clone();
        let key = format!("{LIST}{:015}#{}", visit.cx.now().0, chat.id);
        visit.cx.create(&key, &chat)?;
        visit.guest.waits = Some(key);
    }
    let promise = visit.texts().waits();
    visit.say_with_menu(promise)
}

/// The guest has a time now, and waits no longer.
pub(crate) async fn end<H: OneChat>(visit: &mut Visit<'_, '_, H>) -> Handled {
    if let Some(row) = own(visit).await? {
        visit.cx.delete(row);
    }
    visit.guest.waits = None;
    Ok(())
}

/// The guest's own row: gone when they have been offered a time.
async fn own<H>(visit: &Visit<'_, '_, H>) -> Result<Option<Row<Chat>>, ModuleError> {
    match &visit.guest.waits {
        Some(key) => visit.cx.row(key).await,
        None => Ok(None),
    }
}

/// A time is free again. Who is offered one leaves the list.
pub(crate) async fn offer<H: OneChat>(visit: &mut Visit<'_, '_, H>, slot: Slot) -> Handled {
    if !visit.shop.offers(slot, visit.cx.now()) {
        return Ok(());
    }
    let waiting = visit.cx.rows::<Chat>(LIST).await?;
    let mut others = waiting.into_iter();
    let Some(first) = others.find(|row| row.value != *visit.cx.chat()) else {
        return Ok(());
    };
    visit.cx.signal(&first.value, &Freed { slot })?;
    visit.cx.delete(first);
    Ok(())
}

/// The chat is ours: the guest is offered the time.
pub(crate) async fn freed(cx: &mut Context<'_, Active>, freed: &Freed) -> Handled {
    news::tell(Visit::begin(cx)?, News::Freed(freed.slot)).await
}

/// Staff have it: the chat remembers the offer.
pub(crate) async fn freed_meanwhile(cx: &mut Context<'_, Standby>, freed: &Freed) -> Handled {
    news::keep(Visit::begin(cx)?, News::Freed(freed.slot))
}
