//! An attach is finished once, by the browser that began it, and in time. Whoever of that
//! browser comes second is shown how it ended.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::seen::Seen;
use super::troubles::{Trouble, Troubles};
use crate::line::{Answer, Asked, Kind};
use crate::rows::s;
use crate::schedule::Harm;
use crate::world::World;

/// How long an attach may be finished, in milliseconds.
const LIFE: i64 = 15 * 60_000;
const CHECK: &str = "one attach of one browser";
const GOES_ON: &str = "who has taken an attach goes on";
const ALIKE: &str = "each callback of an attach ends alike";

/// The attaches that were begun.
#[derive(Debug, Default)]
pub(crate) struct Links {
    begun: BTreeMap<String, Begun>,
    /// Which attach an invocation is at, and the cookie that its browser has shown.
    visits: BTreeMap<usize, (String, String)>,
    /// Which invocation has taken each attach first, by the row's key.
    taken: BTreeMap<String, usize>,
    /// The invocations that have asked LINE to exchange a code.
    exchanging: BTreeSet<usize>,
}

#[derive(Debug)]
struct Begun {
    cookie: String,
    at: i64,
    exchanged_by: Option<usize>,
    /// Whether LINE has linked an account by it.
    is_linked: bool,
}

impl Links {
    /// A browser was sent to LINE with this state.
    pub(crate) fn begun(&mut self, state: &str, cookie: &str, at: i64) {
        let begun = Begun {
            cookie: cookie.to_owned(),
            at,
            exchanged_by: None,
            is_linked: false,
        };
        self.begun.insert(state.to_owned(), begun);
    }

    /// A browser comes back from LINE.
    pub(crate) fn visits(&mut self, who: usize, state: &str, cookie: &str) {
        let visit = (state.to_owned(), cookie.to_owned());
        self.visits.insert(who, visit);
    }

    /// A browser is shown a page. What stands against it: who has taken an attach goes on
    /// with it, whether the table's answer came or not.
    fn shown(&self, troubles: &Troubles, who: usize, status: u16, now: i64) -> Option<String> {
        // What arrives late may come after another visit; and DynamoDB deletes the row when
        // its time is over.
        let late = |call: &Trouble| matches!(call.seen.harm, Some(Harm::Late(_)));
        let is_late = troubles.of_invocation(who).any(late);
        let (state, _) = self.visits.get(&who)?;
        let is_over = now - self.begun.get(state)?.at > LIFE - MUCH_LATER;
        let has_taken = !is_late && !is_over && self.taken.values().any(|taker| *taker == who);
        // Told to start over, or to wait for another one.
        let is_sent_away = matches!(status, 400 | 202) && !self.exchanging.contains(&who);
        (has_taken && is_sent_away).then(|| format!("{who} has taken an attach, and leaves it"))
    }

    /// A browser is shown a page. What stands against it: LINE has linked an account by its
    /// attach, nothing went wrong, and it is told that the link cannot be used.
    fn shown_alike(
        &self,
        troubles: &Troubles,
        who: usize,
        status: u16,
        now: i64,
    ) -> Option<String> {
        let (state, cookie) = self.visits.get(&who)?;
        let begun = self.begun.get(state)?;
        let is_linked = begun.is_linked && begun.cookie == *cookie;
        let mut both = begun.exchanged_by.into_iter().chain([who]);
        let is_calm = both.all(|it| troubles.of_invocation(it).next().is_none());
        let is_over = now - begun.at > LIFE - MUCH_LATER;
        (is_linked && is_calm && !is_over && status == 400)
            .then(|| format!("{who} is sent away, and its account is linked"))
    }

    /// LINE has linked an account by the code of this visit.
    fn linked(&mut self, who: usize) {
        let state = self.visits.get(&who).map(|(state, _)| state);
        if let Some(begun) = state.and_then(|state| self.begun.get_mut(state)) {
            begun.is_linked = true;
        }
    }

    /// An exchange has ended. Where there was no connection, or were too many calls, LINE has
    /// certainly not taken the code: the attach is given back, and a later visit may finish it.
    pub(super) fn ends(&mut self, seen: &Seen) {
        let is_not_taken = matches!(seen.harm, Some(Harm::NotConnected | Harm::Throttled));
        if seen.word != "exchange" || !is_not_taken {
            return;
        }
        let state = self.visits.get(&seen.who).map(|(state, _)| state);
        if let Some(begun) = state.and_then(|state| self.begun.get_mut(state)) {
            begun.exchanged_by = begun.exchanged_by.filter(|it| *it != seen.who);
        }
    }

    /// A code is about to be exchanged. What stands against it, by clocks that may be off.
    pub(super) fn exchanges(&mut self, who: usize, now: i64, skew: i64) -> Option<String> {
        self.exchanging.insert(who);
        let (state, cookie) = self.visits.get(&who)?;
        let begun = self.begun.get_mut(state)?;
        let other = begun.exchanged_by.replace(who).filter(|it| *it != who);
        let late = now - begun.at - LIFE;
        let why = match other {
            Some(other) => format!("{other} has finished it"),
            None if begun.cookie != *cookie => "its browser has not begun it".into(),
            // The visit may have begun a moment before, and may try again.
            None if late > MUCH_LATER + skew => format!("{late} ms too late"),
            None => return None,
        };
        Some(format!("{who} exchanges a code: {why}"))
    }
}

/// A visit ends in that time.
const MUCH_LATER: i64 = 20_000;

/// A row of an attach was written: one that nobody has begun is none.
pub(super) fn written(world: &World, who: usize, key: &str, row: Option<&Json>) {
    if row.is_some_and(|row| row["taker"].is_string()) {
        let taken = &mut world.history().judges.links.taken;
        taken.entry(key.to_owned()).or_insert(who);
    }
    let is_begun = row.is_none_or(|row| row["browser"].is_string());
    if !is_begun {
        let what = format!("{who} ends an attach that is gone");
        world.history().violation(CHECK, what);
    }
}

/// A browser is shown a page.
pub(crate) fn shown(world: &World, who: usize, status: u16) {
    let now = world.time.millis(0);
    let mut history = world.history();
    let judges = &history.judges;
    let wrong = [
        (
            GOES_ON,
            judges.links.shown(&judges.troubles, who, status, now),
        ),
        (
            ALIKE,
            judges.links.shown_alike(&judges.troubles, who, status, now),
        ),
    ];
    for (check, what) in wrong {
        if let Some(what) = what {
            history.violation(check, what);
        }
    }
}

/// LINE has answered.
pub(super) fn answered(world: &World, who: usize, asked: &Asked, answer: &Answer) {
    if matches!(asked.kind, Kind::Exchange(_)) && answer.status == 200 {
        world.history().judges.links.linked(who);
    }
}

/// A call leaves for LINE.
pub(super) fn leaves(world: &World, who: usize, word: &str) {
    if word != "exchange" {
        return;
    }
    let (now, skew) = (world.time.millis(0), world.schedule.skew());
    let mut history = world.history();
    if let Some(what) = history.judges.links.exchanges(who, now, skew) {
        history.violation(CHECK, what);
    }
}

/// Whether a key is an attach's.
pub(super) fn is_attach(key: &Json) -> bool {
    s(key, "bot_id") == "@attach"
}
