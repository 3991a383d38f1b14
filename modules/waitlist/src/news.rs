//! What a chat is told without having asked: a guest of their ticket, and staff of all.

use std::time::Duration;

use line_module::{
    Chat, Context, Handled, Hold, InChat, ModuleError, Signal, Standby, Tap as _, Text,
};
use serde::{Deserialize, Serialize};

use crate::guest::{Called, Ours, Visit};
use crate::list::{self, Ticket};
use crate::staff::GROUP;

/// The name of the timer of a chat that is called. Its payload is the ticket's number.
pub(crate) const CALLED: &str = "called";

/// One chat, or the account, tells another.
#[derive(Debug, Clone, Serialize, Deserialize)]
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

impl Signal for News {
    const NAME: &'static str = "news";
}

/// Tells the ticket's own chat.
pub(crate) fn send<H: Hold>(cx: &mut Context<'_, H>, what: What, ticket: &Ticket) -> Handled {
    let ticket = ticket.clone();
    cx.signal(&ticket.chat.clone(), &News { what, ticket })
}

/// Tells the staff's group, if there is one.
pub(crate) async fn tell_staff<H: Hold>(
    cx: &mut Context<'_, H>,
    what: What,
    ticket: Ticket,
) -> Handled {
    match cx.row::<Chat>(GROUP).await? {
        Some(group) => cx.signal(&group.value, &News { what, ticket }),
        None => Ok(()),
    }
}

/// The chat is ours.
pub(crate) async fn tell(cx: &mut Ours<'_>, news: &News, mut visit: Visit) -> Handled {
    take_in(cx, news, &mut visit)?;
    visit.keep(cx)?;
    match message(cx, news, &visit).await? {
        Some(message) => cx.push(&[message]),
        None => Ok(()),
    }
}

/// Staff have it: it is told when the chat is ours again, if it still is so.
pub(crate) async fn keep(cx: &mut Context<'_, Standby>, news: &News, mut visit: Visit) -> Handled {
    take_in(cx, news, &mut visit)?;
    visit.guest.news = Some(news.clone());
    visit.keep(cx)
}

/// What is known by it, whoever has the chat.
fn take_in<H: InChat>(cx: &mut Context<'_, H>, news: &News, visit: &mut Visit) -> Handled {
    let number = news.ticket.number;
    match news.what {
        What::Called => {
            let minutes = Duration::from_secs(60 * visit.shop.minutes);
            cx.after(CALLED, minutes, &number)?;
        }
        What::Missed | What::Closed => {
            visit.guest.ticket = visit.guest.ticket.filter(|own| *own != number);
        }
        _ => {}
    }
    Ok(())
}

/// The message; none if it is so no longer.
pub(crate) async fn message(
    cx: &Ours<'_>,
    news: &News,
    visit: &Visit,
) -> Result<Option<Text>, ModuleError> {
    let (texts, it) = (visit.texts(), &news.ticket);
    let (number, name) = (it.number, it.name.as_str());
    let row = list::ticket(cx, number, &visit.chat).await?;
    let is_called = row.map(|row| row.value.called.is_some());
    let text = match news.what {
        What::Called if is_called == Some(true) => {
            let coming = Called::Coming { number }.quick_reply(texts.come_label());
            let give_up = Called::GivesUp { number }.quick_reply(texts.give_up_label());
            let text = Text::new(texts.called(number, visit.shop.minutes));
            return Ok(Some(text.quick_replies([coming, give_up])));
        }
        What::NextButOne if is_called == Some(false) => texts.next_but_one(number),
        What::Called | What::NextButOne => return Ok(None),
        What::Missed => texts.missed(number),
        What::Closed => texts.closed(number),
        What::StaffCalled => texts.staff_called(number, name, it.people),
        What::StaffComing => texts.staff_coming(number, name, it.people),
        What::StaffGivenUp => texts.staff_given_up(number, name),
        What::StaffMissed => texts.staff_missed(number, name),
    };
    Ok(Some(Text::new(text)))
}
