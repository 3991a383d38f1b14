//! Staff: their group, from which they call, and a guest's chat that they take over.

use std::time::Duration;

use line_module::{
    Chat, Context, ControlGained, Handled, QuickReply, Standby, Tap as _, Text, TextMessage,
};

use crate::guest::{Ours, Visit};
use crate::list::{self, Free, Seating};
use crate::news;

/// The row that says which chat is the staff's.
pub(crate) const GROUP: &str = "staff";
/// How long we hold a chat that a guest has asked us back into.
const OUR_TURN: Duration = Duration::from_secs(3600);

/// The group in which the restaurant's own word is written is the staff's from now on.
pub(crate) async fn name_group(cx: &mut Ours<'_>, said: &TextMessage, mut visit: Visit) -> Handled {
    let word = visit.shop.staff_word.as_str();
    if word.is_empty() || said.text.trim() != word {
        return Ok(());
    }
    match cx.row::<Chat>(GROUP).await? {
        Some(row) => cx.replace(row, &visit.chat)?,
        None => cx.create(GROUP, &visit.chat)?,
    }
    visit.guest.is_staff = true;
    visit.keep(cx)?;
    let texts = visit.texts();
    let next = QuickReply::message(texts.next_label(), texts.next_label());
    cx.reply(&[Text::new(texts.group_named()).quick_replies([next])])
}

/// "Next": which place is free?
pub(crate) async fn what_is_free(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    let (texts, counter) = (visit.texts(), visit.shop.counter);
    let free = |seating, seats, label| Free { seating, seats }.quick_reply(label);
    let table = |&seats: &u32| free(Seating::Table, seats, texts.seats_label(seats));
    let counter = (counter > 0).then(|| free(Seating::Counter, counter, texts.counter_label()));
    let places = visit.shop.tables.iter().map(table).chain(counter);
    cx.reply(&[Text::new(texts.what_is_free()).quick_replies(places)])
}

/// This one.
pub(crate) async fn call_next(cx: &mut Ours<'_>, free: &Free, visit: Visit) -> Handled {
    let texts = visit.texts();
    let answer = match list::call(cx, *free).await? {
        Some(it) => texts.staff_called(it.number, it.name, it.people),
        None => texts.nobody_fits(),
    };
    cx.reply(&[Text::new(answer)])
}

/// The last word before staff answer a guest.
pub(crate) async fn hand_over(cx: &mut Ours<'_>, said: &TextMessage, mut visit: Visit) -> Handled {
    visit.hear(said);
    visit.keep(cx)?;
    let texts = visit.texts();
    let back = QuickReply::message(texts.return_label(), texts.return_label());
    cx.reply(&[Text::new(texts.staff()).quick_replies([back])])?;
    cx.release()
}

/// The guest asks for us: the chat is taken before we can answer.
pub(crate) async fn take_chat(
    cx: &mut Context<'_, Standby>,
    said: &TextMessage,
    mut visit: Visit,
) -> Handled {
    visit.hear(said);
    visit.guest.returns = true;
    visit.keep(cx)?;
    cx.acquire(Some(OUR_TURN))
}

/// The chat is ours. Only a guest who asked for that, or for whom there is news, gets a message.
pub(crate) async fn return_chat(cx: &mut Ours<'_>, _: &ControlGained, mut visit: Visit) -> Handled {
    let mut messages = Vec::new();
    if std::mem::take(&mut visit.guest.returns) {
        messages.push(visit.text(visit.texts().back()));
    }
    if let Some(news) = visit.guest.news.take() {
        messages.extend(news::message(cx, &news, &visit).await?);
    }
    visit.keep(cx)?;
    match messages.is_empty() {
        true => Ok(()),
        false => cx.push(&messages),
    }
}
