//! A guest: what is kept of their chat, and what they do with their ticket.

use futures::future::BoxFuture;
use line_module::settings::Place;
use line_module::{
    Active, Argument, Chat, Context, Follow, Handled, InChat, LocationMessage, ModuleError,
    OneChat, Profile, QuickReply, Row, Tap, Text, TextMessage,
};
use serde::{Deserialize, Serialize};

use crate::list::{self, Ticket};
use crate::news::{self, News, What};
use crate::shop::Shop;
use crate::texts::{Language, Texts};

/// Metres that one walks in a minute, as Japan's estate agents count.
const A_MINUTE: f64 = 80.0;

/// What is kept of a chat.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Guest {
    /// Theirs, once it is known.
    pub(crate) language: Option<Language>,
    /// The number of their ticket.
    pub(crate) ticket: Option<i64>,
    /// What is to be said when the chat is ours again.
    pub(crate) news: Option<News>,
    /// They asked to be answered by the module again.
    pub(crate) returns: bool,
    /// It is no guest, but the staff's group.
    pub(crate) is_staff: bool,
}

/// What every handler of a chat begins with.
pub(crate) struct Visit {
    pub(crate) guest: Guest,
    pub(crate) shop: Shop,
    pub(crate) chat: Chat,
}

/// What a party that is called taps.
#[derive(Debug, Tap)]
#[tap("called")]
pub(crate) enum Called {
    Coming { number: i64 },
    GivesUp { number: i64 },
}

/// A chat that is ours.
pub(crate) type Ours<'a> = Context<'a, Active>;

impl<H: OneChat> Argument<H> for Visit {
    fn read<'a>(cx: &'a mut Context<'_, H>) -> BoxFuture<'a, Result<Self, ModuleError>> {
        Box::pin(async { Self::of(cx) })
    }
}

impl Visit {
    pub(crate) fn of<H: OneChat>(cx: &Context<'_, H>) -> Result<Self, ModuleError> {
        Ok(Self {
            guest: cx.state()?,
            shop: cx.settings()?,
            chat: cx.chat().clone(),
        })
    }

    pub(crate) fn texts(&self) -> Texts {
        self.guest.language.unwrap_or(self.shop.language).texts()
    }

    /// They speak the language of the words that they use.
    pub(crate) fn hear(&mut self, said: &TextMessage) {
        self.guest.language = Language::said(said).or(self.guest.language);
    }

    pub(crate) fn keep<H: InChat>(&self, cx: &mut Context<'_, H>) -> Handled {
        cx.set_state(&self.guest)
    }

    /// Keeps what is known, and answers with what can be said next.
    pub(crate) fn say(&self, cx: &mut Ours<'_>, text: impl Into<String>) -> Handled {
        self.keep(cx)?;
        cx.reply(&[self.text(text)])
    }

    pub(crate) fn text(&self, text: impl Into<String>) -> Text {
        let texts = self.texts();
        let labels = match self.guest.ticket {
            None => vec![texts.take_label()],
            Some(_) => vec![texts.ticket_label(), texts.give_up_label()],
        };
        let labels = labels.into_iter().chain([texts.staff_label()]);
        let say = |label: String| QuickReply::message(label.clone(), label);
        Text::new(text).quick_replies(labels.map(say))
    }

    /// Their ticket, if it is open.
    pub(crate) async fn ticket<H>(
        &self,
        cx: &Context<'_, H>,
    ) -> Result<Option<Row<Ticket>>, ModuleError> {
        match self.guest.ticket {
            Some(number) => list::ticket(cx, number, &self.chat).await,
            None => Ok(None),
        }
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
    let greeting = match profile {
        Some(profile) => visit.texts().greeting_name(profile.display_name),
        None => visit.texts().greeting(),
    };
    visit.say(cx, greeting)
}

/// "My ticket".
pub(crate) async fn show_ticket(
    cx: &mut Ours<'_>,
    said: &TextMessage,
    mut visit: Visit,
) -> Handled {
    visit.hear(said);
    let texts = visit.texts();
    let Some(ticket) = visit.ticket(cx).await?.map(|row| row.value) else {
        return visit.say(cx, texts.no_ticket());
    };
    let (number, what) = (ticket.number, What::Called);
    if let Some(again) = news::message(cx, &News { what, ticket }, &visit).await? {
        visit.keep(cx)?;
        return cx.reply(&[again]);
    }
    let waiting = list::waiting(cx).await?;
    let ahead = waiting.iter().filter(|row| row.value.number < number);
    let shown = texts.ticket_shown(number, ahead.count());
    visit.say(cx, shown)
}

/// "Give up".
pub(crate) async fn give_up(cx: &mut Ours<'_>, said: &TextMessage, mut visit: Visit) -> Handled {
    visit.hear(said);
    leave(cx, visit).await
}

async fn leave(cx: &mut Ours<'_>, mut visit: Visit) -> Handled {
    let Some(row) = visit.ticket(cx).await? else {
        return visit.say(cx, visit.texts().no_ticket());
    };
    let number = row.value.number;
    list::end(cx, row, What::StaffGivenUp).await?;
    cx.cancel_timer(news::CALLED)?;
    visit.guest.ticket = None;
    visit.say(cx, visit.texts().gave_up(number))
}

/// They come, or do not, and the ticket has done its work. The message that is tapped may be of
/// another day.
pub(crate) async fn answer_call(cx: &mut Ours<'_>, tap: &Called, mut visit: Visit) -> Handled {
    let (Called::Coming { number } | Called::GivesUp { number }) = *tap;
    let row = visit.ticket(cx).await?;
    let is_called = |row: &Row<Ticket>| row.value.number == number && row.value.called.is_some();
    let Some(row) = row.filter(is_called) else {
        return visit.say(cx, visit.texts().too_late());
    };
    if matches!(tap, Called::GivesUp { .. }) {
        return leave(cx, visit).await;
    }
    news::tell_staff(cx, What::StaffComing, row.value.clone()).await?;
    cx.delete(row);
    cx.cancel_timer(news::CALLED)?;
    visit.guest.ticket = None;
    visit.say(cx, visit.texts().welcome(number))
}

/// They have not come in time, whoever has the chat.
pub(crate) async fn miss<H: OneChat>(
    cx: &mut Context<'_, H>,
    number: &i64,
    visit: Visit,
) -> Handled {
    let Some(row) = list::ticket(cx, *number, &visit.chat).await? else {
        return Ok(());
    };
    news::send(cx, What::Missed, &row.value)?;
    list::end(cx, row, What::StaffMissed).await
}

/// They send their place: is it near enough to wait there?
pub(crate) async fn tell_distance(
    cx: &mut Ours<'_>,
    sent: &LocationMessage,
    visit: Visit,
) -> Handled {
    let here = Place::new(sent.location.latitude, sent.location.longitude);
    let Some((here, shop)) = here.zip(visit.shop.place) else {
        return Ok(());
    };
    let metres = here.metres_to(shop);
    match metres > visit.shop.metres {
        true => visit.say(cx, visit.texts().far((metres / A_MINUTE).ceil())),
        false => visit.say(cx, visit.texts().near()),
    }
}
