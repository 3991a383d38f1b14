//! What an attachment leaves behind is seen by nobody after it has ended: a chat's
//! state, timers, scopes.

use std::collections::BTreeMap;

use crate::history::{History, Place};
use crate::judge::Known;
use crate::line::{Answer, Asked, Kind};
use crate::world::World;

/// How long a refusal of LINE's counts against a scope.
const DENIAL: i64 = 3_600_000;
/// How much later than LINE's answer a refusal may be dated, beside the clocks' difference.
const ON_ITS_WAY: i64 = 4_000;

/// In which attachment something was begun: the time of the newest attach that whoever
/// began it knew of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    at_least: i64,
    at_most: i64,
}

impl Begun {
    /// It is begun by someone who knows this; where that is ambiguous, it may be less.
    pub(crate) fn by((known, is_ambiguous): (&Known<'_>, bool)) -> Self {
        let at_most = known.attached_at().unwrap_or_default();
        let at_least = if is_ambiguous { 0 } else { at_most };
        Self { at_least, at_most }
    }

    /// Whether it has surely ended for someone who knows this.
    pub(crate) fn has_ended(self, known: &Known<'_>) -> bool {
        Some(self.at_most) <= known.detached_at()
    }

    /// Whether it may have ended for someone who knows this.
    pub(crate) fn may_have_ended(self, known: &Known<'_>) -> bool {
        Some(self.at_least) <= known.detached_at()
    }

    /// Whether it is not clear if it has ended.
    pub(crate) fn is_unclear(self, known: &Known<'_>) -> bool {
        self.has_ended(known) != self.may_have_ended(known)
    }
}

/// In which attachment things were begun.
#[derive(Debug, Default, Clone)]
pub(crate) struct Epochs {
    lists: BTreeMap<Place, Begun>,
    timers: BTreeMap<String, Begun>,
    /// When LINE has refused something for good, to each account.
    denied: BTreeMap<String, Vec<i64>>,
}

impl Epochs {
    /// Whether a chat's list has ended for someone who knows this.
    pub(crate) fn list_has_ended(&self, place: &Place, known: &Known<'_>) -> bool {
        let begun = self.lists.get(place);
        begun.is_some_and(|begun| begun.has_ended(known))
    }

    /// Whether that is not clear.
    pub(crate) fn is_list_unclear(&self, place: &Place, known: &Known<'_>) -> bool {
        let begun = self.lists.get(place);
        begun.is_some_and(|begun| begun.is_unclear(known))
    }

    /// The table is again as it was; what LINE has refused stays refused.
    pub(super) fn go_back(&mut self, before: Self) {
        self.lists = before.lists;
        self.timers = before.timers;
    }

    /// A chat's list was committed by someone who knows this.
    pub(crate) fn list(&mut self, place: &Place, list: &[String], by: (&Known<'_>, bool)) {
        if list.is_empty() || self.list_has_ended(place, by.0) {
            self.lists.remove(place);
        }
        if !list.is_empty() {
            let begun = self.lists.entry(place.clone());
            begun.or_insert(Begun::by(by));
        }
    }

    /// A chat's list was committed by someone who knows what a restore has taken away: when
    /// it was begun is not known.
    pub(crate) fn list_of_another_table(&mut self, place: &Place) {
        let begun = Begun {
            at_least: 0,
            at_most: i64::MAX,
        };
        self.lists.insert(place.clone(), begun);
    }

    /// A timer was set by someone who knows this.
    pub(crate) fn timer(&mut self, id: &str, by: (&Known<'_>, bool)) {
        self.timers.insert(id.to_owned(), Begun::by(by));
    }

    /// When a timer was set.
    pub(crate) fn timer_begun(&self, id: &str) -> Option<Begun> {
        self.timers.get(id).copied()
    }

    /// Whether LINE has refused something to this account within the hour, and after
    /// its newest attach.
    pub(crate) fn is_denied(&self, bot: &str, known: &Known<'_>, now: i64, skew_ms: u64) -> bool {
        let margin = ON_ITS_WAY + 2 * i64::try_from(skew_ms).unwrap_or_default();
        let since = known.newest_start().unwrap_or_default() - margin;
        let denied = self.denied.get(bot).into_iter().flatten();
        denied
            .filter(|at| **at > since)
            .any(|at| now < at + DENIAL + margin)
    }
}

/// LINE has answered.
pub(crate) fn answered(world: &World, who: usize, asked: &Asked, answer: &Answer) {
    let is_info = asked.kind == Kind::Info;
    let now = world.line().now();
    let mut history = world.history();
    if answer.status == 403 && !is_info && !history.invocations[who].in_hand.is_empty() {
        let denied = &mut history.judges.epochs.denied;
        denied.entry(asked.bot.clone()).or_default().push(now);
    }
}

/// An event was taken into its chat's list: a timer must be of an attachment that has
/// not ended.
pub(crate) fn handled(history: &mut History, event: &str, known: &Known<'_>) {
    let begun = history.judges.epochs.timer_begun(event);
    if begun.is_some_and(|begun| begun.has_ended(known)) {
        let what = format!("{event} is run, but the account was detached since");
        history.violation("of an ended attachment", what);
    }
}
