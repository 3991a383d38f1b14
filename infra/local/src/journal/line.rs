//! A line that `cargo dev` prints, for a person.

use emulator::{Emulator, Note};
use shared::store::LedgerKey;

/// An id is shown by this many of its first characters.
const SHORT: usize = 8;

/// `14:05:09 FAILED さくら美容室 · chat U4af4980… · timer “remind” · no stock (attempt 1 of 5). Tried again at … [event …]`
pub(super) fn of(line: &Emulator, key: &LedgerKey, note: &Note) -> String {
    let account = line.account_name(key.bot.as_str());
    let account = account.unwrap_or_else(|| short(key.bot.as_str()));
    let place = match &key.chat {
        Some(chat) => format!("chat {}", short(chat.as_str())),
        None => "the account".to_owned(),
    };
    let word = note.kind.word().to_uppercase();
    let (about, event) = (&note.about, &note.event);
    let reason = note.reason.trim_end_matches('.');
    let time = line.time_of_day(key.bot.as_str(), note.at);
    let told = format!(
        "{time} {word} {account} · {place} · {about} · {reason}. {}",
        note.next
    );
    // Whole, for `modctl why`.
    format!("{} [event {event}]", told.trim_end()).replace('\n', " ")
}

fn short(id: &str) -> String {
    match id.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", &id[..end]),
        None => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use emulator::{NoteKind, Settings};
    use shared::domain::{BotId, ChatId, EventId};

    use super::*;

    #[tokio::test]
    async fn a_line_names_account_chat_event_and_reason() {
        let line = Emulator::new(Settings::default()).unwrap();
        let key = LedgerKey {
            bot: BotId::new("U7c1f0a52d9b84e63a1c5f28e904b6d31").unwrap(),
            chat: Some(ChatId::new("U4af4980629f1").unwrap()),
            event: EventId::new("01HXABCDEFGH").unwrap(),
        };
        let note = Note {
            number: 1,
            event: "01HXABCDEFGH".into(),
            of_chat: true,
            kind: NoteKind::Failed,
            about: "timer “remind”".into(),
            reason: "no stock\nat all".into(),
            next: "Tried again at 10:00:04.".into(),
            at: 0,
        };
        let told = of(&line, &key, &note);
        let end = " FAILED さくら美容室 · chat U4af4980… · timer “remind” · no stock at all. \
                   Tried again at 10:00:04. [event 01HXABCDEFGH]";
        assert!(told.ends_with(end), "{told}");
    }
}
