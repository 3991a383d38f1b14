//! A person answers: the last word before that, and the first after it.

use line_module::{Handled, QuickReply, Text, TextMessage};

use crate::guest::{Ours, Visit};

/// "Ask staff".
pub(crate) async fn last_word(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    let back = QuickReply::say(visit.texts().back_label());
    let word = Text::new(visit.texts().staff_answer());
    visit.reply(cx, word.quick_replies([back]))
}

/// "Back to reservations": the chat is ours, since then or anyway.
pub(crate) async fn welcome(cx: &mut Ours<'_>, _: &TextMessage, visit: Visit) -> Handled {
    let word = visit.text(cx, visit.texts().back_with_us());
    if cx.can_reply() {
        return visit.reply(cx, word);
    }
    visit.keep(cx)?;
    cx.push(&[word])
}
