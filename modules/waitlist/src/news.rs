//! What a chat is told without having asked: a guest of their ticket, and staff of all.

use std::time::Duration;

use line_module::{Context, Handled, Hold, OneChat, QuickReply, Signal, Tap as _, Text};
use serde::{Deserialize, Serialize};

use crate::guest::{Coming, Ours, Visit};
use crate::list::Ticket;
use crate::shop::Shop;

/// The name of the timer of a chat that is called. Its payload is the ticket's number.
pub(crate) const CALLED: &str = "called";

/// One chat, or the account, tells another.
#[derive(Debug, Clone, Serialize, Deserialize, Signal)]
#[signal("news")]
pub(crate) struct News {
    pub(crate) what: What,
    pub(crate) ticket: Ticket,
}

/// What has become of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum What {
    Called,
    NextButOne,
    Missed,
    Closed,
    /// To staff, and so are the following.
    StaffCalled,
    StaffComing,
    StaffGivenUp,
    StaffMissed,
}

/// Tells the ticket's own chat.
pub(crate) fn send<H: Hold>(cx: &mut Context<'_, H>, what: What, ticket: &Ticket) -> Handled {
    let ticket = ticket.clone();
    cx.signal(&ticket.chat.clone(), &News { what, ticket })
}

/// The chat is ours.
pub(crate) async fn tell(cx: &mut Ours<'_>, news: &News, visit: Visit) -> Handled {
    if let Some(message) = message(news, &visit) {
        wait(cx, news).await?;
        cx.push(&[message])?;
    }
    Ok(())
}

/// A party that is called has so long to come, whoever has the chat.
pub(crate) async fn wait<H: OneChat>(cx: &mut Context<'_, H>, news: &News) -> Handled {
    let minutes = cx.settings::<Shop>()?.minutes;
    match news.what {
        What::Called => cx.after(CALLED, Duration::from_mins(minutes), &news.ticket.number),
        _ => Ok(()),
    }
}

/// The message; none if it is so no longer.
pub(crate) fn message(news: &News, visit: &Visit) -> Option<Text> {
    let (texts, it) = (visit.texts(), &news.ticket);
    let (number, name) = (it.number, it.name.as_str());
    let own = visit
        .ticket
        .as_ref()
        .filter(|row| row.value.number == number);
    let is_called = own.map(|row| row.value.called.is_some());
    Some(Text::new(match news.what {
        What::Called if is_called == Some(true) => {
            let coming = Coming { number }.quick_reply(texts.come_label());
            let give_up = QuickReply::say(texts.give_up_label());
            let text = Text::new(texts.called(number, visit.shop.minutes));
            return Some(text.quick_replies([coming, give_up]));
        }
        What::NextButOne if is_called == Some(false) => texts.next_but_one(number),
        What::Called | What::NextButOne => return None,
        What::Missed => texts.missed(number),
        What::Closed => texts.closed(number),
        What::StaffCalled => texts.staff_called(number, name, it.people),
        What::StaffComing => texts.staff_coming(number, name, it.people),
        What::StaffGivenUp => texts.staff_given_up(number, name),
        What::StaffMissed => texts.staff_missed(number, name),
    }))
}
