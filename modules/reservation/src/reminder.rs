//! The day before, a guest is reminded.

use line_module::{Active, Context, Handled, InChat, QuickReply, Tap as _, Text};
use serde::{Deserialize, Serialize};

use crate::guest::Visit;
use crate::reserve::Cancel;
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
pub(crate) fn plan<H: InChat>(visit: &mut Visit<'_, '_, H>, slot: Slot) -> Handled {
    let now = visit.cx.now();
    match visit.shop.reminder(slot, now) {
        Some(at) => visit.cx.at(&timer(slot), at, &Reminder { remind_of: slot }),
        None => Ok(()),
    }
}

/// A guest may have several reservations: each has a timer of its own.
fn timer(slot: Slot) -> String {
    format!("{TIMER}/{slot}")
}

/// The reservation is cancelled.
pub(crate) fn cancel<H: InChat>(visit: &mut Visit<'_, '_, H>, slot: Slot) -> Handled {
    visit.cx.cancel_timer(&timer(slot))
}

/// The time has come.
pub(crate) async fn remind(cx: &mut Context<'_, Active>, reminder: &Reminder) -> Handled {
    let slot = reminder.remind_of;
    let visit = Visit::begin(cx)?;
    let texts = visit.texts();
    let choices = [
        QuickReply::message(texts.list_label(), texts.list_label()),
        Cancel { slot }.quick_reply(texts.cancel_label()),
    ];
    let word = Text::new(texts.reminder(texts.slot(slot))).quick_replies(choices);
    visit.cx.push_counted(UNIT, &[word])
}
