//! What the simulation itself has seen: what each invocation was given and has read,
//! what was committed, in which order the queue took the events.

use std::collections::{BTreeMap, BTreeSet};

use crate::judge::{Known, Own};
use crate::judges::accounts::Entry;
use crate::judges::{Judges, epochs};
use crate::line::Line;
use crate::message::Says;
use crate::named_timers::NamedTimers;
use crate::schedule::{Harm, Schedule};

/// What is older may be forgotten by the ledger, in milliseconds.
pub(crate) const OLD: i64 = 29 * 24 * 3_600_000;

/// An account and a chat of it; the chat is empty for the account itself.
pub(crate) type Place = (String, String);

/// Something that must not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which check has found it, in a few words.
    pub check: &'static str,
    /// What.
    pub what: String,
}

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// Each invocation.
    pub(crate) invocations: Vec<Invocation>,
    /// The events of each chat in the order in which the queue first took them.
    pub(crate) order: BTreeMap<Place, Vec<String>>,
    /// The events that were queued to be run again.
    pub(crate) replayed: BTreeSet<String>,
    /// Those of them whose run was forced.
    pub(crate) forced: BTreeSet<String>,
    /// The events of webhooks that were answered 200.
    pub(crate) acknowledged: BTreeSet<String>,
    /// How often each event was given to a worker.
    pub(crate) receives: BTreeMap<String, u32>,
    /// Events that a row's registers have taken in: who wrote it had them in hand.
    pub(crate) folded: BTreeSet<String>,
    /// How often each event was in the hands of an invocation that was cut off, or had it
    /// when another was given it.
    pub(crate) cut_off: BTreeMap<String, u32>,
    /// How often that happened before the event was settled.
    pub(crate) taken_along: BTreeMap<String, u32>,
    /// The module's list of each chat, as last committed.
    pub(crate) lists: BTreeMap<Place, Vec<String>>,
    /// Every event that was taken into a list, in order.
    pub(crate) handled: BTreeMap<Place, Vec<String>>,
    /// The timers that were committed.
    pub(crate) named_timers: NamedTimers,
    /// Transactions that were done, by their tokens.
    pub(crate) transactions: BTreeSet<String>,
    /// The events that someone else has settled.
    pub(crate) settled_by_another: BTreeSet<String>,
    /// The version of each chat's and account's row.
    pub(crate) versions: BTreeMap<(String, String), u64>,
    /// Sends that were dropped, by event and place in the plan.
    pub(crate) dropped: BTreeSet<(String, usize)>,
    /// Events for which LINE has refused something for good.
    pub(crate) refused: BTreeSet<String>,
    /// When each event was delivered.
    pub(crate) delivered: BTreeMap<String, Vec<std::time::Duration>>,
    /// The sort keys of the rows that the table has dropped as past their time.
    pub(crate) dropped_rows: BTreeSet<String>,
    /// What the judges remember.
    pub(crate) judges: Judges,
    /// How often each harm was done.
    pub(crate) harms: BTreeMap<Harm, u64>,
    /// What must not be.
    pub(crate) violations: Vec<Violation>,
    /// What has happened, in words; only if asked for.
    pub(crate) transcript: Option<Vec<String>>,
}

/// Whose invocation it is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// One that writes no account's row but for the events in its hands.
    #[default]
    Worker,
    /// The reconciler's.
    Reconciler,
    /// An operator's.
    Operator,
}

/// What one invocation knows.
#[derive(Debug, Default)]
pub(crate) struct Invocation {
    /// Whose it is.
    pub(crate) role: Role,
    /// The events in its batch, acknowledged or not: it knows what they say.
    pub(crate) in_hand: Vec<String>,
    /// Its messages by their receipts, as long as it has not acknowledged them.
    pub(crate) unacknowledged: BTreeMap<String, Says>,
    /// What it last loaded.
    pub(crate) loaded: BTreeMap<Place, Loaded>,
    /// Whether a call of its went wrong.
    pub(crate) is_disturbed: bool,
    /// Whether it is over.
    pub(crate) has_ended: bool,
    /// What it has given back: for how many seconds, by the receipt.
    pub(crate) given_back: BTreeMap<String, u64>,
    /// Receipts of what it is done with: it has asked for it to be given back, whatever came of
    /// the call.
    pub(crate) let_go: BTreeSet<String>,
    /// Accounts of which it has entered a change that is to be reported to the module, and
    /// for which it has queued nothing since.
    pub(crate) owes: BTreeSet<String>,
    /// The event that it is at, in each chat.
    pub(crate) at: BTreeMap<Place, String>,
}

impl Invocation {
    /// It acknowledges messages, by their receipts, and goes on without them.
    pub(crate) fn acknowledge<'a>(&mut self, receipts: impl Iterator<Item = &'a str>) -> Vec<Says> {
        let unacknowledged = &mut self.unacknowledged;
        receipts
            .filter_map(|receipt| unacknowledged.remove(receipt))
            .collect()
    }

    /// The events whose messages it has neither acknowledged nor given back.
    pub(crate) fn left_in_hand(&self) -> impl Iterator<Item = &String> {
        let messages = self.unacknowledged.iter();
        let left = messages.filter(|(receipt, _)| !self.given_back.contains_key(*receipt));
        left.flat_map(|(_, says)| &says.events)
    }

    /// The events that it may still be at when it ends its process.
    pub(crate) fn under_way(&self) -> impl Iterator<Item = &String> {
        let messages = self.unacknowledged.iter();
        let left = messages.filter(|(receipt, _)| !self.let_go.contains(*receipt));
        left.flat_map(|(_, says)| &says.events)
    }

    fn has_left(&self, event: &str) -> bool {
        self.left_in_hand().any(|left| left == event)
    }

    fn shares_with(&self, other: &Self) -> bool {
        self.in_hand.iter().any(|id| other.has_left(id))
    }
}

/// What was known when a chat was loaded.
#[derive(Debug, Default, Clone)]
pub(crate) struct Loaded {
    /// Events of chat and account that had a row.
    pub(crate) recorded: BTreeSet<String>,
    /// Our own entry in the chat's row, and what the invocation has done since.
    pub(crate) own: Vec<Own>,
    /// What the account's row has that came by no event.
    pub(crate) entered: Vec<Entry>,
    /// Whether it has taken or given back the chat since.
    pub(crate) acted: bool,
    /// Whether the account had no row: then it is made, and read once more.
    pub(crate) lacks_account: bool,
    /// Whether it has made the account's row since, or read it once more. Where the answer
    /// to that was lost, it is read again.
    pub(crate) may_read_again: bool,
    /// Whether it was read once more for one of several chats, and nobody knows for which.
    pub(crate) is_ambiguous: bool,
    /// The account's events that were recorded by then.
    pub(crate) perhaps_recorded: BTreeSet<String>,
}

impl Loaded {
    /// What the account's row may have had when it was read: where nobody knows for which
    /// chat it was read last, each of the entries may have come after the read for this one.
    fn may_have_entered(&self) -> impl Iterator<Item = &[Entry]> {
        let all = self.entered.len();
        let least = if self.is_ambiguous { 0 } else { all };
        (least..=all).map(|most| &self.entered[..most])
    }
}

impl History {
    /// Whether another invocation that is under way is to queue something for this account.
    pub(crate) fn is_owed_by_other(&self, who: usize, bot: &str) -> bool {
        let others = self.invocations.iter().enumerate();
        let mut others = others.filter(|(other, it)| *other != who && !it.has_ended);
        others.any(|(_, it)| it.owes.contains(bot))
    }

    /// Notes what happens, where someone reads it.
    pub(crate) fn note(&mut self, at: std::time::Duration, line: impl FnOnce() -> String) {
        if let Some(transcript) = &mut self.transcript {
            transcript.push(format!("{:>12.3}  {}", at.as_secs_f64(), line()));
        }
    }

    /// Adds to what was noted, where someone reads it.
    pub(crate) fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Some(transcript) = &mut self.transcript {
            transcript.push(format!("              {}", line()));
        }
    }

    /// Records what must not be.
    pub(crate) fn violation(&mut self, check: &'static str, what: String) {
        if let Some(transcript) = &mut self.transcript {
            transcript.push(format!("              VIOLATION ({check}): {what}"));
        }
        self.violations.push(Violation { check, what });
    }

    /// What an invocation knows of a chat: what was recorded when it last loaded it,
    /// and what is in its batch.
    pub(crate) fn known<'a>(&self, who: usize, place: &Place, line: &'a Line) -> Known<'a> {
        let invocation = &self.invocations[who];
        let mut loaded = invocation.loaded.get(place).cloned().unwrap_or_default();
        loaded.recorded.extend(invocation.in_hand.iter().cloned());
        loaded.recorded.append(&mut loaded.perhaps_recorded);
        Self::known_of(&loaded, place, line)
    }

    /// Whatever it may know beside that: rows that were read once more, and registers
    /// that have taken in what another invocation had in hand and has not recorded.
    pub(crate) fn may_know<'a>(&self, who: usize, place: &Place, line: &'a Line) -> Vec<Known<'a>> {
        let invocation = &self.invocations[who];
        let mut loaded = invocation.loaded.get(place).cloned().unwrap_or_default();
        loaded.recorded.extend(invocation.in_hand.iter().cloned());
        let given: BTreeSet<String> = self.receives.keys().cloned().collect();
        let each = given.iter().map(|id| BTreeSet::from([id.clone()]));
        let some: Vec<_> = each.chain([BTreeSet::new(), given.clone()]).collect();
        let mut known = Vec::new();
        for entered in loaded.may_have_entered() {
            known.extend(some.iter().map(|more| {
                let mut loaded = loaded.clone();
                loaded.entered = entered.to_vec();
                loaded.recorded.extend(more.iter().cloned());
                Self::known_of(&loaded, place, line)
            }));
        }
        // An account's row is read once more where it was not there at first.
        loaded.entered = self.judges.accounts.entries(&place.0);
        known.push(Self::known_of(&loaded, place, line));
        known
    }

    /// The chats that an invocation has loaded without a row of their account.
    pub(crate) fn lacking_account(&self, who: usize) -> Vec<Place> {
        let Some(invocation) = self.invocations.get(who) else {
            return Vec::new();
        };
        let loaded = invocation.loaded.iter();
        let lacking = loaded.filter(|(_, loaded)| loaded.lacks_account);
        lacking.map(|(place, _)| place.clone()).collect()
    }

    /// They lack it still, for all that the invocation knows.
    pub(crate) fn lacks_account_still(&mut self, who: usize, places: &[Place]) {
        for place in places {
            if let Some(loaded) = self.invocations[who].loaded.get_mut(place) {
                loaded.lacks_account = true;
            }
        }
    }

    /// What follows from what was loaded.
    pub(crate) fn known_of<'a>(loaded: &Loaded, place: &Place, line: &'a Line) -> Known<'a> {
        let ids = loaded.recorded.iter();
        let events: Vec<_> = ids.filter_map(|id| line.events.get(id)).collect();
        let of = |chat: &str| {
            let chosen = events
                .iter()
                .filter(|event| event.bot == place.0)
                .filter(|event| event.chat.as_deref().unwrap_or_default() == chat);
            chosen.copied().collect()
        };
        Known {
            of_bot: of(""),
            of_chat: of(&place.1),
            own: loaded.own.clone(),
            entered: loaded.entered.clone(),
        }
    }

    /// Whether an invocation that began before, and has not ended, has events of its in hand.
    pub(crate) fn shares_with_one_before(&self, who: usize) -> bool {
        let before = self.invocations[..who].iter();
        let mut running = before.filter(|other| !other.has_ended);
        running.any(|other| other.shares_with(&self.invocations[who]))
    }

    /// Whether nothing went wrong for it, and none that began since had its events.
    pub(crate) fn stayed_alone(&self, who: usize) -> bool {
        let own = &self.invocations[who];
        let mut after = self.invocations[who + 1..].iter();
        !own.is_disturbed && !after.any(|other| other.shares_with(own))
    }

    /// A chat's events were taken by the queue.
    pub(crate) fn queued(&mut self, place: Place, ids: impl Iterator<Item = String>) {
        let order = self.order.entry(place).or_default();
        for id in ids {
            if !order.contains(&id) {
                order.push(id);
            }
        }
    }

    /// A chat's list was committed together with an event's row. One that is old the
    /// ledger may have forgotten, and a person has it run again.
    pub(crate) fn list(
        &mut self,
        place: &Place,
        event: &str,
        list: Vec<String>,
        is_old: bool,
        (known, is_ambiguous): (&Known<'_>, bool),
    ) {
        let has_ended = self.judges.epochs.list_has_ended(place, known);
        let is_unclear = is_ambiguous || self.judges.epochs.is_list_unclear(place, known);
        self.judges.epochs.list(place, &list, (known, is_ambiguous));
        let before = self.lists.get(place).cloned().unwrap_or_default();
        if list == before {
            return;
        }
        if (has_ended || is_unclear) && list.is_empty() {
            self.lists.insert(place.clone(), list);
            return;
        }
        // What an ended attachment has left is not shown.
        let shown = if has_ended { &[][..] } else { &before };
        let has_grown = |shown: &[String]| {
            let grown = list.split_last();
            grown.is_some_and(|(last, rest)| *last == event && *rest == *shown)
        };
        let may_be_other = is_unclear && (has_grown(&before) || has_grown(&[]));
        if !has_grown(shown) && !may_be_other {
            self.violation(
                "state",
                format!("{place:?} of {event}: {before:?} became {list:?}"),
            );
        }
        self.lists.insert(place.clone(), list);
        self.handle(place, event, is_old);
        epochs::handled(self, event, known);
    }

    fn handle(&mut self, place: &Place, event: &str, is_old: bool) {
        let order = self.order.get(place).cloned().unwrap_or_default();
        let at = |id: &str| order.iter().position(|other| other == id);
        let handled = self.handled.entry(place.clone()).or_default();
        // What is done again sends its signals again.
        let origin = self.judges.signals.origin(event);
        let of_repeated =
            origin.is_some_and(|it| self.forced.contains(it) || self.judges.has_forgotten(it));
        let may_repeat = self.forced.contains(event)
            || of_repeated
            || self.judges.has_forgotten(event)
            || is_old && self.replayed.contains(event);
        let twice = !may_repeat && handled.iter().any(|other| other == event);
        let has_ended = !may_repeat && self.named_timers.has_ended(event);
        // One that is run again has several places in the queue.
        let in_order = |id: &str| {
            let of_replayed = self
                .judges
                .signals
                .origin(id)
                .is_some_and(|it| self.replayed.contains(it));
            !self.replayed.contains(id) && !of_replayed && !self.judges.has_forgotten(id)
        };
        let late = handled
            .iter()
            .find(|other| at(other) > at(event) && in_order(other) && in_order(event))
            .cloned();
        handled.push(event.to_owned());
        if twice {
            self.violation(
                "handled once",
                format!("{event} of {place:?} is handled again"),
            );
        }
        if has_ended {
            self.violation(
                "no cancelled timer",
                format!("{event} rings, though it was cancelled or set again"),
            );
        }
        if let Some(other) = late {
            self.violation("order", format!("{event} is handled after {other}"));
        }
    }

    /// One that knows nothing yet.
    pub(crate) fn invocation(&mut self, in_hand: Vec<String>) -> usize {
        for id in &in_hand {
            // Its visibility has run out: who has it still looks as if it had vanished.
            let others = self.invocations.iter().filter(|other| !other.has_ended);
            if others.into_iter().any(|other| other.has_left(id)) {
                *self.cut_off.entry(id.clone()).or_default() += 1;
            }
            *self.receives.entry(id.clone()).or_default() += 1;
        }
        self.invocations.push(Invocation {
            in_hand,
            ..Invocation::default()
        });
        self.invocations.len() - 1
    }

    /// With or without a transcript.
    pub(crate) fn new(schedule: &Schedule, transcript: bool) -> Self {
        let mut history = Self {
            transcript: transcript.then(Vec::new),
            ..Self::default()
        };
        history.note(std::time::Duration::ZERO, || {
            format!("seed {}", schedule.seed)
        });
        history
    }
}
