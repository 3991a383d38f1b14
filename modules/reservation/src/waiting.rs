//! A guest who finds nothing free waits. A time that somebody cancels is offered to the first of
//! those who wait, in their own chat. Whoever taps first has it: an offer keeps no time back.

use line_module::{Chat, Context, Handled, OneChat, Tap};

use crate::guest::{Ours, Visit};
use crate::news::News;
use crate::slot::Slot;

/// A guest asks to wait.
#[derive(Debug, Tap)]
#[tap("wait")]
pub(crate) struct Wait;

/// What the keys of the list's rows begin with; each row is a chat. They are in the order of asking.
const LIST: &str = "waiting#";

/// The guest wants to wait. Who has been offered a time is no longer listed.
pub(crate) async fn wait(cx: &mut Ours<'_>, _: &Wait, mut visit: Visit, chat: Chat) -> Handled {
    let key = visit.guest.waits.clone().unwrap_or_default();
    if cx.row::<Chat>(&key).await?.is_none() {
        let key = format!("{LIST}{:015}#{}", cx.now().0, chat.id);
        cx.create(&key, &chat)?;
        visit.guest.waits = Some(key);
    }
    visit.say(cx, visit.texts().waits())
}

/// The guest has a time now, and waits no longer.
pub(crate) async fn end<H: OneChat>(cx: &mut Context<'_, H>, visit: &mut Visit) -> Handled {
    match visit.guest.waits.take() {
        Some(key) => cx.remove(&key).await,
        None => Ok(()),
    }
}

/// A time is free again. Who is offered one leaves the list.
pub(crate) async fn offer<H: OneChat>(
    cx: &mut Context<'_, H>,
    visit: &Visit,
    slot: Slot,
) -> Handled {
    if !visit.shop.offers(slot, cx.now()) {
        return Ok(());
    }
    let mut waiting = cx.rows::<Chat>(LIST).await?.into_iter();
    if let Some(first) = waiting.find(|row| row.value != *cx.chat()) {
        cx.signal(&first.value, &News::Freed(slot))?;
        cx.delete(first);
    }
    Ok(())
}
