//! The reconciler by what LINE has answered it: which accounts its list had, when, and
//! whose bot info was refused. What it writes is held against that, and not against the
//! rows that it wrote before.

mod listing;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{accounts, number};
use crate::history::{History, Role};
use crate::judge::Known;
use crate::line::{Answer, Asked, Kind, Line};
use crate::rows::s;
use crate::world::World;
use listing::{Listing, Page};

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// How long a suspended account may be missing.
const SUSPENSION: i64 = 100 * DAY;
/// Number of accounts that may go, or one in twenty.
const FEW: usize = 5;
const ONE_IN: usize = 20;

/// All runs of the reconciler.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    of: BTreeMap<usize, Run>,
    /// What stands in the table.
    kept: Kept,
    /// How often what was done.
    pub(crate) done: BTreeMap<&'static str, u64>,
}

/// What the runs have left in the table.
#[derive(Debug, Default, Clone)]
pub(crate) struct Kept {
    /// Accounts that are marked as missing, each with the beginning of the walk.
    marked: BTreeMap<String, i64>,
    /// For which accounts a run has said that it stops.
    stopped: BTreeSet<String>,
    /// Which accounts an operator lets go.
    approved: Option<BTreeSet<String>>,
}

/// One run: what LINE has answered it.
#[derive(Debug, Default)]
struct Run {
    listings: Vec<Listing>,
    /// Whether it has come to its end, and had seen the rows as they were.
    has_ended_well: bool,
    refused: BTreeSet<String>,
    /// Which accounts would go, at each time that the rows were read.
    would_go: Vec<Going>,
}

/// Accounts that would go, of how many that could be judged.
#[derive(Debug, Clone)]
struct Going {
    gone: BTreeSet<String>,
    judged: usize,
}

impl Going {
    fn is_too_many(&self) -> bool {
        let gone = self.gone.len();
        let all = gone > 0 && gone == self.judged;
        all || gone > FEW.max(self.judged / ONE_IN)
    }
}

impl Run {
    /// The walks that began in this second.
    fn began(&self, at: i64) -> impl Iterator<Item = &Listing> {
        self.listings.iter().filter(move |it| it.began == at)
    }
}

/// LINE has answered the reconciler.
pub(crate) fn answered(world: &World, who: usize, asked: &Asked, answer: &Answer) {
    let second = world.line().now().div_euclid(1000) * 1000;
    let mut history = world.history();
    if history.invocations[who].role != Role::Reconciler {
        return;
    }
    let run = history.judges.reconciler.of.entry(who).or_default();
    match &asked.kind {
        Kind::List(start) if answer.status == 200 => page(run, start, second, &answer.body),
        Kind::Info if (400..500).contains(&answer.status) && answer.status != 429 => {
            run.refused.insert(asked.bot.clone());
        }
        _ => {}
    }
}

fn page(run: &mut Run, start: &str, second: i64, body: &Json) {
    let bots = body["bots"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|bot| Some(bot["userId"].as_str()?.to_owned()));
    let page: Page = (bots.collect(), body["next"].as_str().map(str::to_owned));
    if start.is_empty() {
        run.listings.push(Listing::new(second));
    }
    // Whose answer was seen is not known: a page may belong to any of them.
    let newest = run.listings.len().saturating_sub(1);
    for (at, listing) in run.listings.iter_mut().enumerate() {
        if !start.is_empty() || at == newest {
            listing.given(start, page.clone());
        }
    }
}

/// The reconciler has read all rows, and plans by them.
pub(crate) fn rows_read(world: &World, who: usize) {
    let line = world.line();
    let mut history = world.history();
    if history.invocations[who].role != Role::Reconciler || world.schedule.index_lag > 0 {
        return; // which rows it has seen is not known
    }
    let runs = &history.judges.reconciler;
    let Some(listing) = runs
        .of
        .get(&who)
        .and_then(|run| run.listings.last())
        .cloned()
    else {
        return;
    };
    if !listing.is_complete() {
        return;
    }
    let (mut gone, mut judged) = (BTreeSet::new(), 0);
    for bot in history.judges.accounts.known() {
        let known = accounts::known(&history, &bot, &line);
        if listing.has(&bot) {
            judged += usize::from(known.is_attached());
        } else if is_judged(&known, listing.began).is_ok() {
            judged += 1;
            gone.insert(bot);
        }
    }
    let going = Going { gone, judged };
    let runs = &mut history.judges.reconciler;
    if runs
        .kept
        .approved
        .as_ref()
        .is_some_and(|approved| *approved != going.gone)
    {
        runs.kept.approved = None; // it ends with the first list in which others are missing
    }
    runs.of.entry(who).or_default().would_go.push(going);
}

/// Whether a walk can tell of an account that is missing.
fn is_judged(known: &Known<'_>, began: i64) -> Result<(), &'static str> {
    let suspended_at = known.suspended_at();
    match () {
        () if !known.is_attached() => Err("it is not attached"),
        () if known.attached_at() >= Some(began) => Err("it was attached during the walk"),
        () if suspended_at.is_some_and(|at| began - at < SUSPENSION) => Err("it is suspended"),
        () => Ok(()),
    }
}

/// A row of the reconciler's own was written: what it has come to, or an operator's word.
pub(crate) fn own_row(world: &World, who: usize, row: &Json) {
    let runs = &mut world.history().judges.reconciler;
    let walk = &row["walk"]["M"];
    match s(row, "chat_id") {
        "@walk" if walk.get("failure").is_none() => {
            let run = runs.of.entry(who).or_default();
            run.has_ended_well = !run.would_go.is_empty();
        }
        "@walk" if walk.get("stopped").is_some() => {
            let run = runs
                .of
                .get(&who)
                .and_then(|run| run.would_go.last().cloned());
            runs.kept.stopped = run.map(|going| going.gone).unwrap_or_default();
            *runs.done.entry("reconciler stops").or_default() += 1;
        }
        "@approval" => runs.kept.approved = Some(runs.kept.stopped.clone()),
        _ => {}
    }
}

/// The reconciler has written an account's row.
pub(crate) fn written(
    history: &mut History,
    line: &Line,
    who: usize,
    bot: &str,
    before: &Json,
    row: &Json,
) {
    let new = |name: &str| {
        let (was, is) = (number(before, name), number(row, name));
        (was != is).then_some(is)
    };
    let known = accounts::known(history, bot, line);
    let mut objections = Vec::new();
    if let Some(Some(at)) = new("attached_at") {
        objections.push(("attaches", may_attach(history, who, bot, at, &known)));
        count(history, "reconciler attaches");
    }
    let detached = new("detached_at").flatten();
    if let Some(at) = detached {
        objections.push(("detaches", may_detach(history, who, bot, at, &known)));
        count(history, "reconciler detaches");
    }
    match new("missing_since") {
        Some(Some(at)) => {
            let marked =
                number(before, "missing_since").filter(|at| Some(*at) > known.attached_at());
            let is_first = marked.map_or(Ok(()), |_| Err("it is marked already"));
            let may = is_first.and_then(|()| may_mark(history, who, bot, at, &known));
            objections.push(("marks", may));
            history.judges.reconciler.mark(bot, at);
            count(history, "reconciler marks");
        }
        Some(None) => {
            let is_listed = is_listed(history, who, bot);
            let why = is_listed.then_some(()).ok_or("it is not listed");
            objections.push((
                "unmarks",
                why.or(detached.map(drop).ok_or("it is not listed")),
            ));
            history.judges.reconciler.kept.marked.remove(bot);
        }
        None => {}
    }
    if !history.judges.restored.is_restored() && is_same(before, row) {
        objections.push(("writes", Err("nothing has changed")));
    }
    if history.judges.restored.has_begun_before(who) {
        return;
    }
    for (word, objection) in objections {
        if let Err(why) = objection {
            let what = format!("invocation {who} {word} {bot}, but {why}: {before} became {row}");
            history.violation("the reconciler by LINE's list", what);
        }
    }
}

fn count(history: &mut History, what: &'static str) {
    *history.judges.reconciler.done.entry(what).or_default() += 1;
}

/// Whether a row says what it said before.
pub(super) fn is_same(before: &Json, row: &Json) -> bool {
    let without_version = |row: &Json| {
        let mut row = row.clone();
        if let Some(fields) = row.as_object_mut() {
            fields.remove("version");
        }
        row
    };
    without_version(before) == without_version(row)
}

fn is_listed(history: &History, who: usize, bot: &str) -> bool {
    let run = history.judges.reconciler.of.get(&who);
    run.is_some_and(|run| run.listings.iter().any(|it| it.has(bot)))
}

/// It is listed, and not attached here; and it was not detached within a day.
fn may_attach(
    history: &History,
    who: usize,
    bot: &str,
    at: i64,
    known: &Known<'_>,
) -> Result<(), &'static str> {
    let run = history.judges.reconciler.of.get(&who);
    let is_listed = run.is_some_and(|run| run.began(at).any(|it| it.has(bot)));
    let is_new = known.is_attached() && known.attached_at().is_none();
    let ended = known.detached_at().filter(|_| !known.is_attached());
    match () {
        () if !is_listed => Err("it is not listed by a walk that began then"),
        () if known.is_marked() => Err("it is to be detached"),
        () if known.suspended_at() > known.detached_at() => Err("it is suspended"),
        () if is_new => Ok(()),
        () if ended.is_none() => Err("it is attached"),
        () if ended.is_some_and(|ended| at - ended < DAY) => Err("it was detached a while ago"),
        () => Ok(()),
    }
}

/// It is missing in a complete listing.
fn may_mark(
    history: &History,
    who: usize,
    bot: &str,
    at: i64,
    known: &Known<'_>,
) -> Result<(), &'static str> {
    let run = history.judges.reconciler.of.get(&who);
    if !run.is_some_and(|run| run.began(at).any(|it| it.lacks(bot))) {
        return Err("it is not missing in a walk that began then");
    }
    may_go(history, who, bot)?;
    is_judged(known, at)
}

/// It is missing in a second listing an hour later, and LINE has refused its info.
fn may_detach(
    history: &History,
    who: usize,
    bot: &str,
    at: i64,
    known: &Known<'_>,
) -> Result<(), &'static str> {
    let runs = &history.judges.reconciler;
    let run = runs.of.get(&who);
    let is_missing = |at: i64| {
        let mut runs = runs.of.values();
        Some(at) > known.attached_at() && runs.any(|run| run.began(at).any(|it| it.lacks(bot)))
    };
    let marked = runs
        .kept
        .marked
        .get(bot)
        .filter(|marked| is_missing(**marked));
    let again = run.is_some_and(|run| run.began(at).any(|it| it.lacks(bot)));
    let refused = run.is_some_and(|run| run.refused.contains(bot));
    match () {
        () if !again => Err("it is not missing in a walk that began then"),
        () if !refused => Err("LINE has not refused its info"),
        () if marked.is_none_or(|marked| at - marked < HOUR) => {
            Err("it was not missing an hour before")
        }
        () if marked.is_some_and(|marked| runs.listed_between(bot, *marked, at)) => {
            Err("it was listed since")
        }
        () => may_go(history, who, bot).and_then(|()| is_judged(known, at)),
    }
}

impl Runs {
    /// What stands in the table.
    pub(super) fn kept(&self) -> Kept {
        self.kept.clone()
    }

    /// The table is again as it was.
    pub(super) fn go_back(&mut self, before: Kept) {
        self.kept = before;
    }

    /// An account is marked as missing by the walk that began at `at`.
    fn mark(&mut self, bot: &str, at: i64) {
        self.kept.marked.insert(bot.to_owned(), at);
    }

    /// Whether a run between these walks has found the account, and ended well.
    fn listed_between(&self, bot: &str, from: i64, to: i64) -> bool {
        let runs = self.of.values().filter(|run| run.has_ended_well);
        let mut listings = runs.flat_map(|run| run.listings.last());
        listings.any(|it| from < it.began && it.began < to && it.has(bot) && !it.lacks(bot))
    }
}

/// Not too many go, or an operator has approved exactly these.
fn may_go(history: &History, who: usize, bot: &str) -> Result<(), &'static str> {
    let runs = &history.judges.reconciler;
    let would_go = runs.of.get(&who).map(|run| run.would_go.as_slice());
    let verdicts = would_go.into_iter().flatten().map(|going| {
        let is_approved = runs.kept.approved.as_ref() == Some(&going.gone);
        match () {
            () if !going.gone.contains(bot) => Err("it was not missing when the rows were read"),
            () if going.is_too_many() && !is_approved => Err("too many would go"),
            () => Ok(()),
        }
    });
    // Whose answer was seen is not known, where they were read more than once.
    verdicts.min_by_key(Result::is_err).unwrap_or(Ok(()))
}
