//! Active users, without a list of them: a chat's row has the newest event of its user, and where
//! that moves into another month, the user is one more of that month.

use crate::domain::usage::{Counts, Month};
use crate::domain::{ChatKind, ChatState, Timestamp};

/// One more active user, and when, if by this change of its registers the newest event of a chat
/// with one user is of a later month than the one before. Groups and rooms have no users of ours.
pub fn of_chat(
    chat: ChatKind,
    old: Option<&ChatState>,
    new: &ChatState,
) -> Option<(Timestamp, Counts)> {
    let newest = |state: &ChatState| state.mode.as_ref().map(|entry| entry.at);
    let at = newest(new).filter(|_| chat == ChatKind::User)?;
    let before = old.and_then(newest);
    let is_more = before.is_none_or(|before| Month::of(before) < Month::of(at));
    let counts = Counts {
        active_users: 1,
        ..Counts::default()
    };
    is_more.then_some((at, counts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chat::Entry;
    use crate::domain::{EventId, Mode};

    fn heard(at: Timestamp) -> ChatState {
        ChatState {
            mode: Some(Entry {
                at,
                by: EventId::new("an-event").unwrap(),
                value: Mode::Active,
            }),
            ..ChatState::default()
        }
    }

    #[test]
    fn a_user_is_active_once_in_each_month() {
        let november: Month = "2026-11".parse().unwrap();
        let (first, last) = (november.start(), Timestamp(november.end().0 - 1));
        let is_more = |old: Option<Timestamp>, new: Timestamp| {
            let old = old.map(heard);
            of_chat(ChatKind::User, old.as_ref(), &heard(new)).is_some()
        };
        assert!(is_more(None, first));
        assert!(!is_more(Some(first), last));
        assert!(is_more(Some(last), november.end()));
        assert!(!is_more(Some(november.end()), november.end()));
    }

    #[test]
    fn groups_and_chats_that_say_nothing_of_a_user_do_not_count() {
        let new = heard(Timestamp(1));
        assert_eq!(of_chat(ChatKind::Group, None, &new), None);
        assert_eq!(of_chat(ChatKind::User, None, &ChatState::default()), None);
    }
}
