//! What went wrong, and who had which event in hand meanwhile: what other judges look for
//! a cause in.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::judges::seen::{About, Seen};
use crate::schedule::Harm;
use crate::time::BEGINNING;

/// A call that was not simply answered.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    /// When it ended.
    pub(crate) at: Duration,
    /// The call.
    pub(crate) seen: Seen,
    /// The status of its answer, if one came.
    pub(crate) status: Option<u16>,
}

impl Trouble {
    /// Whether nothing tells if it was done.
    pub(crate) fn is_indefinite(&self) -> bool {
        self.seen.is_indefinite(self.status)
    }

    /// One word for it.
    pub(crate) fn name(&self) -> String {
        match self.seen.harm {
            Some(Harm::Late(_)) => "late".into(),
            Some(harm) => harm.to_string(),
            None => "given up".into(),
        }
    }
}

/// What an invocation of the worker has in hand, from when until when.
#[derive(Debug, Clone)]
pub(crate) struct Hand {
    pub(crate) events: Vec<String>,
    /// Those of them that are run again by an operator's wish.
    pub(crate) replayed: Vec<String>,
    /// Those that came with others in a message that was received before.
    pub(crate) again: Vec<String>,
    /// When it began.
    pub(crate) from: Duration,
    /// When it ended.
    pub(crate) to: Option<Duration>,
    /// Events whose messages it has acknowledged before.
    pub(crate) acknowledged: BTreeMap<String, Duration>,
    /// Whether it was cut off.
    pub(crate) is_cut_off: bool,
}

impl Hand {
    /// When it had the event in hand no longer.
    fn until(&self, event: &str) -> Option<Duration> {
        self.acknowledged.get(event).copied().or(self.to)
    }

    /// Whether it was cut off with this event in hand.
    pub(crate) fn is_cut_off_with(&self, event: &str) -> bool {
        self.is_cut_off && !self.acknowledged.contains_key(event)
    }
}

/// Who has worked this long was stopped by the worker's own deadline.
const WHOLE_TIME: Duration = Duration::from_millis(6_900);

/// All troubles.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    calls: Vec<Trouble>,
    hands: BTreeMap<usize, Hand>,
    /// When an event was last opened again, for a replay: what was before is over.
    reopened: BTreeMap<String, Duration>,
}

impl Troubles {
    /// A call has ended.
    pub(super) fn ends(&mut self, seen: &Seen, status: Option<u16>, at: Duration) {
        let is_fine = seen.harm.is_none() && status.is_some_and(|status| status < 500);
        if !is_fine {
            let seen = seen.clone();
            self.calls.push(Trouble { at, seen, status });
        }
    }

    /// An invocation of the worker begins.
    pub(super) fn begins(&mut self, who: usize, hand: Hand) {
        self.hands.insert(who, hand);
    }

    /// It acknowledges the messages of these events, and goes on. Of an id that it has in hand
    /// more than once, as two accounts' events may have it, this says nothing.
    pub(super) fn acknowledged(&mut self, who: usize, events: &[String], at: Duration) {
        if let Some(hand) = self.hands.get_mut(&who) {
            let in_hand = &hand.events;
            let is_one = |event: &&String| in_hand.iter().filter(|id| id == event).count() == 1;
            let events = events.iter().filter(is_one);
            let events: Vec<_> = events.map(|event| (event.clone(), at)).collect();
            hand.acknowledged.extend(events);
        }
    }

    /// It ends.
    pub(super) fn ended(&mut self, who: usize, at: Duration, is_cut_off: bool) {
        if let Some(hand) = self.hands.get_mut(&who) {
            hand.to = Some(at);
            hand.is_cut_off = is_cut_off;
        }
    }

    /// An event's row was opened again.
    pub(super) fn reopen(&mut self, event: &str, at: Duration) {
        self.reopened.insert(event.to_owned(), at);
    }

    /// Whether an invocation has the event in hand because it is to run again.
    pub(super) fn is_replayed_by(&self, who: usize, event: &str) -> bool {
        let hand = self.hands.get(&who);
        hand.is_some_and(|hand| hand.replayed.iter().any(|id| id == event))
    }

    /// What an invocation has in hand.
    pub(crate) fn hand(&self, who: usize) -> Option<&Hand> {
        self.hands.get(&who)
    }

    /// The invocations that had this event in hand since it was last opened again.
    pub(crate) fn hands_of(&self, event: &str) -> impl Iterator<Item = (usize, &Hand)> {
        let since = self.since(event);
        let hands = self.hands.iter().map(|(who, hand)| (*who, hand));
        hands.filter(move |(_, hand)| {
            let has = hand.events.iter().any(|id| id == event);
            has && hand.until(event).is_none_or(|to| to >= since)
        })
    }

    /// What went wrong with calls that are about this event since then.
    pub(crate) fn about(&self, event: &str) -> impl Iterator<Item = &Trouble> {
        let since = self.since(event);
        let calls = self.calls.iter().filter(move |it| it.at >= since);
        calls.filter(move |it| it.seen.about.event() == Some(event))
    }

    /// What went wrong with writes of its ledger row.
    pub(crate) fn of_ledger(&self, event: &str) -> impl Iterator<Item = &Trouble> {
        let all = self.about(event);
        all.filter(|it| matches!(it.seen.about, About::Ledger { .. }))
    }

    /// What went wrong with any call of an invocation.
    pub(crate) fn of_invocation(&self, who: usize) -> impl Iterator<Item = &Trouble> {
        self.calls.iter().filter(move |it| it.seen.who == who)
    }

    /// Whether two invocations had it in hand at the same time.
    pub(crate) fn is_shared(&self, event: &str) -> bool {
        let all: Vec<_> = self.hands_of(event).map(|(_, hand)| hand).collect();
        let overlap = |a: &Hand, b: &Hand| a.until(event).is_none_or(|end| end > b.from);
        let mut hands = all.iter().enumerate();
        hands.any(|(at, first)| all[at + 1..].iter().any(|second| overlap(first, second)))
    }

    /// Whether an invocation was cut off that had it in hand.
    pub(crate) fn is_cut_off(&self, event: &str) -> bool {
        self.hands_of(event)
            .any(|(_, hand)| hand.is_cut_off_with(event))
    }

    /// Whether one had it in hand until the worker's time was over: its try has no end.
    pub(crate) fn is_out_of_time(&self, event: &str) -> bool {
        let mut hands = self.hands_of(event);
        hands.any(|(_, hand)| hand.to.is_some_and(|to| to - hand.from >= WHOLE_TIME))
    }

    /// When the last of those began or ended, in milliseconds since 1970.
    pub(super) fn last_given(&self, event: &str) -> Option<i64> {
        let hands = self.hands_of(event);
        let last = hands.map(|(_, hand)| hand.to.unwrap_or(hand.from)).max()?;
        let since = Duration::from_secs(BEGINNING) + last;
        Some(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn since(&self, event: &str) -> Duration {
        self.reopened.get(event).copied().unwrap_or_default()
    }
}
