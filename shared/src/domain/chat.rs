//! Who may speak in a chat: three registers, each keeping its newest entry, and
//! one pure function of them and of the time. Any order and any repetition of
//! the same events gives the same answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{Event, EventId, EventKind, Mode, Silence, Timestamp};

/// How long before `expireAt` control counts as lapsed: a message on its way
/// must arrive while the chat is still ours. LINE sends no event at expiry.
const LAPSE_MARGIN: Duration = Duration::from_secs(2);

/// One register's newest entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry<T> {
    /// LINE's time of what made it.
    pub at: Timestamp,
    /// The event that made it; decides between two of the same time.
    pub by: EventId,
    /// What it says.
    pub value: T,
}

/// Whether the other side is there to be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// A friend, or a group that we are in.
    Here,
    /// Blocked, or left.
    Gone,
}

/// What was last said about control of the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Control {
    /// It is ours, until a moment or without limit.
    Ours(Option<Timestamp>),
    /// It is another channel's.
    Theirs,
    /// A follow has put it back to the account's default.
    Default,
}

/// Who holds a chat at some moment, and what says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Whether it is ours.
    pub is_ours: bool,
    /// What says so.
    pub word: Word,
}

/// What says who holds a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// An entry of the control register.
    Control(Entry<Control>),
    /// The mode in which LINE has sent an event.
    Mode(Entry<Mode>),
    /// It was ours until this moment.
    Lapsed(Entry<Control>, Timestamp),
    /// Nothing: it is held as the channel holds chats by default.
    Nothing,
}

/// The registers of one chat.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatState {
    /// Follow, join, any event with a reply token; unfollow, leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presence: Option<Entry<Presence>>,
    /// Activated, deactivated, our own acquire and release, follow's reset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Entry<Control>>,
    /// `mode` of users' events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Entry<Mode>>,
}

impl ChatState {
    /// Takes in one event of this chat. Order and repetition do not matter.
    pub fn fold(&mut self, event: &Event) {
        if let Some(presence) = presence_from(event) {
            newest(&mut self.presence, event, presence);
        }
        if let Some(control) = control_from(event) {
            newest(&mut self.control, event, control);
        }
        if let (Some(mode), false) = (event.mode, event.kind.is_of_module()) {
            newest(&mut self.mode, event, mode);
        }
    }

    /// We took the chat at `at`, by the event or deed `by`, until a moment or
    /// without limit.
    pub fn acquired(&mut self, at: Timestamp, by: &EventId, until: Option<Timestamp>) {
        keep_own(&mut self.control, at, by, Control::Ours(until));
    }

    /// We gave the chat back at `at`, by the event or deed `by`.
    pub fn released(&mut self, at: Timestamp, by: &EventId) {
        keep_own(&mut self.control, at, by, Control::Theirs);
    }

    /// Whether an event of `event_at` may still change who holds the chat.
    ///
    /// # Errors
    /// [`Silence::Gone`], or [`Silence::Overtaken`] if a newer entry is known.
    pub fn may_control(
        &self,
        detached_at: Option<Timestamp>,
        event_at: Timestamp,
    ) -> Result<(), Silence> {
        let presence = of_present(&self.presence, detached_at);
        if presence.is_some_and(|entry| entry.value == Presence::Gone) {
            return Err(Silence::Gone);
        }
        let control = of_present(&self.control, detached_at);
        match control.is_some_and(|entry| entry.at > event_at) {
            true => Err(Silence::Overtaken),
            false => Ok(()),
        }
    }

    /// Whether the chat lets us speak at `now`. Entries not newer than
    /// `detached_at`, the bot's newest detach, count as absent;
    /// `default_active` is whether the channel holds chats by default.
    ///
    /// # Errors
    /// [`Silence::Gone`] or [`Silence::Standby`].
    pub fn may_speak(
        &self,
        now: Timestamp,
        detached_at: Option<Timestamp>,
        default_active: bool,
    ) -> Result<(), Silence> {
        let presence = of_present(&self.presence, detached_at);
        if presence.is_some_and(|entry| entry.value == Presence::Gone) {
            return Err(Silence::Gone);
        }
        let control = of_present(&self.control, detached_at);
        let mode = of_present(&self.mode, detached_at);
        let lapsed = lapses_at(control, mode).is_some_and(|at| now >= at);
        match is_ours(control, mode, default_active) && !lapsed {
            true => Ok(()),
            false => Err(Silence::Standby),
        }
    }

    /// Who holds the chat at `now`, and what says so, for people: the judgement is that of
    /// [`may_speak`](Self::may_speak), presence left out. Where control and mode agree, control
    /// is named: it is what has begun it.
    #[must_use]
    pub fn holding(
        &self,
        now: Timestamp,
        detached_at: Option<Timestamp>,
        default_active: bool,
    ) -> Holding {
        let control = of_present(&self.control, detached_at);
        let mode = of_present(&self.mode, detached_at);
        let is_ours = is_ours(control, mode, default_active);
        let lapse = lapses_at(control, mode).filter(|at| is_ours && now >= *at);
        let agrees = |control: &Entry<Control>| by_control(control, default_active) == is_ours;
        let word = match (control, mode, lapse) {
            (Some(control), _, Some(at)) => Word::Lapsed(control.clone(), at),
            (Some(control), _, None) if agrees(control) => Word::Control(control.clone()),
            (_, Some(mode), _) => Word::Mode(mode.clone()),
            _ => Word::Nothing,
        };
        Holding {
            is_ours: is_ours && lapse.is_none(),
            word,
        }
    }

    /// Whether the user has blocked the account, or it has left the group.
    #[must_use]
    pub fn is_gone(&self, detached_at: Option<Timestamp>) -> bool {
        let presence = of_present(&self.presence, detached_at);
        presence.is_some_and(|entry| entry.value == Presence::Gone)
    }

    /// When anything was last heard that moves a register: an event of the chat's user, or of who
    /// holds it.
    #[must_use]
    pub fn last_heard(&self) -> Option<Timestamp> {
        let presence = self.presence.as_ref().map(|entry| entry.at);
        let control = self.control.as_ref().map(|entry| entry.at);
        let mode = self.mode.as_ref().map(|entry| entry.at);
        presence.max(control).max(mode)
    }

    /// When a chat that is ours stops being so by itself; none if it does not. A little
    /// before LINE's own `expireAt`: a message on its way must not come too late.
    #[must_use]
    pub fn lapses_at(&self, detached_at: Option<Timestamp>) -> Option<Timestamp> {
        let control = of_present(&self.control, detached_at);
        lapses_at(control, of_present(&self.mode, detached_at))
    }
}

fn presence_from(event: &Event) -> Option<Presence> {
    match event.kind {
        EventKind::Follow { .. } | EventKind::Join => Some(Presence::Here),
        EventKind::Unfollow | EventKind::Leave => Some(Presence::Gone),
        _ if event.reply_token.is_some() => Some(Presence::Here),
        _ => None,
    }
}

fn control_from(event: &Event) -> Option<Control> {
    match event.kind {
        EventKind::Activated { expire_at } => Some(Control::Ours(expire_at)),
        EventKind::Deactivated => Some(Control::Theirs),
        EventKind::Follow { .. } => Some(Control::Default),
        _ => None,
    }
}

fn newest<T>(register: &mut Option<Entry<T>>, event: &Event, value: T) {
    keep_newest(register, event.at, &event.id, value);
}

fn keep_newest<T>(register: &mut Option<Entry<T>>, at: Timestamp, by: &EventId, value: T) {
    let newer = register
        .as_ref()
        .is_none_or(|kept| (at, by) > (kept.at, &kept.by));
    if newer {
        let by = by.clone();
        *register = Some(Entry { at, by, value });
    }
}

/// What we did for an event is newer than what the event itself says, though an event
/// at the start of a second has the same time.
fn keep_own<T>(register: &mut Option<Entry<T>>, at: Timestamp, by: &EventId, value: T) {
    if register
        .as_ref()
        .is_some_and(|kept| (kept.at, &kept.by) == (at, by))
    {
        *register = None;
    }
    keep_newest(register, at, by, value);
}

fn of_present<T>(register: &Option<Entry<T>>, detached_at: Option<Timestamp>) -> Option<&Entry<T>> {
    register
        .as_ref()
        .filter(|entry| Some(entry.at) > detached_at)
}

/// Of control and mode the newer speaks; at equal times the silent one, save
/// that a follow's own mode beats its reset.
fn is_ours(
    control: Option<&Entry<Control>>,
    mode: Option<&Entry<Mode>>,
    default_active: bool,
) -> bool {
    let by_control = |control| by_control(control, default_active);
    let by_mode = |mode: &Entry<Mode>| mode.value == Mode::Active;
    match (control, mode) {
        (None, None) => default_active,
        (Some(control), None) => by_control(control),
        (None, Some(mode)) => by_mode(mode),
        (Some(control), Some(mode)) if is_newer(mode, control) => by_mode(mode),
        (Some(control), Some(mode)) if mode.at < control.at => by_control(control),
        (Some(control), Some(mode)) => by_mode(mode) && by_control(control),
    }
}

fn by_control(control: &Entry<Control>, default_active: bool) -> bool {
    match control.value {
        Control::Ours(_) => true,
        Control::Theirs => false,
        Control::Default => default_active,
    }
}

/// When a chat that is ours lapses. An active mode keeps the control's `expireAt`
/// if that was still running at the time of the mode.
fn lapses_at(control: Option<&Entry<Control>>, mode: Option<&Entry<Mode>>) -> Option<Timestamp> {
    let control = control?;
    let Control::Ours(Some(expire_at)) = control.value else {
        return None;
    };
    let outlived = mode.is_some_and(|mode| is_newer(mode, control) && mode.at >= expire_at);
    (!outlived).then(|| expire_at.minus(LAPSE_MARGIN))
}

/// Whether the mode is a newer word than the control, or both are one follow's. What we
/// did ourselves for an event is newer than it.
fn is_newer(mode: &Entry<Mode>, control: &Entry<Control>) -> bool {
    mode.at > control.at || (mode.at, &mode.by) == (control.at, &control.by)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{BotId, RawJson, ReplyToken};

    fn event(at: i64, id: &str, kind: EventKind, mode: Mode) -> Event {
        Event {
            id: EventId::new(id).unwrap(),
            bot: BotId::new("U1").unwrap(),
            at: Timestamp(at),
            mode: Some(mode),
            chat: None,
            user: None,
            redelivered: false,
            reply_token: None,
            kind,
            raw: RawJson::default(),
        }
    }

    fn message(at: i64, mode: Mode) -> Event {
        let kind = EventKind::Unknown("message".into());
        event(at, &format!("m{at}"), kind, mode)
    }

    fn after(events: &[Event]) -> ChatState {
        let mut state = ChatState::default();
        events.iter().for_each(|event| state.fold(event));
        state
    }

    fn at(state: &ChatState, now: i64) -> Result<(), Silence> {
        state.may_speak(Timestamp(now), None, true)
    }

    #[test]
    fn a_standby_message_silences_us_and_an_active_one_gives_the_chat_back() {
        let standby = after(&[message(1, Mode::Standby)]);
        assert_eq!(at(&standby, 5), Err(Silence::Standby));
        assert_eq!(
            at(
                &after(&[message(1, Mode::Standby), message(2, Mode::Active)]),
                5
            ),
            Ok(())
        );
    }

    #[test]
    fn a_blocked_chat_is_gone_until_the_user_follows_again() {
        let block = event(10, "u", EventKind::Unfollow, Mode::Active);
        let follow = event(
            20,
            "f",
            EventKind::Follow {
                unblocked: Some(true),
            },
            Mode::Active,
        );
        assert_eq!(
            at(&after(std::slice::from_ref(&block)), 11),
            Err(Silence::Gone)
        );
        assert_eq!(at(&after(&[follow, block]), 21), Ok(()));
    }

    #[test]
    fn a_reply_token_proves_that_the_user_is_there() {
        let mut talks = message(30, Mode::Active);
        talks.reply_token = Some(ReplyToken::new("t"));
        let block = event(10, "u", EventKind::Unfollow, Mode::Active);
        assert_eq!(at(&after(&[block, talks]), 31), Ok(()));
    }

    #[test]
    fn who_holds_a_chat_is_told_with_what_has_begun_it() {
        let activated = |until| {
            let kind = EventKind::Activated { expire_at: until };
            event(10, "a", kind, Mode::Active)
        };
        let holding = |state: &ChatState, now| state.holding(Timestamp(now), None, true);
        assert_eq!(holding(&after(&[]), 5).word, Word::Nothing);
        let ours = after(&[activated(None), message(20, Mode::Active)]);
        assert!(matches!(holding(&ours, 30).word, Word::Control(entry) if entry.at.0 == 10));
        let until = after(&[activated(Some(Timestamp(9_000)))]);
        let lapsed = holding(&until, 8_000);
        assert!(matches!(lapsed.word, Word::Lapsed(_, Timestamp(7_000))));
        assert!(!lapsed.is_ours);
        let standby = after(&[activated(None), message(20, Mode::Standby)]);
        let theirs = holding(&standby, 30);
        assert!(matches!(theirs.word, Word::Mode(_)) && !theirs.is_ours);
    }

    #[test]
    fn what_we_did_for_an_event_is_newer_than_its_mode() {
        let released = |mut state: ChatState| {
            state.released(Timestamp(10), &EventId::new("m1").unwrap());
            state
        };
        let active = released(after(&[message(1, Mode::Active)]));
        assert_eq!(at(&active, 11), Err(Silence::Standby));
        let mut standby = after(&[message(1, Mode::Standby)]);
        standby.acquired(Timestamp(10), &EventId::new("m1").unwrap(), None);
        assert_eq!(at(&standby, 11), Ok(()));
    }

    #[test]
    fn what_we_did_for_an_event_outlives_its_redelivery() {
        let follow = event(
            10,
            "f",
            EventKind::Follow { unblocked: None },
            Mode::Standby,
        );
        let mut state = after(std::slice::from_ref(&follow));
        state.acquired(Timestamp(10), &follow.id, None);
        let ours = state.control.clone();
        state.fold(&follow);
        assert_eq!(state.control, ours);
    }

    #[test]
    fn an_event_may_change_who_holds_the_chat_until_a_newer_word_is_known() {
        let lost = event(5, "d", EventKind::Deactivated, Mode::Active);
        let state = after(&[lost]);
        let may = |event_at| state.may_control(None, Timestamp(event_at));
        assert_eq!(may(4), Err(Silence::Overtaken));
        assert_eq!(may(5), Ok(()));
    }

    #[test]
    fn control_lapses_two_seconds_early_without_any_event() {
        let ours = EventKind::Activated {
            expire_at: Some(Timestamp(10_000)),
        };
        let state = after(&[
            event(1_000, "a", ours, Mode::Active),
            message(2_000, Mode::Active),
        ]);
        assert_eq!(at(&state, 7_999), Ok(()));
        assert_eq!(at(&state, 8_000), Err(Silence::Standby));
    }

    #[test]
    fn at_equal_times_the_silent_one_speaks_but_a_follows_own_mode_beats_its_reset() {
        let lost = event(5, "d", EventKind::Deactivated, Mode::Active);
        assert_eq!(
            at(&after(&[lost, message(5, Mode::Active)]), 6),
            Err(Silence::Standby)
        );
        let follow = event(5, "f", EventKind::Follow { unblocked: None }, Mode::Active);
        assert_eq!(
            after(&[follow]).may_speak(Timestamp(6), None, false),
            Ok(())
        );
    }

    #[test]
    fn what_happened_before_a_detach_no_longer_counts() {
        let state = after(&[message(5, Mode::Standby)]);
        assert_eq!(
            state.may_speak(Timestamp(9), Some(Timestamp(5)), true),
            Ok(())
        );
    }

    /// Events of one chat in close quarters: few times, so that many coincide.
    fn any_event() -> impl Strategy<Value = Event> {
        let kind = prop_oneof![
            Just(EventKind::Follow { unblocked: None }),
            Just(EventKind::Unfollow),
            Just(EventKind::Join),
            Just(EventKind::Leave),
            Just(EventKind::Deactivated),
            Just(EventKind::Unknown("message".into())),
            proptest::option::of(0..40_i64).prop_map(|at| EventKind::Activated {
                expire_at: at.map(|at| Timestamp(at * 1_000))
            }),
        ];
        let mode = prop_oneof![Just(Mode::Active), Just(Mode::Standby)];
        (0..8_i64, 0..4_u8, kind, mode, any::<bool>()).prop_map(|(at, id, kind, mode, token)| {
            let mut event = event(at * 1_000, &format!("{at}-{id}"), kind, mode);
            event.reply_token = token.then(|| ReplyToken::new("t"));
            event
        })
    }

    /// Two events of one id are two deliveries of the same event.
    fn chat_events() -> impl Strategy<Value = Vec<Event>> {
        proptest::collection::vec(any_event(), 0..12).prop_map(|mut events| {
            events.sort_by(|a, b| a.id.cmp(&b.id));
            events.dedup_by(|a, b| a.id == b.id);
            events
        })
    }

    /// What changes a chat's state: LINE's events and our own calls.
    #[derive(Debug, Clone)]
    enum Update {
        Event(Box<Event>),
        Acquired(Timestamp, EventId, Option<Timestamp>),
        Released(Timestamp, EventId),
    }

    fn updates() -> impl Strategy<Value = Vec<Update>> {
        let deed = (0..8_i64, proptest::option::of(0..40_i64), any::<bool>());
        let deeds = proptest::collection::vec(deed, 0..4).prop_map(|deeds| {
            let update = |(n, (at, until, acquired)): (usize, (i64, Option<i64>, bool))| {
                let by = EventId::new(format!("own-{n}")).unwrap();
                let until = until.map(|until| Timestamp(until * 1_000));
                match acquired {
                    true => Update::Acquired(Timestamp(at * 1_000), by, until),
                    false => Update::Released(Timestamp(at * 1_000 + 999), by),
                }
            };
            deeds
                .into_iter()
                .enumerate()
                .map(update)
                .collect::<Vec<_>>()
        });
        (chat_events(), deeds).prop_map(|(events, deeds)| {
            let events = events.into_iter().map(Box::new).map(Update::Event);
            events.chain(deeds).collect()
        })
    }

    fn after_all(updates: &[Update]) -> ChatState {
        let mut state = ChatState::default();
        for update in updates {
            match update {
                Update::Event(event) => state.fold(event),
                Update::Acquired(at, by, until) => state.acquired(*at, by, *until),
                Update::Released(at, by) => state.released(*at, by),
            }
        }
        state
    }

    #[test]
    fn a_chat_that_we_took_is_ours_until_its_time_is_up_or_we_give_it_back() {
        let own = |id: &str| EventId::new(id).unwrap();
        let mut state = after(&[message(5_000, Mode::Standby)]);
        state.acquired(Timestamp(6_000), &own("a"), Some(Timestamp(60_000)));
        assert_eq!(at(&state, 57_000), Ok(()));
        assert_eq!(at(&state, 58_000), Err(Silence::Standby));
        state.released(Timestamp(7_999), &own("r"));
        assert_eq!(at(&state, 8_000), Err(Silence::Standby));
        // What was decided for an event of an earlier moment comes too late.
        let late = state.may_control(None, Timestamp(7_000));
        assert_eq!(late, Err(Silence::Overtaken));
        assert_eq!(state.may_control(None, Timestamp(9_000)), Ok(()));
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            (events, shuffled) in updates().prop_flat_map(|events| {
                let twice: Vec<_> = events.iter().chain(&events).cloned().collect();
                (Just(events), Just(twice).prop_shuffle())
            }),
            detached_at in proptest::option::of(0..9_i64),
            default_active: bool,
        ) {
            let (once, again) = (after_all(&events), after_all(&shuffled));
            prop_assert_eq!(&once, &again);
            let detached_at = detached_at.map(|at| Timestamp(at * 1_000));
            for now in 0..45 {
                let judge = |state: &ChatState| {
                    state.may_speak(Timestamp(now * 1_000), detached_at, default_active)
                };
                prop_assert_eq!(judge(&once), judge(&again));
            }
        }

        #[test]
        fn a_chat_that_is_ours_is_so_until_it_lapses(
            updates in updates(),
            detached_at in proptest::option::of(0..9_i64),
            default_active: bool,
        ) {
            let state = after_all(&updates);
            let detached_at = detached_at.map(|at| Timestamp(at * 1_000));
            let ours = |now| state.may_speak(now, detached_at, default_active).is_ok();
            let lapse = state.lapses_at(detached_at);
            for now in (0..60).map(|now| Timestamp(now * 1_000)).filter(|now| ours(*now)) {
                prop_assert!(lapse.is_none_or(|at| now < at && !ours(at)));
                let last = lapse.map_or(Timestamp(i64::MAX), |at| Timestamp(at.0 - 1));
                prop_assert!(ours(last));
            }
        }

        /// Nothing that is known to be lost or standby is spoken into: whatever else
        /// there is, the newest word about the chat must allow it.
        #[test]
        fn the_newest_word_decides(events in chat_events(), later in any_event()) {
            let mut newest = later;
            newest.at = Timestamp(100_000);
            newest.id = EventId::new("newest").unwrap();
            let mut state = after(&events);
            state.fold(&newest);
            let verdict = state.may_speak(Timestamp(101_000), None, true);
            match newest.kind {
                EventKind::Unfollow | EventKind::Leave => prop_assert_eq!(verdict, Err(Silence::Gone)),
                EventKind::Deactivated => prop_assert!(verdict.is_err()),
                EventKind::Activated { expire_at: Some(at) } if at < Timestamp(103_000) => {
                    prop_assert!(verdict.is_err());
                }
                _ if newest.kind.is_of_module() => {}
                _ if newest.mode == Some(Mode::Standby) => prop_assert!(verdict.is_err()),
                _ => {}
            }
        }
    }
}
