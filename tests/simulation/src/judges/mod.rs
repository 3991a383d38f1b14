//! Judges: each holds one promise of the design against what the simulation has seen, in
//! a file and with a state of its own. They are told of every call, of every row that is
//! written, and of every invocation of the worker.

pub(crate) mod accounts;
pub(crate) mod acknowledged;
pub(crate) mod attempts;
mod control;
mod counter;
mod decorations;
mod doubled;
pub(crate) mod epochs;
mod keys;
mod lapsed;
pub(crate) mod lease;
pub(crate) mod lifecycle;
pub(crate) mod limits;
pub(crate) mod links;
mod lost_replies;
mod parked_index;
mod parking;
mod plan_order;
mod progress;
pub(crate) mod reconciler;
mod replays;
mod restored;
pub(crate) mod rows_made;
mod seen;
pub(crate) mod timers;
mod troubles;
mod unknown;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;
use shared::store::LedgerRow;

pub(crate) use restored::Backup;
pub(crate) use seen::Watch;
pub(crate) use troubles::Hand;

use crate::call::request_of;
use crate::line::{Answer, Asked, Kind};
use crate::rows::{row, s};
use crate::schedule::Wish;
use crate::world::World;
use parked_index::Written;
use seen::Seen;

/// All judges.
#[derive(Debug, Default)]
pub(crate) struct Judges {
    troubles: troubles::Troubles,
    accepted: doubled::Accepted,
    attempts: attempts::Attempts,
    control: control::Control,
    writers: counter::Writers,
    decorations: decorations::Decorations,
    parking: parking::Parking,
    plan_order: plan_order::PlanOrder,
    progress: progress::Progress,
    keys: keys::Keys,
    lapsed: lapsed::Lapsed,
    lost_replies: lost_replies::LostReplies,
    lease: lease::Lease,
    pub(crate) restored: restored::Restored,
    timers: timers::Timers,
    pub(crate) accounts: accounts::Accounts,
    pub(crate) epochs: epochs::Epochs,
    pub(crate) lifecycle: lifecycle::Reports,
    pub(crate) limits: limits::Limits,
    pub(crate) links: links::Links,
    pub(crate) reconciler: reconciler::Runs,
    pub(crate) replays: replays::Replays,
    pub(crate) rows_made: rows_made::RowsMade,
}

/// A check, and what stands against it.
type Wrong = (&'static str, String);

impl Judges {
    /// Whether the table was restored to before something of this event was written.
    pub(crate) fn has_forgotten(&self, event: &str) -> bool {
        self.restored.has_forgotten(event)
    }

    /// When an event was in a worker's hands last, in milliseconds since 1970.
    pub(crate) fn last_given(&self, event: &str) -> Option<i64> {
        self.troubles.last_given(event)
    }

    /// Someone else has written an event's row.
    pub(crate) fn settled_by_another(&mut self, event: &str, at: Duration) {
        self.restored.written(event, at);
        self.writers.by_another(event);
        self.parking.settled(event);
    }

    /// Whether such an event must be settled all the same.
    pub(crate) fn is_still_promised(&self, event: &str) -> bool {
        self.restored.is_still_promised(event)
    }

    /// The queue has taken events.
    pub(crate) fn queued(&mut self, events: &[String], now: i64) {
        self.lost_replies.queued(events, now);
        self.lapsed.queued(events, now);
        events.iter().for_each(|event| self.restored.queued(event));
    }

    /// Their messages were deleted.
    pub(crate) fn deleted(&mut self, events: &[String]) {
        events.iter().for_each(|event| self.restored.deleted(event));
    }

    /// The table is not as the judges saw it last.
    fn forget(&mut self) {
        self.control = control::Control::default();
        self.writers.forget();
        self.keys.forget();
        self.lease.forget();
        self.limits.forget();
        self.progress.forget();
        self.replays.forget();
        self.timers.forget();
        self.parking.forget();
    }

    /// A row was written, perhaps for another run of its event.
    fn opened(&mut self, written: &Written<'_>, now: i64, at: Duration) -> Option<Wrong> {
        let (event, after) = (written.event, written.after);
        let before = match written.word {
            // A note on a row past its time changes little of it, and not the run.
            "UpdateItem" => written.stored,
            _ => written.before,
        };
        let is_new_row = before.is_none();
        let is_new_run = replays::run(after) > replays::run(before);
        // A row that was deleted meanwhile is created by the forced run itself.
        let is_forced =
            is_new_run && is_new_row && after.is_some_and(|it| it["replay_forced"] == true);
        if is_forced || field(after, "run") > field(before, "run") {
            self.accepted.force(event, at, is_new_row);
            self.keys.force(event);
        } else if is_new_run && is_new_row && self.accepted.has_any_of(event) {
            // It is run again when its row is gone: what was sent is forgotten.
            self.accepted.force(event, at, true);
        }
        if is_new_row && !is_new_run {
            self.replays.created(event);
        }
        let row = after.filter(|row| is_new_run && row["outcome"] != "done")?;
        self.parking.reopen(event, now);
        self.lost_replies.reopen(event, row);
        self.progress.reopen(event);
        // A plan that goes on keeps what was left open before.
        if row["effects"].is_null() {
            self.troubles.reopen(event, at);
        }
        let is_open = self.troubles.is_cut_off(event) || self.troubles.is_shared(event);
        self.keys.reopen(event, is_open);
        let what = replays::opened(event, row)?;
        Some(("what was refused is tried again", what))
    }

    /// A row was written that may be settled or parked by it.
    fn settles(
        &mut self,
        written: &Written<'_>,
        (now, at): (i64, Duration),
        skew: i64,
    ) -> Vec<Wrong> {
        let Some(row) = written.after else {
            return Vec::new();
        };
        let event = written.event;
        self.lost_replies.written(event, row, now);
        self.keys.written(event, row, now);
        if row["outcome"] == "done" {
            self.parking.settled(event);
        }
        match row["outcome"].as_str() {
            Some("done" | "parked") if !lapsed::has_lapsed(row, now) => {
                self.progress.settled(event, at);
            }
            _ => self.progress.reopen(event),
        }
        let has_forgotten = self.restored.has_forgotten(event);
        let not_sent = self.accepted.called_not_sent(event, row);
        let not_sent = not_sent.filter(|_| !has_forgotten);
        let was_parked = written.before.is_some_and(|it| it["outcome"] == "parked");
        let parks = row["outcome"] == "parked" && !was_parked;
        let reason = parks.then(|| self.parking.parks(event, row, now, skew));
        let decoration = parks.then(|| decorations::parks(event, row));
        let wrong = [
            not_sent.map(|what| ("what LINE has accepted is called so", what)),
            reason.flatten().map(|what| ("parked with reason", what)),
            decoration
                .flatten()
                .map(|what| ("a decoration parks nothing", what)),
        ];
        wrong.into_iter().flatten().collect()
    }

    /// How many replies were lost by each cause.
    pub(crate) fn lost(&mut self) -> BTreeMap<String, u64> {
        std::mem::take(&mut self.lost_replies.causes)
    }
}

/// A call leaves.
fn leaves(world: &World, seen: &Seen) {
    links::leaves(world, seen.who, &seen.word);
    let now = world.time.millis(0);
    let row = match &seen.about {
        seen::About::Effect { event, .. } => ledger(world, event),
        _ => None,
    };
    let mut history = world.history();
    let is_disturbed = history.invocations[seen.who].is_disturbed;
    let judges = &mut history.judges;
    judges.parking.leaves(seen, now);
    let hand = judges.troubles.hand(seen.who).filter(|_| !is_disturbed);
    let again = judges.progress.leaves(seen, hand);
    let order = judges.plan_order.leaves(seen, row.as_ref());
    let wrong = [
        order.map(|what| ("order within a plan", what)),
        again.map(|what| ("what is settled is passed over", what)),
    ];
    for (check, what) in wrong.into_iter().flatten() {
        history.violation(check, what);
    }
}

/// It has ended for who made it.
fn ends(world: &World, seen: &Seen, status: Option<u16>, at: Duration) {
    let mut history = world.history();
    // Who has given up waiting has met a trouble too, even if all it called was well.
    history.invocations[seen.who].is_disturbed |= status.is_none();
    let judges = &mut history.judges;
    judges.troubles.ends(seen, status, at);
    judges.control.ends(seen, status);
    judges.decorations.ends(seen, status);
    judges.keys.ends(seen, status);
    judges.parking.ends(seen, status);
    judges.plan_order.ends(seen, status);
}

/// The table has taken these rows from an invocation, all at once.
pub(crate) fn taken(world: &World, who: usize, rows: &[&Json]) {
    // A commit has the account's row in it whether that changes or not.
    let is_alone = rows.iter().filter(|row| !row.is_null()).count() == 1;
    for row in rows {
        lease::written(world, who, row);
        timers::written(world, row);
        match (s(row, "bot_id"), s(row, "chat_id")) {
            ("@reconciler", _) => reconciler::own_row(world, who, row),
            (_, "@bot") => accounts::written(world, who, row, is_alone),
            _ => {}
        }
    }
}

/// The table has deleted the row with this key.
pub(crate) fn deleted(world: &World, who: usize, key: &Json) {
    match s(key, "chat_id") {
        "@lease" => lease::deleted(world, who),
        sort if sort.starts_with("@timer#") => timers::deleted(world, sort),
        _ => {}
    }
}

/// A number of a row in our own JSON; 0 if it is not there.
fn field(row: Option<&Json>, name: &str) -> i64 {
    row.and_then(|row| row[name].as_i64()).unwrap_or_default()
}

/// A number of a row as DynamoDB writes it.
fn number(row: &Json, name: &str) -> Option<i64> {
    row[name]["N"].as_str()?.parse().ok()
}

/// LINE has answered, whether the answer arrives or not.
pub(crate) fn answered(world: &World, who: usize, asked: &Asked, answer: &Answer) {
    accounts::answered(world, who, asked, answer);
    if let Kind::Detach(bot) = &asked.kind {
        accounts::detaches(world, who, bot);
    }
    reconciler::answered(world, who, asked, answer);
    epochs::answered(world, who, asked, answer);
    of_plan(world, who, asked, answer);
}

/// What LINE's answer says of a plan's effect.
fn of_plan(world: &World, who: usize, asked: &Asked, answer: &Answer) {
    let held = world.line().held.last().cloned();
    let mut history = world.history();
    let is_control = matches!(asked.kind, Kind::Acquire(_) | Kind::Release(_));
    if let Some(held) = held.filter(|_| is_control && answer.status == 200) {
        let at = if held.ours.is_some() {
            held.date
        } else {
            held.date + 999
        };
        history.judges.control.done(who, (held.bot, held.chat), at);
    }
    let Some((event, ordinal)) = seen::named(asked) else {
        return;
    };
    let judges = &mut history.judges;
    if (400..500).contains(&answer.status) && !matches!(answer.status, 401 | 409 | 423 | 429) {
        let message = answer.body["message"].as_str().unwrap_or_default();
        let status = answer.status;
        judges
            .lost_replies
            .refused(&event, ordinal, status, message);
    }
    if answer.status == 200 {
        let at = world.time.elapsed();
        let key = asked.key.as_deref();
        judges.accepted.add(&event, ordinal, key, at);
        let is_replayed = history.replayed.contains(&event);
        let order = &mut history.judges.plan_order;
        if let Some(what) = order.accepts(&event, ordinal, is_replayed) {
            history.violation("order within a plan", what);
        }
    }
}

/// The ledger rows that a request may write, as they are before it.
#[derive(Default)]
pub(crate) struct Before {
    word: String,
    rows: Vec<(String, String, Option<Json>)>,
}

impl Before {
    /// They are looked at.
    pub(crate) fn of(world: &World, word: &str, body: &[u8]) -> Self {
        let writes = matches!(
            word,
            "UpdateItem" | "PutItem" | "TransactWriteItems" | "DeleteItem"
        );
        if !writes {
            return Self::default();
        }
        let request = request_of(body);
        let is_judged = |key: &&Json| {
            seen::event_of(key).is_some() || s(key, "chat_id") == "@bot" || links::is_attach(key)
        };
        let keys = seen::keys_written(&request).filter(is_judged);
        let rows = keys.map(|key| {
            let (bot, sort) = (s(key, "bot_id").to_owned(), s(key, "chat_id").to_owned());
            let row = row(world, &bot, &sort);
            (bot, sort, row)
        });
        Self {
            word: word.to_owned(),
            rows: rows.collect(),
        }
    }

    /// The request is done.
    pub(crate) fn after(self, world: &World, who: usize) {
        for (bot, sort, before) in &self.rows {
            let after = row(world, bot, sort);
            let event = sort.rsplit('#').next().unwrap_or_default();
            if bot == "@attach" {
                links::written(world, who, sort, after.as_ref());
            } else if sort == "@bot" {
                let mut history = world.history();
                let decorations = &history.judges.decorations;
                let wrong = decorations.denied(who, before.as_ref(), after.as_ref());
                if let Some(what) = wrong {
                    history.violation("only a refused message denies messages", what);
                }
            } else if *before != after {
                written(
                    world,
                    who,
                    event,
                    &self.word,
                    before.as_ref(),
                    after.as_ref(),
                );
            }
        }
    }
}

/// A ledger row was written.
fn written(
    world: &World,
    who: usize,
    event: &str,
    word: &str,
    before: Option<&Json>,
    after: Option<&Json>,
) {
    let (now, at) = (world.time.millis(0), world.time.elapsed());
    let mut history = world.history();
    let receives = history.receives.get(event).copied().unwrap_or_default();
    let judges = &mut history.judges;
    let written = Written {
        event,
        word,
        stored: before,
        // By the clock of whoever has written it, which may be ahead.
        before: before.filter(|row| !lapsed::has_lapsed(row, now + world.schedule.skew())),
        after,
        is_replay: judges.troubles.is_replayed_by(who, event),
    };
    judges.restored.written(event, at);
    let mut wrong = Vec::new();
    wrong.extend(judges.opened(&written, now, at));
    if let Some(what) = parked_index::stands_against(&written) {
        wrong.push(("parked stays in the index", what));
    }
    wrong.extend(judges.writers.written(who, &written));
    let push = plan_order::begins_push(&written);
    wrong.extend(push.map(|what| ("a push stands in for one try's reply", what)));
    let ended = judges.attempts.written(who, &written);
    wrong.extend(ended.map(|what| ("an attempt is ended by who made it", what)));
    wrong.extend(attempts::written(&judges.troubles, &written, receives));
    // A restored table may have the beginning of an attempt, and not its end.
    if !judges.has_forgotten(event) {
        let vanished = attempts::vanished(&judges.troubles, who, &written);
        wrong.extend(vanished.map(|what| ("an attempt that ended has not vanished", what)));
    }
    wrong.extend(judges.settles(&written, (now, at), world.schedule.skew()));
    for (check, what) in wrong {
        history.violation(check, what);
    }
}

/// An invocation of the worker begins.
pub(crate) fn begins(world: &World, who: usize, hand: Hand) {
    let now = world.time.millis(0);
    let judges = &mut world.history().judges;
    judges.parking.given(&hand.events, now);
    judges.troubles.begins(who, hand);
}

/// It has ended by itself, and has not settled these events; or it was cut off.
pub(crate) fn ended(world: &World, who: usize, unsettled: Option<&[String]>) {
    let (now, at) = (world.time.millis(0), world.time.elapsed());
    let entry = |(bot, chat): &crate::history::Place| {
        let row = row(world, bot, chat)?;
        Some(row["control"].clone())
    };
    let rows: Vec<_> = unsettled.into_iter().flatten().cloned().collect();
    let settled = |event: &String| {
        let row = ledger(world, event);
        let outcome = |row: &Json| row["outcome"] == "done" || row["outcome"] == "parked";
        // What fails in the module is parked by the number of its failures.
        let wish = world.schedule.wish(event);
        matches!(wish, Some(Wish::Fail(_) | Wish::Panic(_) | Wish::Hang(_)))
            || row.is_some_and(|row| outcome(&row) || row["attempts"].as_i64() > Some(0))
    };
    let rows: Vec<_> = rows.into_iter().filter(|event| !settled(event)).collect();
    let line = world.line();
    let mut history = world.history();
    for event in &rows {
        let bot = line.told.get(event).map(|told| told.bot.as_str());
        if bot.is_some_and(|bot| !accounts::known(&history, bot, &line).is_attached()) {
            history.judges.lost_replies.waits(event);
        }
    }
    drop(line);
    let judges = &mut history.judges;
    judges.troubles.ended(who, at, unsettled.is_none());
    if unsettled.is_none() {
        judges.control.cut_off(who);
        return;
    }
    let late = judges.parking.ended(who, &rows, now);
    let missing = judges.control.ended(who, entry);
    for what in late {
        history.violation("parked in time", what);
    }
    for what in missing {
        history.violation("own control is entered", what);
    }
}

/// Someone at the management screen has come to the end.
pub(crate) fn acted(world: &World, who: usize) {
    ended(world, who, Some(&[]));
}

/// What the row of an event says in the end.
pub(crate) fn at_the_end(world: &World, event: &str, row: Option<&LedgerRow>) {
    let line = world.line();
    let mut history = world.history();
    let mut wrong: Vec<Wrong> = Vec::new();
    let mut cause = None;
    {
        let judges = &history.judges;
        let doubled = judges.accepted.doubled(event);
        wrong.extend(doubled.into_iter().map(|what| ("no message doubled", what)));
        if let Some(row) = row {
            let missing = judges.accepted.not_again(event, row).into_iter();
            wrong.extend(missing.map(|what| ("what is forced is sent again", what)));
            let lapsed = judges.lapsed.judge(event, row);
            wrong.extend(lapsed.map(|what| ("a row past its time counts for nothing", what)));
            let missing = judges.replays.missing(event, row);
            wrong.extend(missing.map(|what| ("what is to run again does", what)));
            let lost_at = |ordinal| judges.lost_replies.lost_at(event, ordinal);
            let given_up = judges.keys.given_up(event, row, lost_at);
            let given_up = given_up.into_iter();
            wrong.extend(given_up.map(|what| ("a push is tried while LINE knows its key", what)));
            let unknown = unknown::without_cause(&judges.troubles, event, row);
            wrong.extend(
                unknown
                    .into_iter()
                    .map(|what| ("unknown has its cause", what)),
            );
            let facts = lost_replies::Facts {
                schedule: &world.schedule,
                history: &history,
                line: &line,
            };
            cause = lost_replies::judge(judges, &facts, event, row);
        }
    }
    match cause {
        Some(Ok(cause)) => {
            let causes = &mut history.judges.lost_replies.causes;
            *causes.entry(cause).or_default() += 1;
        }
        Some(Err(what)) => wrong.push(("a lost reply has its cause", what)),
        None => {}
    }
    for (check, what) in wrong {
        history.violation(check, what);
    }
}

/// An event's row in the table, wherever the event happened.
fn ledger(world: &World, event: &str) -> Option<Json> {
    let (bot, chat) = {
        let line = world.line();
        let told = line.told.get(event);
        let place = told.map(|told| (told.bot.clone(), told.chat.clone()));
        place.or_else(|| {
            let history = world.history();
            let (bot, chat) = history.timers.get(event)?.clone();
            Some((bot, Some(chat)))
        })?
    };
    let sort = format!("{}#{event}", chat.as_deref().unwrap_or("@bot"));
    row(world, &bot, &sort)
}
