//! What a chat is told without having asked: a guest of their ticket, and staff of all.

use std::time::Duration;

use line_module::{
    Active, Chat, Context, Handled, Hold, InChat, ModuleError, Signal, Standby, Tap as _, Text,
};
use serde::{Deserialize, Serialize};

use crate::guest::{Come, GiveUp, Visit};
use crate::list::{self, Ticket};
use crate::staff::GROUP;

/// The name of the timer of a chat that is called. Its payload is the ticket's number.
pub(crate) const CALLED: &str = "called";

/// One chat, or the account, tells another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum News {
    /// It is the party's turn.
    Called(Ticket),
    /// There is one party before it.
    NextButOne(Ticket),
    /// It has not come in time.
    Missed(Ticket),
    /// The restaurant closes.
    Closed(Ticket),
    /// To staff: called in place of another, coming, given up, not come.
    StaffCalled(Ticket),
    StaffComing(Ticket),
    StaffGivenUp(Ticket),
    StaffMissed(Ticket),
}

impl Signal for News {
    const NAME: &'static str = "news";
}

/// Tells the staff's group, if there is one.
pub(crate) async fn tell_staff<H: Hold>(cx: &mut Context<'_, H>, news: News) -> Handled {
    match cx.row::<Chat>(GROUP).await? {
        Some(group) => cx.signal(&group.value, &news),
        None => Ok(()),
    }
}

/// The chat is ours.
pub(crate) async fn tell(cx: &mut Context<'_, Active>, news: &News, mut visit: Visit) -> Handled {
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
    match news {
        News::Called(ticket) => {
            let minutes = Duration::from_secs(60 * visit.shop.minutes);
            cx.after(CALLED, minutes, &ticket.number)
        }
        News::Missed(ticket) | News::Closed(ticket) => {
            visit.guest.ticket = visit.guest.ticket.filter(|own| *own != ticket.number);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// The message; none if it is so no longer.
pub(crate) async fn message(
    cx: &Context<'_, Active>,
    news: &News,
    visit: &Visit,
) -> Result<Option<Text>, ModuleError> {
    let texts = visit.texts();
    let text = match news {
        News::Called(ticket) | News::NextButOne(ticket) => {
            let row = list::ticket(cx, ticket.number, &visit.chat).await?;
            let Some(now) = row.map(|row| row.value) else {
                return Ok(None);
            };
            let (number, is_called) = (now.number, now.called.is_some());
            match news {
                News::Called(_) if is_called => {
                    let come = Come { number }.quick_reply(texts.come_label());
                    let give_up = GiveUp { number }.quick_reply(texts.give_up_label());
                    let text = Text::new(texts.called(number, visit.shop.minutes));
                    return Ok(Some(text.quick_replies([come, give_up])));
                }
                News::NextButOne(_) if !is_called => texts.next_but_one(number),
                _ => return Ok(None),
            }
        }
        News::Missed(ticket) => texts.missed(ticket.number),
        News::Closed(ticket) => texts.closed(ticket.number),
        News::StaffCalled(it) => texts.staff_called(it.number, &*it.name, it.people),
        News::StaffComing(it) => texts.staff_coming(it.number, &*it.name, it.people),
        News::StaffGivenUp(it) => texts.staff_given_up(it.number, &*it.name),
        News::StaffMissed(it) => texts.staff_missed(it.number, &*it.name),
    };
    Ok(Some(Text::new(text)))
}
