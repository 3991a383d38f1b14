//! The lifecycle of an Official Account with us: attached, to be detached or not
//! attached; suspended or not; paused or entitled, by our own word; and what of it was reported
//! to the module. Registers again: the newest of each kind is kept, in any order.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{
    Entitled, Entitlement, Event, EventKind, Pause, Scope, Scopes, Silence, Timestamp,
};

/// How long a refusal by LINE counts against a scope.
const DENIAL: Duration = Duration::from_secs(3600);

/// The registers of one Official Account. Times are LINE's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotState {
    /// The newest attach known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attached_at: Option<Timestamp>,
    /// Since when it is to be detached, by us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detaching_at: Option<Timestamp>,
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
    /// The attach that reported the scopes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes_of: Option<Timestamp>,
    /// When a walk over LINE's list began that did not find it: the reconciler's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_since: Option<Timestamp>,
    /// When what ended attachments had left behind was erased last, by our clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
    /// The newest detach whose data is being erased, or was: the rows of events before it may be
    /// gone, also where the account was attached again meanwhile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_detach: Option<Timestamp>,
    /// When LINE last refused a call for want of a scope.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    denied: BTreeMap<Scope, Timestamp>,
    /// The newest attach that was reported to the module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reported_attach: Option<Timestamp>,
    /// The scopes that were reported to the module, and the attach they are from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reported_scopes: Option<(Timestamp, Scopes)>,
    /// The newest detach that was reported to the module.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reported_detach: Option<Timestamp>,
    /// An operator's pause of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// An operator's pause of the whole channel, as whoever judges knows it: it is kept in a
    /// row of its own, and never in the account's.
    #[serde(skip)]
    pub channel_pause: Option<Pause>,
    /// The newest word of the company's billing; none if it has said nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entitled: Option<Entitled>,
}

/// What the newest entry of the attachment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attachment {
    /// The module channel is attached. An account of which neither attach nor
    /// detach is known counts as attached too: LINE sends its events.
    Attached,
    /// It is to be detached, since this mark. Nothing is sent any more.
    Detaching(Timestamp),
    /// It is not attached, since this moment.
    Detached(Timestamp),
}

/// A change in an account's lifecycle, which is reported to the module once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifecycleChange {
    /// It was attached at this moment.
    Attached(Timestamp),
    /// Its admin allowed something else than before, at this moment.
    Scopes(Timestamp),
    /// It was detached at this moment.
    Detached(Timestamp),
}

impl BotState {
    /// Takes in one event of the account.
    pub fn fold(&mut self, event: &Event) {
        match &event.kind {
            EventKind::Attached { scopes, .. } => self.attach(event.at, scopes),
            EventKind::Detached { .. } => self.detach(event.at),
            EventKind::Suspended => keep_newest(&mut self.suspended_at, event.at),
            EventKind::Resumed => keep_newest(&mut self.resumed_at, event.at),
            EventKind::Entitlement(said) => self.entitle(*said, event.at),
            _ => {}
        }
    }

    /// An attach at `at`. Known scopes beat unknown ones of the same epoch.
    pub fn attach(&mut self, at: Timestamp, scopes: &Scopes) {
        keep_newest(&mut self.attached_at, at);
        let is_known = *scopes != Scopes::Unknown;
        if is_known && (self.scopes_of, &self.scopes) < (Some(at), scopes) {
            self.scopes = scopes.clone();
            self.scopes_of = Some(at);
        }
    }

    /// Marks the account as to be detached, by our clock; gives the mark. One that
    /// is marked or detached already stays as it is, and one that was attached a
    /// moment ago, by LINE's clock, is marked all the same.
    pub fn begin_detach(&mut self, now: Timestamp) -> Option<Timestamp> {
        match self.attachment() {
            Attachment::Detaching(mark) => return Some(mark),
            Attachment::Detached(_) => return None,
            Attachment::Attached => {}
        }
        let after_attach = self.epoch().plus(Duration::from_millis(1));
        self.detaching_at = Some(now.max(after_attach));
        self.detaching_at
    }

    /// A detach at `at`.
    pub fn detach(&mut self, at: Timestamp) {
        keep_newest(&mut self.detached_at, at);
    }

    /// What the newest entry says. At equal times the one that silences.
    pub fn attachment(&self) -> Attachment {
        let ended = self.detached_at.filter(|at| Some(*at) >= self.attached_at);
        let marked = self.detaching_at.filter(|at| Some(*at) > self.attached_at);
        match (ended, marked) {
            (ended, Some(mark)) if Some(mark) > ended => Attachment::Detaching(mark),
            (Some(at), _) => Attachment::Detached(at),
            _ => Attachment::Attached,
        }
    }

    /// Whether the module channel is attached, and is not to be detached.
    pub fn is_attached(&self) -> bool {
        self.attachment() == Attachment::Attached
    }

    /// Whether it is attached since before `at`, as far as is known. Its newest attach may be
    /// a later one: an admin may link an attached account again.
    pub fn was_attached_before(&self, at: Timestamp) -> bool {
        let end = self.detached_at.max(self.detaching_at);
        let attaches = [self.attached_at, self.reported_attach];
        let is_older = |it: Timestamp| Some(it) > end && it < at;
        self.is_attached() && attaches.into_iter().flatten().any(is_older)
    }

    /// Whether the account is suspended. An attach newer than the suspension
    /// ends it.
    pub fn is_suspended(&self) -> bool {
        self.suspended_at > self.resumed_at && self.suspended_at >= self.attached_at
    }

    /// The company's billing says at `at` whether the account may be served.
    pub fn entitle(&mut self, said: Entitlement, at: Timestamp) {
        self.entitled = Some(Entitled::after(self.entitled, said, at));
    }

    /// What the company's billing has said last.
    pub fn entitlement(&self) -> Entitlement {
        self.entitled.map(Entitled::entitlement).unwrap_or_default()
    }

    /// Since when the account has not been entitled, if it is not at `now`.
    pub fn lapsed_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.entitled?.lapsed_at(now)
    }

    /// The pause that holds: the account's own word goes before the channel's.
    pub fn pause(&self) -> Option<&Pause> {
        self.pause.as_ref().or(self.channel_pause.as_ref())
    }

    /// Why the account's events are not given to the module at `now`, by an operator's word or
    /// by billing's, if so.
    pub fn withheld(&self, now: Timestamp) -> Option<Silence> {
        if self.pause().is_some() {
            return Some(Silence::Paused);
        }
        self.lapsed_at(now).map(|_| Silence::NotEntitled)
    }

    /// What the admin granted with today's attachment, as far as it is known.
    pub fn scopes(&self) -> &Scopes {
        let of_present = self.scopes_of > self.detached_at;
        if of_present {
            &self.scopes
        } else {
            &Scopes::Unknown
        }
    }

    /// LINE refused a call at `at` for want of `scope`, whatever was granted.
    pub fn deny(&mut self, scope: &str, at: Timestamp) {
        let denied = self.denied.entry(Scope::new(scope)).or_insert(at);
        *denied = (*denied).max(at);
    }

    /// The scopes that LINE has refused a call for, with the newest time of each. They say
    /// nothing of today where the account was attached or resumed since.
    pub fn denied(&self) -> impl Iterator<Item = (&Scope, Timestamp)> {
        self.denied.iter().map(|(scope, at)| (scope, *at))
    }

    /// The newest attach and the newest detach that were reported to the module.
    pub fn reported(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        (self.reported_attach, self.reported_detach)
    }

    /// Whether a call that needs `scope` is worth trying at `now`: it may be
    /// granted, and LINE has not refused it within the hour since the attach, or
    /// since a suspension ended, which LINE refuses in the same way.
    pub fn may(&self, scope: &str, now: Timestamp) -> bool {
        let denied = self.denied.get(&Scope::new(scope)).copied();
        let start = self.attached_at.max(self.resumed_at);
        let denied = denied.filter(|at| Some(*at) > start);
        self.scopes().may(scope) && denied.is_none_or(|at| now >= at.plus(DENIAL))
    }

    /// Whether anything may be done for this account at `now` that needs `scope`.
    ///
    /// # Errors
    /// The [`Silence`] that forbids it.
    pub fn may_act(&self, scope: &str, now: Timestamp) -> Result<(), Silence> {
        match self.may_act_unentitled(scope, now) {
            Ok(()) | Err(Silence::ScopeMissing) if self.lapsed_at(now).is_some() => {
                Err(Silence::NotEntitled)
            }
            may => may,
        }
    }

    /// The same, whether the account is entitled or not.
    ///
    /// # Errors
    /// The [`Silence`] that forbids it.
    pub fn may_act_unentitled(&self, scope: &str, now: Timestamp) -> Result<(), Silence> {
        if !self.is_attached() {
            return Err(Silence::NotAttached);
        }
        if self.is_suspended() {
            return Err(Silence::Suspended);
        }
        if self.pause().is_some() {
            return Err(Silence::Paused);
        }
        match self.may(scope, now) {
            true => Ok(()),
            false => Err(Silence::ScopeMissing),
        }
    }

    /// The change that was not reported to the module yet. Callback, event and
    /// reconciler may tell of one attach with different times: between two
    /// detaches there is one to hear of, and likewise between two attaches.
    pub fn unreported(&self) -> Option<LifecycleChange> {
        match (self.attachment(), self.attached_at) {
            (Attachment::Attached, Some(at)) if self.reported_attach <= self.detached_at => {
                Some(LifecycleChange::Attached(at))
            }
            // One that was reported at the time of the newest attach is this one: a detach
            // silences an attach of its own millisecond.
            (Attachment::Detached(at), _)
                if self.reported_detach.is_none() || self.reported_detach < self.attached_at =>
            {
                Some(LifecycleChange::Detached(at))
            }
            (Attachment::Attached, Some(_)) => {
                self.unreported_scopes().map(LifecycleChange::Scopes)
            }
            _ => None,
        }
    }

    /// When the scopes changed, if they are not those reported to the module.
    fn unreported_scopes(&self) -> Option<Timestamp> {
        let of_present = self.scopes_of.filter(|at| Some(*at) > self.detached_at)?;
        let reported = self
            .reported_scopes
            .as_ref()
            .filter(|(at, _)| Some(*at) > self.detached_at);
        let is_news = reported.is_none_or(|(_, scopes)| *scopes != self.scopes);
        is_news.then_some(of_present)
    }

    /// It was reported to the module; with an attach, the scopes as they are known.
    pub fn mark_reported(&mut self, change: LifecycleChange) {
        match change {
            LifecycleChange::Attached(at) => keep_newest(&mut self.reported_attach, at),
            LifecycleChange::Scopes(_) => {}
            LifecycleChange::Detached(at) => return keep_newest(&mut self.reported_detach, at),
        }
        if let Some(at) = self.scopes_of {
            let reported = Some((at, self.scopes.clone()));
            self.reported_scopes = self.reported_scopes.take().max(reported);
        }
    }

    /// The detach whose data is to be erased at `now`, if there is one: `grace` after it, and
    /// again as long after each erase, of what was recorded of the account since.
    pub fn to_erase(&self, now: Timestamp, grace: Duration) -> Option<Timestamp> {
        let Attachment::Detached(at) = self.attachment() else {
            return None;
        };
        let since = self.erased_at.map_or(at, |erased| erased.max(at));
        (now.since(since) >= grace).then_some(at)
    }

    /// The time of the newest attach known, which dates every row written now.
    pub fn epoch(&self) -> Timestamp {
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

    const SEND: &str = Scope::MESSAGE_SEND;

    fn may_send(bot: &BotState) -> Result<(), Silence> {
        bot.may_act(SEND, Timestamp(100))
    }

    #[test]
    fn an_attach_that_arrives_late_does_not_undo_a_newer_detach() {
        let mut bot = BotState::default();
        bot.detach(Timestamp(20));
        bot.attach(Timestamp(10), &Scopes::from_words("message:send"));
        assert_eq!(may_send(&bot), Err(Silence::NotAttached));
        bot.attach(Timestamp(30), &Scopes::Unknown);
        assert!(bot.is_attached());
    }

    #[test]
    fn an_account_to_be_detached_is_silent_until_it_is_attached_again() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(10), &Scopes::Unknown);
        // LINE's clock is ahead of ours: the mark is newer all the same.
        assert_eq!(bot.begin_detach(Timestamp(5)), Some(Timestamp(11)));
        assert_eq!(bot.begin_detach(Timestamp(50)), Some(Timestamp(11)));
        assert_eq!(may_send(&bot), Err(Silence::NotAttached));
        bot.detach(Timestamp(11));
        assert_eq!(bot.attachment(), Attachment::Detached(Timestamp(11)));
        assert_eq!(bot.begin_detach(Timestamp(60)), None);
        bot.attach(Timestamp(70), &Scopes::Unknown);
        assert_eq!(may_send(&bot), Ok(()));
    }

    #[test]
    fn data_ends_a_while_after_the_detach_if_the_account_is_not_back() {
        let mut bot = BotState::default();
        let grace = Duration::from_millis(30);
        assert_eq!(bot.to_erase(Timestamp(1_000), grace), None);
        bot.attach(Timestamp(10), &Scopes::Unknown);
        assert_eq!(bot.to_erase(Timestamp(1_000), grace), None);
        bot.detach(Timestamp(20));
        assert_eq!(bot.to_erase(Timestamp(49), grace), None);
        assert_eq!(bot.to_erase(Timestamp(50), grace), Some(Timestamp(20)));
        bot.erased_at = Some(Timestamp(60));
        assert_eq!(bot.to_erase(Timestamp(89), grace), None);
        assert_eq!(bot.to_erase(Timestamp(90), grace), Some(Timestamp(20)));
        bot.attach(Timestamp(95), &Scopes::Unknown);
        assert_eq!(bot.to_erase(Timestamp(1_000), grace), None);
    }

    #[test]
    fn an_attach_of_the_moment_of_the_mark_counts() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(10), &Scopes::Unknown);
        bot.begin_detach(Timestamp(20));
        bot.attach(Timestamp(20), &Scopes::Unknown);
        assert!(bot.is_attached());
    }

    #[test]
    fn an_account_that_is_linked_again_was_attached_before() {
        let mut bot = BotState::default();
        assert!(!bot.was_attached_before(Timestamp(15)));
        bot.attach(Timestamp(10), &Scopes::Unknown);
        assert!(!bot.was_attached_before(Timestamp(10)));
        assert!(bot.was_attached_before(Timestamp(15)));
        bot.mark_reported(LifecycleChange::Attached(Timestamp(10)));
        bot.attach(Timestamp(20), &Scopes::Unknown);
        assert!(bot.was_attached_before(Timestamp(15)));
        bot.begin_detach(Timestamp(30));
        assert!(!bot.was_attached_before(Timestamp(40)));
        bot.attach(Timestamp(50), &Scopes::Unknown);
        assert!(!bot.was_attached_before(Timestamp(40)));
        assert!(bot.was_attached_before(Timestamp(60)));
    }

    #[test]
    fn a_suspension_silences_until_resumed_or_attached_again() {
        let mut bot = BotState {
            suspended_at: Some(Timestamp(5)),
            ..BotState::default()
        };
        assert_eq!(may_send(&bot), Err(Silence::Suspended));
        bot.attach(Timestamp(6), &Scopes::Unknown);
        assert_eq!(may_send(&bot), Ok(()));
    }

    #[test]
    fn known_scopes_beat_unknown_ones_of_the_same_attach() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(5), &Scopes::from_words("profile:read"));
        bot.attach(Timestamp(5), &Scopes::Unknown);
        assert_eq!(may_send(&bot), Err(Silence::ScopeMissing));
    }

    #[test]
    fn more_scopes_for_an_attached_account_are_taken_in_and_heard_once() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(5), &Scopes::from_words("profile:read"));
        bot.mark_reported(LifecycleChange::Attached(Timestamp(5)));
        bot.attach(
            Timestamp(9),
            &Scopes::from_words("profile:read message:send"),
        );
        assert_eq!(may_send(&bot), Ok(()));
        assert_eq!(
            bot.unreported(),
            Some(LifecycleChange::Scopes(Timestamp(9)))
        );
        bot.mark_reported(LifecycleChange::Scopes(Timestamp(9)));
        assert_eq!(bot.unreported(), None);
        // The callback and the event tell of one consent with different times.
        bot.attach(
            Timestamp(10),
            &Scopes::from_words("profile:read message:send"),
        );
        assert_eq!(bot.unreported(), None);
    }

    #[test]
    fn scopes_that_become_known_after_the_attach_was_heard_are_heard_too() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(5), &Scopes::Unknown); // by the reconciler
        bot.mark_reported(LifecycleChange::Attached(Timestamp(5)));
        assert_eq!(bot.unreported(), None);
        bot.attach(Timestamp(6), &Scopes::from_words("message:send"));
        assert_eq!(
            bot.unreported(),
            Some(LifecycleChange::Scopes(Timestamp(6)))
        );
    }

    #[test]
    fn what_was_heard_of_an_ended_attachments_scopes_says_nothing_of_the_new_one() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(5), &Scopes::from_words("message:send"));
        bot.mark_reported(LifecycleChange::Attached(Timestamp(5)));
        bot.detach(Timestamp(5));
        bot.attach(Timestamp(7), &Scopes::Unknown); // by the reconciler
        bot.mark_reported(LifecycleChange::Attached(Timestamp(7)));
        bot.attach(Timestamp(8), &Scopes::from_words("message:send"));
        assert_eq!(
            bot.unreported(),
            Some(LifecycleChange::Scopes(Timestamp(8)))
        );
    }

    #[test]
    fn scopes_of_an_ended_attachment_say_nothing_of_the_new_one() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(5), &Scopes::from_words("profile:read"));
        bot.detach(Timestamp(6));
        bot.attach(Timestamp(7), &Scopes::Unknown);
        assert_eq!(bot.scopes(), &Scopes::Unknown);
        assert_eq!(may_send(&bot), Ok(()));
    }

    #[test]
    fn a_refusal_counts_against_a_scope_for_an_hour_or_until_the_next_attach() {
        let hour = 3_600_000;
        let mut bot = BotState::default();
        bot.attach(Timestamp(5), &Scopes::Unknown);
        bot.deny(SEND, Timestamp(10));
        bot.deny(SEND, Timestamp(8));
        assert!(!bot.may(SEND, Timestamp(9 + hour)));
        assert!(bot.may(Scope::PROFILE_READ, Timestamp(9)));
        assert!(bot.may(SEND, Timestamp(10 + hour)));
        bot.deny(SEND, Timestamp(20));
        bot.attach(Timestamp(20), &Scopes::Unknown);
        assert!(bot.may(SEND, Timestamp(21)));
    }

    #[test]
    fn what_was_refused_in_a_suspension_is_tried_again_after_it() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(5), &Scopes::Unknown);
        bot.deny(SEND, Timestamp(10));
        bot.suspended_at = Some(Timestamp(9));
        bot.resumed_at = Some(Timestamp(12));
        assert!(bot.may(SEND, Timestamp(13)));
    }

    #[test]
    fn each_change_is_reported_once_however_often_and_late_it_arrives() {
        let mut bot = BotState::default();
        assert_eq!(bot.unreported(), None);
        bot.attach(Timestamp(10), &Scopes::Unknown); // by the event
        bot.mark_reported(LifecycleChange::Attached(Timestamp(10)));
        bot.attach(Timestamp(12), &Scopes::Unknown); // by the callback
        assert_eq!(bot.unreported(), None);
        bot.detach(Timestamp(20));
        assert_eq!(
            bot.unreported(),
            Some(LifecycleChange::Detached(Timestamp(20)))
        );
        bot.mark_reported(LifecycleChange::Detached(Timestamp(20)));
        bot.detach(Timestamp(21));
        assert_eq!(bot.unreported(), None);
        bot.attach(Timestamp(30), &Scopes::Unknown);
        assert_eq!(
            bot.unreported(),
            Some(LifecycleChange::Attached(Timestamp(30)))
        );
    }

    #[test]
    fn an_attach_and_a_detach_of_one_millisecond_are_one_change_to_be_reported() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(10), &Scopes::Unknown);
        bot.mark_reported(LifecycleChange::Attached(Timestamp(10)));
        bot.detach(Timestamp(10));
        assert_eq!(
            bot.unreported(),
            Some(LifecycleChange::Detached(Timestamp(10)))
        );
        bot.mark_reported(LifecycleChange::Detached(Timestamp(10)));
        assert_eq!(bot.unreported(), None);
        bot.attach(Timestamp(11), &Scopes::Unknown);
        assert_eq!(
            bot.unreported(),
            Some(LifecycleChange::Attached(Timestamp(11)))
        );
    }

    #[test]
    fn an_account_that_is_to_be_detached_has_nothing_to_be_reported() {
        let mut bot = BotState::default();
        bot.attach(Timestamp(10), &Scopes::Unknown);
        bot.begin_detach(Timestamp(11));
        assert_eq!(bot.unreported(), None);
    }

    #[derive(Debug, Clone)]
    enum Update {
        Attach(i64, &'static str),
        Detach(i64),
        Suspend(i64),
        Resume(i64),
        Deny(i64),
        Report(LifecycleChange),
    }

    fn update() -> impl Strategy<Value = Update> {
        prop_oneof![
            (
                0..6_i64,
                prop_oneof![
                    Just(""),
                    Just("message:send"),
                    Just("message:send profile:read")
                ]
            )
                .prop_map(|(at, scopes)| Update::Attach(at, scopes)),
            (0..6_i64).prop_map(Update::Detach),
            (0..6_i64).prop_map(Update::Suspend),
            (0..6_i64).prop_map(Update::Resume),
            (0..6_i64).prop_map(Update::Deny),
            (0..6_i64).prop_map(|at| Update::Report(LifecycleChange::Attached(Timestamp(at)))),
            (0..6_i64).prop_map(|at| Update::Report(LifecycleChange::Detached(Timestamp(at)))),
        ]
    }

    fn after(all: &[Update]) -> BotState {
        let mut bot = BotState::default();
        for update in all {
            match *update {
                Update::Attach(at, "") => bot.attach(Timestamp(at), &Scopes::Unknown),
                Update::Attach(at, words) => bot.attach(Timestamp(at), &Scopes::from_words(words)),
                Update::Detach(at) => bot.detach(Timestamp(at)),
                Update::Suspend(at) => keep_newest(&mut bot.suspended_at, Timestamp(at)),
                Update::Resume(at) => keep_newest(&mut bot.resumed_at, Timestamp(at)),
                Update::Deny(at) => bot.deny(SEND, Timestamp(at)),
                Update::Report(change) => bot.mark_reported(change),
            }
        }
        bot
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            (all, shuffled) in proptest::collection::vec(update(), 0..10).prop_flat_map(|all| {
                let twice: Vec<_> = all.iter().chain(&all).cloned().collect();
                (Just(all), Just(twice).prop_shuffle())
            })
        ) {
            // Which scopes were reported depends on when, as it should.
            let unreported = |bot: BotState| BotState { reported_scopes: None, ..bot };
            prop_assert_eq!(unreported(after(&all)), unreported(after(&shuffled)));
        }

        #[test]
        fn what_is_heard_is_not_to_be_heard_again(all in proptest::collection::vec(update(), 0..10)) {
            let mut bot = after(&all);
            // An attach, and then its scopes.
            for _ in 0..2 {
                if let Some(change) = bot.unreported() {
                    bot.mark_reported(change);
                }
            }
            prop_assert_eq!(bot.unreported(), None);
        }
    }
}
