//! A guest: what is kept of their chat, and what they do with their ticket.

use line_module::{
    Active, Argument, Context, Follow, Handled, LocationMessage, ModuleError, OneChat, Profile,
    QuickReply, Row, Tap, Text, TextMessage,
};
use serde::{Deserialize, Serialize};

use crate::list::{self, Ticket};
use crate::news::{self, News, What};
use crate::shop::Shop;
use crate::staff::GROUP;
use crate::texts::{Language, Texts};

/// Metres that one walks in a minute, as Japan's estate agents count.
const A_MINUTE: f64 = 80.0;

/// What is kept of a chat.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Guest {
    /// Theirs, once it is known.
    pub(crate) language: Option<Language>,
    /// The number of the last ticket that they have taken.
    pub(crate) ticket: Option<i64>,
    /// It is no guest, but the staff's group.
    pub(crate) is_staff: bool,
}

/// What every handler of a chat begins with.
pub(crate) struct Visit {
    pub(crate) guest: Guest,
    /// Their ticket, if it is open.
    pub(crate) ticket: Option<Row<Ticket>>,
    pub(crate) shop: Shop,
}

/// A party that is called is on its way.
#[derive(Debug, Tap)]
#[tap("called")]
pub(crate) struct Coming {
    pub(crate) number: i64,
}

/// A chat that is ours.
pub(crate) type Ours<'a> = Context<'a, Active>;

impl<H: OneChat> Argument<H> for Visit {
    async fn read(cx: &mut Context<'_, H>) -> Result<Self, ModuleError> {
        let mut guest: Guest = cx.state()?;
        // They speak the language of the words that they use.
        guest.language = Language::heard(cx.event()).or(guest.language);
        let ticket = match guest.ticket {
            Some(number) => list::ticket(cx, number).await?,
            None => None,
        };
        Ok(Self {
            guest,
            ticket,
            shop: cx.settings()?,
        })
    }
}

impl Visit {
    pub(crate) fn texts(&self) -> Texts {
        self.guest.language.unwrap_or(self.shop.language).texts()
    }

    /// Keeps what is known, and answers with what can be said next.
    pub(crate) fn say(&self, cx: &mut Ours<'_>, text: impl Into<String>) -> Handled {
        cx.set_state(&self.guest)?;
        cx.reply(&[self.text(text)])
    }

    pub(crate) fn text(&self, text: impl Into<String>) -> Text {
        let texts = self.texts();
        let mut labels = match self.ticket {
            None => vec![texts.take_label()],
            Some(_) => vec![texts.ticket_label(), texts.give_up_label()],
        };
        labels.push(texts.staff_label());
        Text::new(text).quick_replies(labels.into_iter().map(QuickReply::say))
    }
}

/// Someone new, or back.
pub(crate) async fn greet(
    cx: &mut Ours<'_>,
    _: &Follow,
    mut visit: Visit,
    profile: Option<Profile>,
) -> Handled {
    let (kept, own) = (visit.guest.language, visit.shop.language);
    visit.guest.language = Some(Language::of_guest(kept, profile.as_ref(), own));
    let texts = visit.texts();
    let greeting = match profile {
        Some(profile) => texts.greeting_name(profile.display_name),
        None => texts.greeting(),
    };
    visit.say(cx, greeting)
}

/// "My ticket".
pub(crate) async fn show_ticket(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    let texts = visit.texts();
    let Some(ticket) = visit.ticket.as_ref().map(|row| row.value.clone()) else {
        return visit.say(cx, texts.no_ticket());
    };
    let (number, what) = (ticket.number, What::Called);
    if let Some(again) = news::message(&News { what, ticket }, &visit) {
        cx.set_state(&visit.guest)?;
        return cx.reply(&[again]);
    }
    let waiting = list::waiting(cx).await?;
    let ahead = waiting.iter().filter(|row| row.value.number < number);
    visit.say(cx, texts.ticket_shown(number, ahead.count()))
}

/// "Give up".
pub(crate) async fn give_up(cx: &mut Ours<'_>, _: &TextMessage, mut visit: Visit) -> Handled {
    let Some(row) = visit.ticket.take() else {
        return visit.say(cx, visit.texts().no_ticket());
    };
    let number = row.value.number;
    list::end(cx, row, What::StaffGivenUp).await?;
    visit.say(cx, visit.texts().gave_up(number))
}

/// They come, and the ticket has done its work. The message that is tapped may be of another day.
pub(crate) async fn come(cx: &mut Ours<'_>, tap: &Coming, mut visit: Visit) -> Handled {
    let is_called = |it: &Ticket| it.number == tap.number && it.called.is_some();
    let Some(row) = visit.ticket.take_if(|row| is_called(&row.value)) else {
        return visit.say(cx, visit.texts().too_late());
    };
    let (what, ticket) = (What::StaffComing, row.value.clone());
    cx.signal_to(GROUP, &News { what, ticket }).await?;
    cx.delete(row);
    visit.say(cx, visit.texts().welcome(tap.number))
}

/// They send their place: is it near enough to wait there?
pub(crate) async fn distance(cx: &mut Ours<'_>, sent: &LocationMessage, visit: Visit) -> Handled {
    let Some((here, shop)) = sent.place().zip(visit.shop.place) else {
        return Ok(());
    };
    let metres = here.metres_to(shop);
    let answer = match metres > visit.shop.metres {
        true => visit.texts().far((metres / A_MINUTE).ceil()),
        false => visit.texts().near(),
    };
    visit.say(cx, answer)
}
