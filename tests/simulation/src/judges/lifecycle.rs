//! The changes of an account's lifecycle that are reported to the module: each attach, each
//! detach and each change of scopes once, and in the end what is so.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use shared::domain::{Attachment, BotState};

use super::accounts;
use crate::history::History;
use crate::judge::Known;
use crate::line::{Asked, Line};
use crate::rows::{row, s, text};
use crate::world::World;

/// The module keeps a row with this prefix and the event's id for each change that was
/// reported to it.
pub(crate) const REPORTED: &str = "reported-";

/// What an event has reported to the module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// It was attached; what is granted, if that is known.
    Attached(Option<BTreeSet<String>>),
    /// Something else is granted now.
    Scopes(Option<BTreeSet<String>>),
    /// It was detached.
    Detached,
}

/// What was reported to the module, of each account.
#[derive(Debug, Default, Clone)]
pub(crate) struct Reports(BTreeMap<String, Vec<Report>>);

/// One change that was reported, and the newest attach and detach that were known then.
#[derive(Debug, Clone)]
struct Report {
    event: String,
    change: Change,
    attached_at: Option<i64>,
    detached_at: Option<i64>,
    /// When what was granted then was granted.
    scopes_of: Option<i64>,
}

impl Reports {
    /// How many changes were reported to the module.
    pub(crate) fn count(&self) -> u64 {
        self.0.values().map(|reports| reports.len() as u64).sum()
    }

    fn of(&self, bot: &str) -> &[Report] {
        self.0.get(bot).map(Vec::as_slice).unwrap_or_default()
    }

    /// The attaches and changes of scopes of today's attachment that were reported.
    fn of_present<'a>(
        &'a self,
        bot: &str,
        known: &Known<'_>,
    ) -> impl DoubleEndedIterator<Item = &'a Report> + use<'a> {
        let detached_at = known.detached_at();
        let reports = self.of(bot).iter();
        reports.filter(move |it| it.change != Change::Detached && it.attached_at > detached_at)
    }

    fn knows_attach(&self, bot: &str, known: &Known<'_>) -> bool {
        let mut reports = self.of_present(bot, known);
        reports.any(|it| matches!(it.change, Change::Attached(_)))
    }

    fn knows_detach(&self, bot: &str, known: &Known<'_>) -> bool {
        let mut reports = self.of(bot).iter();
        let is_it =
            |it: &Report| it.change == Change::Detached && it.detached_at >= known.attached_at();
        reports.any(is_it)
    }

    /// The scopes that were reported last, if they were granted in today's attachment.
    fn scopes(&self, bot: &str, known: &Known<'_>) -> Option<BTreeSet<String>> {
        let last = self.of_present(bot, known).next_back()?;
        if last.scopes_of <= known.detached_at() {
            return None;
        }
        match &last.change {
            Change::Attached(scopes) | Change::Scopes(scopes) => scopes.clone(),
            Change::Detached => None,
        }
    }

    /// Whether the attach was reported in the very second of the newest detach: LINE's answer
    /// to a callback has no more than the second, and says no more than which of both came last.
    fn is_of_one_second(&self, bot: &str, known: &Known<'_>) -> bool {
        let second = |at: Option<i64>| at.map(|at| at.div_euclid(1000));
        let mut reports = self.of_present(bot, known);
        reports.any(|it| second(it.attached_at) == second(known.detached_at()))
    }

    /// Why this must not be reported to the module, by what is known.
    fn objection(&self, bot: &str, change: &Change, known: &Known<'_>) -> Option<&'static str> {
        let scopes = known.scopes();
        match change {
            Change::Detached if known.is_attached() => Some("it is attached"),
            Change::Detached if self.knows_detach(bot, known) => Some("it was reported before"),
            Change::Detached => None,
            _ if !known.is_attached() => Some("it is not attached"),
            Change::Attached(_) if self.knows_attach(bot, known) => Some("it was reported before"),
            Change::Scopes(_) if !self.knows_attach(bot, known) => {
                Some("its attach was not reported")
            }
            Change::Scopes(reported) if *reported == self.scopes(bot, known) => {
                (!self.is_of_one_second(bot, known)).then_some("it was reported before")
            }
            Change::Attached(reported) | Change::Scopes(reported) if *reported != scopes => {
                Some("other scopes are granted")
            }
            _ => None,
        }
    }

    /// What was not reported to the module.
    fn missing(&self, bot: &str, known: &Known<'_>) -> Option<&'static str> {
        let attached = known.is_attached() && known.attached_at().is_some();
        if attached && !self.knows_attach(bot, known) {
            return Some("that it is attached");
        }
        if attached && known.scopes().is_some() && known.scopes() != self.scopes(bot, known) {
            return Some("what is granted");
        }
        let ended = known.is_detached();
        (ended && !self.knows_detach(bot, known)).then_some("that it is detached")
    }
}

/// Something was reported to the module, and that is committed.
pub(crate) fn committed(history: &mut History, line: &Line, who: usize, rows: &[&Json]) {
    for row in rows {
        let key = s(row, "chat_id").strip_prefix("@m#");
        let Some(event) = key.and_then(|key| key.strip_prefix(REPORTED)) else {
            continue;
        };
        let change: Change = serde_json::from_str(s(row, "value")).expect("what was reported");
        let bot = s(row, "bot_id").to_owned();
        let known = history.known(who, &(bot.clone(), String::new()), line);
        let reports = &history.judges.lifecycle;
        let objection = reports.objection(&bot, &change, &known);
        // A forced replay may report it again; and a job of ours from before a restore reports
        // what the rows have had.
        let is_ours = is_own_report(event);
        let is_of_before = history.judges.restored.is_restored() && is_ours;
        let may_report = history.forced.contains(event) || is_of_before;
        if let Some(objection) = objection.filter(|_| !may_report) {
            let times = (known.attached_at(), known.detached_at());
            let what = format!("{bot}, by {event}: {change:?}, but {objection}: {times:?}");
            history.violation("account lifecycle reported", what);
        }
        let report = Report {
            scopes_of: known.newest_scopes().map(|(at, _)| at),
            event: event.to_owned(),
            change,
            attached_at: known
                .attached_at()
                .max(time_of(event, &["attached-", "scopes-"])),
            detached_at: known.detached_at().max(time_of(event, &["detached-"])),
        };
        let reports = history.judges.lifecycle.0.entry(bot).or_default();
        reports.push(report);
    }
}

/// Whether an event is a job of ours that reports an account's lifecycle to the module. Several
/// accounts may have one of the same id.
pub(super) fn is_own_report(event: &str) -> bool {
    time_of(event, &["attached-", "scopes-", "detached-"]).is_some()
}

/// When it happened, by the id of an event of our own: a table that was restored may not know.
fn time_of(event: &str, words: &[&str]) -> Option<i64> {
    let is_one = words.iter().any(|word| event.starts_with(word));
    event.rsplit('-').next().filter(|_| is_one)?.parse().ok()
}

/// An invocation has entered something that came by no event: what is to be reported of it
/// to the module, the invocation has to queue.
pub(crate) fn entered(history: &mut History, line: &Line, who: usize, bot: String) {
    let known = accounts::known(history, &bot, line);
    if history.judges.lifecycle.missing(&bot, &known).is_some() {
        history.invocations[who].owes.insert(bot);
    }
}

/// An invocation has come to its own end: where nothing went wrong for it, it has queued
/// all that is to be reported to the module.
pub(crate) fn ended(world: &World, who: usize) {
    let line = world.line();
    let mut history = world.history();
    history.invocations[who].has_ended = true;
    let invocation = &history.invocations[who];
    let (is_disturbed, owes) = (invocation.is_disturbed, invocation.owes.clone());
    // Another may have reported it meanwhile, or is to report what it has entered since.
    let is_missing = |bot: &String| {
        let known = accounts::known(&history, bot, &line);
        history.judges.lifecycle.missing(bot, &known).is_some()
            && !history.is_owed_by_other(who, bot)
    };
    let owes: Vec<_> = owes.into_iter().filter(is_missing).collect();
    if !is_disturbed && !owes.is_empty() {
        let what = format!("invocation {who} queues nothing for {owes:?}");
        history.violation("account lifecycle reported", what);
    }
}

/// Nothing leaves for an account once LINE has confirmed our detach. Who has read the
/// row before the mark has stopped by then: the wait between is a worker's whole time,
/// and it works for a second less. Clocks may differ by that much.
pub(crate) fn leaves(history: &mut History, line: &Line, asked: &Asked, skew_ms: u64) {
    let clocks_agree = skew_ms < 500;
    if clocks_agree && line.is_detached_by_us(&asked.bot) {
        let what = format!("{} {:?} for {}", asked.word(), asked.texts(), asked.bot);
        history.violation("nothing after our detach", what);
    }
}

/// Whether there is a change that has yet to be reported to the module, or an account that
/// is to be detached, by the table's rows.
pub(crate) fn is_under_way(world: &World) -> bool {
    let bots = world.history().judges.accounts.known();
    let mut states = bots.iter().filter_map(|bot| state(world, bot));
    states.any(|state| {
        let is_marked = matches!(state.attachment(), Attachment::Detaching(_));
        is_marked || state.unreported().is_some()
    })
}

/// When all is over, what is so was reported to the module.
pub(crate) fn at_the_end(world: &World) {
    let bots = world.history().judges.accounts.known();
    for bot in bots {
        if is_excused(world, &bot) {
            continue;
        }
        let line = world.line();
        let mut history = world.history();
        let known = accounts::known(&history, &bot, &line);
        if known.is_marked() {
            let what = format!("{bot} is to be detached, and is not");
            history.violation("detached in the end", what);
        }
        let missing = history.judges.lifecycle.missing(&bot, &known);
        if let Some(missing) = missing {
            let reported: Vec<_> = history
                .judges
                .lifecycle
                .of(&bot)
                .iter()
                .map(|it| (&it.event, &it.change))
                .collect();
            let what = format!("{bot}: {missing}; reported: {reported:?}");
            history.violation("account lifecycle reported", what);
        }
        let may_have_lost_it = history.judges.accounts.is_overwritten(&bot);
        drop(history);
        let unreported = state(world, &bot).and_then(|state| state.unreported());
        if let Some(unreported) = unreported.filter(|_| missing.is_none() && !may_have_lost_it) {
            let what = format!("{bot}: {unreported:?} counts as not reported");
            world
                .history()
                .violation("account lifecycle reported", what);
        }
    }
}

/// An event of the account's lifecycle is parked, or someone else has settled it.
fn is_excused(world: &World, bot: &str) -> bool {
    let by_another = world.history().settled_by_another.clone();
    let table = world.table();
    table.partition(bot).any(|row| {
        let event = text(row, "chat_id").strip_prefix("@bot#");
        event.is_some_and(|event| text(row, "outcome") == "parked" || by_another.contains(event))
    })
}

fn state(world: &World, bot: &str) -> Option<BotState> {
    let row = row(world, bot, "@bot")?;
    Some(serde_json::from_value(row).expect("an account's registers"))
}
