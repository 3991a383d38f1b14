//! The life of an Official Account with us: attached or not, suspended or not.
//! Registers again: the newest of each kind is kept, in any order.

use serde::{Deserialize, Serialize};

use crate::domain::{Event, EventKind, Scope, Scopes, Silence, Timestamp};

/// The registers of one Official Account. Times are LINE's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotState {
    /// The newest attach known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attached_at: Option<Timestamp>,
    /// The newest detach known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detached_at: Option<Timestamp>,
    /// The newest suspension known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_at: Option<Timestamp>,
    /// The newest return from a suspension known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumed_at: Option<Timestamp>,
    #[serde(default)]
    scopes: Scopes,
    /// The attach that told the scopes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes_of: Option<Timestamp>,
}

impl BotState {
    /// Takes in one event of the account.
    pub fn fold(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Attached { scopes, .. } => self.attach(event.at, scopes),
            EventKind::Detached { .. } => self.detach(event.at),
            EventKind::Suspended => keep_newest(&mut self.suspended_at, event.at),
            EventKind::Resumed => keep_newest(&mut self.resumed_at, event.at),
            _ => {}
        }
    }

    /// An attach at `at`. Known scopes beat unknown ones of the same life.
    pub fn attach(&mut self, at: Timestamp, scopes: &Scopes) {
        keep_newest(&mut self.attached_at, at);
        let told = *scopes != Scopes::Unknown;
        if told && (self.scopes_of, &self.scopes) < (Some(at), scopes) {
            self.scopes = scopes.clone();
            self.scopes_of = Some(at);
        }
    }

    /// What the admin granted with today's attachment, as far as it was told.
    pub fn scopes(&self) -> &Scopes {
        let of_present = self.scopes_of > self.detached_at;
        if of_present {
            &self.scopes
        } else {
            &Scopes::Unknown
        }
    }

    /// A detach at `at`.
    pub fn detach(&mut self, at: Timestamp) {
        keep_newest(&mut self.detached_at, at);
    }

    /// Whether the module channel is attached. An account of which no attach is
    /// known, but no detach either, is taken as attached: LINE sends its events.
    pub fn is_attached(&self) -> bool {
        self.detached_at.is_none() || self.attached_at > self.detached_at
    }

    /// Whether the account is suspended. An attach newer than the suspension
    /// ends it.
    pub fn is_suspended(&self) -> bool {
        self.suspended_at > self.resumed_at && self.suspended_at >= self.attached_at
    }

    /// Whether anything may be sent for this account.
    ///
    /// # Errors
    /// The [`Silence`] that forbids it.
    pub fn may_send(&self) -> Result<(), Silence> {
        if !self.is_attached() {
            return Err(Silence::NotAttached);
        }
        if self.is_suspended() {
            return Err(Silence::Suspended);
        }
        match self.scopes().may(Scope::MESSAGE_SEND) {
            true => Ok(()),
            false => Err(Silence::ScopeMissing),
        }
    }

    /// The time of the newest attach known, which dates every row written now.
    pub fn life(&self) -> Timestamp {
        self.attached_at.unwrap_or_default()
    }
}

fn keep_newest(register: &mut Option<Timestamp>, at: Timestamp) {
    *register = (*register).max(Some(at));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_attach_that_arrives_late_does_not_undo_a_newer_detach() {
        let mut bot = BotState::default();
        bot.detach(Timestamp(20));
        bot.attach(Timestamp(10), &Scopes::from_words("message:send"));
        assert_eq!(bot.may_send(), Err(Silence::NotAttached));
        bot.attach(Timestamp(30), &Scopes::Unknown);
        assert!(bot.is_attached());
    }

    #[test]
    fn a_suspension_silences_until_resumed_or_attached_anew() {
        let mut bot = BotState {
            suspended_at: Some(Timestamp(5)),
            ..BotState::default()
        };
        assert_eq!(bot.may_send(), Err(Silence::Suspended));
        bot.attach(Timestamp(6), &Scopes::Unknown);
        assert_eq!(bot.may_send(), Ok(()));
    }

    #[test]
    fn known_scopes_beat_unknown_ones_of_the_same_attach() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(5), &Scopes::from_words("profile:read"));
        bot.attach(Timestamp(5), &Scopes::Unknown);
        assert_eq!(bot.may_send(), Err(Silence::ScopeMissing));
    }

    #[test]
    fn scopes_of_an_ended_attachment_say_nothing_of_the_new_one() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(5), &Scopes::from_words("profile:read"));
        bot.detach(Timestamp(6));
        bot.attach(Timestamp(7), &Scopes::Unknown);
        assert_eq!(bot.scopes(), &Scopes::Unknown);
        assert_eq!(bot.may_send(), Ok(()));
    }

    #[derive(Debug, Clone)]
    enum Told {
        Attach(i64, &'static str),
        Detach(i64),
        Suspend(i64),
        Resume(i64),
    }

    fn told() -> impl Strategy<Value = Told> {
        prop_oneof![
            (
                0..6_i64,
                prop_oneof![
                    Just(""),
                    Just("message:send"),
                    Just("message:send profile:read")
                ]
            )
                .prop_map(|(at, scopes)| Told::Attach(at, scopes)),
            (0..6_i64).prop_map(Told::Detach),
            (0..6_i64).prop_map(Told::Suspend),
            (0..6_i64).prop_map(Told::Resume),
        ]
    }

    fn after(all: &[Told]) -> BotState {
        let mut bot = BotState::default();
        for told in all {
            match *told {
                Told::Attach(at, "") => bot.attach(Timestamp(at), &Scopes::Unknown),
                Told::Attach(at, words) => bot.attach(Timestamp(at), &Scopes::from_words(words)),
                Told::Detach(at) => bot.detach(Timestamp(at)),
                Told::Suspend(at) => keep_newest(&mut bot.suspended_at, Timestamp(at)),
                Told::Resume(at) => keep_newest(&mut bot.resumed_at, Timestamp(at)),
            }
        }
        bot
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            (all, shuffled) in proptest::collection::vec(told(), 0..10).prop_flat_map(|all| {
                let twice: Vec<_> = all.iter().chain(&all).cloned().collect();
                (Just(all), Just(twice).prop_shuffle())
            })
        ) {
            prop_assert_eq!(after(&all), after(&shuffled));
        }
    }
}
