//! The day before, a guest is reminded.

use line_module::{Context, Handled, OneChat, QuickReply, Tap as _, Text};
use serde::{Deserialize, Serialize};

use crate::guest::{Ours, Visit};
use crate::reserve::Cancel;
use crate::shop::Shop;
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
pub(crate) fn plan<H: OneChat>(cx: &mut Context<'_, H>, shop: &Shop, slot: Slot) -> Handled {
    match shop.reminder(slot, cx.now()) {
        Some(at) => cx.at(&timer(slot), at, &Reminder { remind_of: slot }),
        None => Ok(()),
    }
}

/// A guest may have several reservations: each has a timer of its own.
pub(crate) fn timer(slot: Slot) -> String {
    format!("{TIMER}/{slot}")
}

/// The time has come.
pub(crate) async fn remind(cx: &mut Ours<'_>, reminder: &Reminder, visit: Visit) -> Handled {
    let (slot, texts) = (reminder.remind_of, visit.texts());
    let choices = [
        QuickReply::say(texts.list_label()),
        Cancel { slot }.quick_reply(texts.cancel_label()),
    ];
    let word = Text::new(texts.reminder(texts.slot(slot))).quick_replies(choices);
    cx.push_counted(UNIT, &[word])
}
