//! Staff: their group, from which they call, and a guest's chat that they take over.

use line_module::{Handled, QuickReply, Tap as _, Text, TextMessage};

use crate::guest::{Ours, Visit};
use crate::list::{self, Free, Seating};

/// The row that says which chat is the staff's.
pub(crate) const GROUP: &str = "staff";

/// The group in which the restaurant's own word is written is the staff's from now on.
pub(crate) async fn name_group(cx: &mut Ours<'_>, said: &TextMessage, mut visit: Visit) -> Handled {
    let word = visit.shop.staff_word.as_str();
    if word.is_empty() || said.text.trim() != word {
        return Ok(());
    }
    let chat = cx.chat().clone();
    cx.put(GROUP, &chat).await?;
    visit.guest.is_staff = true;
    cx.set_state(&visit.guest)?;
    let texts = visit.texts();
    let next = QuickReply::say(texts.next_label());
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
pub(crate) async fn last_word(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    cx.set_state(&visit.guest)?;
    let back = QuickReply::say(visit.texts().return_label());
    cx.reply(&[Text::new(visit.texts().staff()).quick_replies([back])])
}

/// The guest has asked for us, and the chat is ours.
pub(crate) async fn welcome(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    cx.set_state(&visit.guest)?;
    cx.push(&[visit.text(visit.texts().back())])
}
