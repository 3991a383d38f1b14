//! The day before, a guest is reminded.

use line_module::{Active, Context, Handled, QuickReply, Text};
use serde::{Deserialize, Serialize};

use crate::guest::Visit;
use crate::slot::Slot;

/// What reminders are counted under in the account's statistics.
const UNIT: &str = "reservation_reminder";

/// The timer's name.
pub(crate) const TIMER: &str = "reminder";

/// What it brings back.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Reminder {
    remind_of: Slot,
}

/// Sees to it that the guest is reminded, if there is still time for that.
pub(crate) fn plan(visit: &mut Visit<'_, '_>, slot: Slot) -> Handled {
    let now = visit.cx.now();
    match visit.shop.reminder(slot, now) {
        Some(at) => visit
            .cx
            .after(TIMER, at.since(now), &Reminder { remind_of: slot }),
        None => Ok(()),
    }
}

/// The time has come. The reservation may be cancelled meanwhile, or be cancelled and
/// made again, which makes two timers.
pub(crate) async fn remind(cx: &mut Context<'_, Active>, reminder: &Reminder) -> Handled {
    let slot = reminder.remind_of;
    let mut visit = Visit::begin(cx)?;
    let guest = &mut visit.guest;
    let wanted = guest.reservations.contains(&slot) && !guest.reminded.contains(&slot);
    if !wanted || slot.is_past(visit.cx.now()) {
        return Ok(());
    }
    guest.reminded.push(slot);
    let texts = visit.texts();
    let choices = [
        QuickReply::message(texts.list_label, texts.list_label),
        QuickReply::postback(texts.cancel_label, format!("cancel {slot}")),
    ];
    let word = Text::new(texts.reminder(slot)).quick_replies(choices);
    visit.cx.set_state(&visit.guest)?;
    visit.cx.push_counted(UNIT, &[word])
}
