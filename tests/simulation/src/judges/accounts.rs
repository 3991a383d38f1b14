//! What an account's row has taken in, and by whom: each of its times is one of LINE's
//! events, or LINE's answer to whoever has written it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value as Json;

use super::{lifecycle, number, reconciler};
use crate::history::{History, Loaded, Role};
use crate::judge::Known;
use crate::line::{Answer, Asked, Kind, Line};
use crate::rows::s;
use crate::schedule::What;
use crate::world::World;

/// The times that a row has of its account's lifecycle, save the reconciler's own mark.
const TIMES: [&str; 6] = [
    "attached_at",
    "detaching_at",
    "detached_at",
    "suspended_at",
    "resumed_at",
    "scopes_of",
];

/// What a row has that came by no event of LINE's.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Entry {
    /// It was attached, as the exchange of a code or LINE's list has said; with what was
    /// granted, if that was said.
    Attached { at: i64, scopes: Option<String> },
    /// We are to detach it.
    Marked { at: i64 },
    /// It was detached, as LINE has answered us.
    Detached { at: i64 },
}

/// The accounts' rows, and what LINE has answered those who write them.
#[derive(Debug, Default, Clone)]
pub(crate) struct Accounts {
    rows: BTreeMap<String, Json>,
    entries: BTreeMap<String, Vec<Entry>>,
    /// By whom, for which account: when it was attached, and what was granted.
    exchanged: Vec<(usize, String, i64, Option<String>)>,
    /// By whom, which account: the end of LINE's second if it was attached until then, the
    /// start of it if it was not.
    detached: Vec<(usize, String, i64)>,
    /// The accounts that are to be detached, as their rows were written last.
    marked: BTreeSet<String>,
    /// Since when an account is no longer to be detached.
    unmarked: BTreeMap<String, Duration>,
    /// The accounts whose row was written after a restore by who had read it before.
    overwritten: BTreeSet<String>,
}

impl Accounts {
    /// What an account's row has that came by no event.
    pub(crate) fn entries(&self, bot: &str) -> Vec<Entry> {
        self.entries.get(bot).cloned().unwrap_or_default()
    }

    /// The accounts that have a row.
    pub(crate) fn known(&self) -> BTreeSet<String> {
        self.rows.keys().cloned().collect()
    }

    /// Whether who had read the row before a restore has written it since: by the version it
    /// may be any row, and what that one had is lost.
    pub(super) fn is_overwritten(&self, bot: &str) -> bool {
        self.overwritten.contains(bot)
    }

    /// The rows are again as they were; what LINE has answered stays answered.
    pub(super) fn go_back(&mut self, before: Self) {
        self.rows = before.rows;
        self.entries = before.entries;
        self.marked = before.marked;
    }

    /// Whether an account is to be detached, now that its row is written.
    fn mark(&mut self, bot: &str, is_marked: bool, now: Duration) {
        if is_marked {
            self.marked.insert(bot.to_owned());
        } else if self.marked.remove(bot) {
            self.unmarked.insert(bot.to_owned(), now);
        }
    }

    fn enter(&mut self, bot: &str, entry: Entry) {
        let entries = self.entries.entry(bot.to_owned()).or_default();
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }

    /// Who had begun before a restore has entered that the account was detached then. The mark
    /// that it was detached for may have gone; what LINE has answered is known.
    fn detached(&mut self, who: usize, bot: &str, at: Option<i64>) {
        let answered = at.filter(|at| self.detached.contains(&(who, bot.to_owned(), *at)));
        if let Some(at) = answered {
            self.enter(bot, Entry::Detached { at });
        }
    }

    /// What LINE has answered to `who`, if that gives the row this time.
    fn answered(&self, who: usize, bot: &str, name: &str, at: i64) -> Option<Entry> {
        let row = self.rows.get(bot).unwrap_or(&Json::Null);
        match name {
            "attached_at" | "scopes_of" => {
                let mut exchanged = self.exchanged.iter();
                let of = exchanged.find(|it| (it.0, it.1.as_str(), it.2) == (who, bot, at))?;
                let scopes = of.3.clone();
                Some(Entry::Attached { at, scopes })
            }
            "detached_at" => {
                // The mark that it was detached for; others may have marked it again since.
                let entered = self
                    .entries(bot)
                    .into_iter()
                    .filter_map(|entry| match entry {
                        Entry::Marked { at } => Some(at),
                        _ => None,
                    });
                let marks: Vec<_> = entered.chain(number(row, "detaching_at")).collect();
                let detached = self.detached.iter();
                let mut of = detached.filter(|it| (it.0, it.1.as_str()) == (who, bot));
                of.any(|it| marks.iter().any(|mark| it.2.max(*mark) == at))
                    .then_some(Entry::Detached { at })
            }
            _ => None,
        }
    }
}

/// What the row of an account has taken in.
pub(crate) fn known<'a>(history: &History, bot: &str, line: &'a Line) -> Known<'a> {
    let loaded = Loaded {
        recorded: history.folded.clone(),
        entered: history.judges.accounts.entries(bot),
        ..Loaded::default()
    };
    History::known_of(&loaded, &(bot.to_owned(), "nobody".to_owned()), line)
}

/// LINE is asked to detach an account: it was to be detached when the worker last looked,
/// and nothing that it has in hand says otherwise.
pub(super) fn detaches(world: &World, who: usize, bot: &str) {
    let line = world.line();
    let mut history = world.history();
    let began = history.judges.troubles.hand(who).map(|hand| hand.from);
    let unmarked = history.judges.accounts.unmarked.get(bot).copied();
    let was_marked = unmarked.is_some_and(|since| Some(since) >= began);
    let stored = was_marked || known(&history, bot, &line).is_marked();
    let mut in_hand = known(&history, bot, &line);
    let events = history.invocations[who]
        .in_hand
        .iter()
        .filter_map(|id| line.events.get(id));
    in_hand
        .of_bot
        .extend(events.filter(|event| event.bot == bot && event.chat.is_none()));
    if !stored || !was_marked && !in_hand.is_marked() {
        let what = format!("{who} detaches {bot}, which is not to be detached");
        history.violation("detached by its mark", what);
    }
}

/// LINE has answered who may write an account's row by it.
pub(crate) fn answered(world: &World, who: usize, asked: &Asked, answer: &Answer) {
    let start = world.line().now().div_euclid(1000) * 1000;
    let end = start + 999;
    let accounts = &mut world.history().judges.accounts;
    match (&asked.kind, answer.status) {
        (Kind::Detach(bot), 200) => accounts.detached.push((who, bot.clone(), end)),
        (Kind::Detach(bot), 400) => accounts.detached.push((who, bot.clone(), start)),
        (Kind::Exchange(_), 200) => {
            let bot = answer.body["bot_id"].as_str().unwrap_or_default();
            let scopes = answer.body["scopes"].as_array();
            let words = scopes.map(|all| all.iter().filter_map(Json::as_str).collect::<Vec<_>>());
            let scopes = words.map(|words| words.join(" "));
            accounts.exchanged.push((who, bot.to_owned(), end, scopes));
        }
        _ => {}
    }
}

/// An account's row was written: each time that is new in it must have come from
/// somewhere.
pub(crate) fn written(world: &World, who: usize, row: &Json, is_alone: bool) {
    let bot = s(row, "bot_id").to_owned();
    let line = world.line();
    let mut history = world.history();
    let accounts = &history.judges.accounts;
    let before = accounts.rows.get(&bot).cloned().unwrap_or(Json::Null);
    if history.invocations[who].role == Role::Reconciler {
        reconciler::written(&mut history, &line, who, &bot, &before, row);
    } else {
        by_another(&mut history, who, &before, row, is_alone);
    }
    let mut has_entered = false;
    for name in TIMES {
        let (was, is) = (number(&before, name), number(row, name));
        // Of two attaches in one millisecond, other scopes may be the second one's.
        let others = name == "scopes_of" && is.is_some() && before["scopes"] != row["scopes"];
        if was == is && !others {
            continue;
        }
        if let Some(entry) = is.and_then(|at| by_our_event(&history, who, name, at)) {
            history.judges.accounts.enter(&bot, entry);
            continue;
        }
        let entry = match is.filter(|_| was <= is) {
            Some(at) => source(&history, &line, who, &bot, name, at),
            None => Err("goes back"),
        };
        match entry {
            Ok(Some(entry)) => {
                history.judges.accounts.enter(&bot, entry);
                has_entered = true;
            }
            Ok(None) => {}
            Err(_) if history.judges.restored.has_begun_before(who) => {
                let detached = is.filter(|_| name == "detached_at");
                history.judges.accounts.detached(who, &bot, detached);
            }
            Err(why) => {
                let what = format!("{name} of {bot} {why}: {was:?}, {is:?}, by {who}");
                history.violation("entries of accounts", what);
            }
        }
    }
    let is_marked = known(&history, &bot, &line).is_marked();
    let has_begun_before = history.judges.restored.has_begun_before(who);
    let accounts = &mut history.judges.accounts;
    if has_begun_before {
        accounts.overwritten.insert(bot.clone());
    }
    accounts.rows.insert(bot.clone(), row.clone());
    accounts.mark(&bot, is_marked, world.time.elapsed());
    if has_entered {
        lifecycle::entered(&mut history, &line, who, bot);
    }
}

/// An account's row was written by who is not the reconciler.
fn by_another(history: &mut History, who: usize, before: &Json, row: &Json, is_alone: bool) {
    let is_restored = history.judges.restored.is_restored();
    if is_alone && !is_restored && reconciler::is_same(before, row) {
        let what = format!("{who} writes {row}");
        history.violation("nothing written in vain", what);
    } else if number(before, "missing_since") != number(row, "missing_since") {
        let bot = s(row, "bot_id");
        let what = format!("{who} changes since when {bot} is missing");
        history.violation("entries of accounts", what);
    }
}

/// Where a time comes from: none if it is an event's.
fn source(
    history: &History,
    line: &Line,
    who: usize,
    bot: &str,
    name: &str,
    at: i64,
) -> Result<Option<Entry>, &'static str> {
    let invocation = &history.invocations[who];
    let in_hand = invocation.in_hand.iter();
    let mut events = in_hand.filter_map(|id| line.events.get(id));
    if events.any(|event| event.bot == bot && event.at == at && tells(&event.what, name)) {
        return Ok(None);
    }
    if let Some(entry) = history.judges.accounts.answered(who, bot, name, at) {
        return Ok(Some(entry));
    }
    let scopes = None;
    match (invocation.role, name) {
        (Role::Operator, "detaching_at") => {
            let newest = known(history, bot, line).newest_change();
            let entry = Some(Entry::Marked { at });
            (Some(at) > newest).then_some(entry).ok_or("says nothing")
        }
        // What the reconciler enters has its own judge.
        (Role::Reconciler, "attached_at") => Ok(Some(Entry::Attached { at, scopes })),
        (Role::Reconciler, "detached_at") => Ok(Some(Entry::Detached { at })),
        _ => Err("comes from nowhere"),
    }
}

/// The entry of an event of our own, which reports to the module what the row has: a row that
/// was restored may have it no longer.
fn by_our_event(history: &History, who: usize, name: &str, at: i64) -> Option<Entry> {
    let end = format!("-{at}");
    let in_hand = |word: &str| {
        let mut events = history.invocations[who].in_hand.iter();
        events.any(|id| id.starts_with(word) && id.ends_with(&end))
    };
    let scopes = None;
    match name {
        "attached_at" if in_hand("attached-") || in_hand("scopes-") => {
            Some(Entry::Attached { at, scopes })
        }
        "detached_at" if in_hand("detached-") => Some(Entry::Detached { at }),
        _ => None,
    }
}

fn tells(what: &What, name: &str) -> bool {
    match name {
        "attached_at" => matches!(what, What::Attached(_)),
        "scopes_of" => matches!(what, What::Attached(Some(_))),
        "detached_at" => *what == What::Detached,
        "suspended_at" => *what == What::Suspended,
        "resumed_at" => *what == What::Resumed,
        _ => false,
    }
}
