//! A person answers: the chat is given to the account's staff, and comes back to us when
//! the guest asks for us, or after some hours.

use std::time::Duration;

use line_module::{
    Active, Context, ControlGained, Handled, QuickReply, Standby, Text, TextMessage,
};

use crate::guest::{Guest, Visit};
use crate::news;
use crate::texts::Language;

/// How long we hold a chat that a guest has asked us back into.
const OUR_TURN: Duration = Duration::from_secs(3600);

/// The timer's name.
pub(crate) const TIMER: &str = "staff time";

/// "Ask staff": the last word before they answer. Asking again restarts their hours.
pub(crate) async fn hand_over(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    let mut visit = Visit::begin(cx)?;
    visit.hear(said)?;
    let hours = Duration::from_secs(3600 * visit.shop.staff_hours);
    visit.cx.after(TIMER, hours, &())?;
    let texts = visit.texts();
    let back = QuickReply::message(texts.back_label(), texts.back_label());
    let word = Text::new(texts.staff_answer()).quick_replies([back]);
    visit.cx.set_state(&visit.guest)?;
    visit.cx.reply(&[word])?;
    visit.cx.release()
}

/// "Back to reservations", though we have the chat.
pub(crate) async fn greet_again(cx: &mut Context<'_, Active>, said: &TextMessage) -> Handled {
    let mut visit = Visit::begin(cx)?;
    visit.hear(said)?;
    let back = visit.texts().back_with_us();
    visit.say_with_menu(back)
}

/// We cannot answer here: the chat is taken first.
pub(crate) async fn come_back(cx: &mut Context<'_, Standby>, said: &TextMessage) -> Handled {
    let guest: Guest = cx.state()?;
    cx.set_state(&Guest {
        language: Language::said(said).or(guest.language),
        returns: true,
        ..guest
    })?;
    cx.cancel_timer(TIMER)?;
    cx.acquire(Some(OUR_TURN))
}

/// Staff have had the chat long enough.
pub(crate) async fn take_over(cx: &mut Context<'_, Standby>, _: &()) -> Handled {
    cx.acquire(None)
}

/// The chat is ours. Only a guest who asked for that, or for whom there is news, gets a
/// message: LINE gives no reply token here, and a push counts against the account's quota.
pub(crate) async fn welcome_back(cx: &mut Context<'_, Active>, _: &ControlGained) -> Handled {
    let mut visit = Visit::begin(cx)?;
    let mut messages = news::kept(&mut visit).await?;
    if std::mem::take(&mut visit.guest.returns) {
        let word = Text::new(visit.texts().back_with_us()).quick_replies(visit.menu());
        messages.push(serde_json::to_value(word)?);
    }
    visit.cx.set_state(&visit.guest)?;
    match messages.is_empty() {
        true => Ok(()),
        false => visit.cx.push(&messages),
    }
}
