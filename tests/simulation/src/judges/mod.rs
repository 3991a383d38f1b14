//! Judges: each holds one promise of the design against what the simulation has seen, in
//! a file and with a state of its own. They see every call, every row that is
//! written and every invocation of the worker.

pub(crate) mod accounts;
pub(crate) mod acknowledged;
pub(crate) mod attempts;
pub(crate) mod commands;
mod control;
mod counter;
mod decorations;
mod doubled;
mod end;
pub(crate) mod epochs;
mod invocations;
mod keys;
pub(crate) mod lapsed;
pub(crate) mod lease;
mod ledger_rows;
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
pub(crate) mod signals;
pub(crate) mod steps;
pub(crate) mod suspects;
pub(crate) mod timers;
mod troubles;
mod unknown;
pub(crate) mod untried;
pub(crate) mod withheld;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value as Json;

pub(crate) use end::at_the_end;
pub(crate) use invocations::{acted, begins, ended};
pub(crate) use ledger_rows::Before;
pub(crate) use restored::Backup;
pub(crate) use seen::{Watch, event_of};
pub(crate) use troubles::Hand;

use crate::line::{Answer, Asked, Kind};
use crate::rows::s;
use crate::world::World;
use invocations::ledger;
use parked_index::Written;
use seen::Seen;

/// All judges.
#[derive(Debug, Default)]
pub(crate) struct Judges {
    troubles: troubles::Troubles,
    accepted: doubled::Accepted,
    attempts: attempts::Attempts,
    control: control::Control,
    decorations: decorations::Decorations,
    parking: parking::Parking,
    plan_order: plan_order::PlanOrder,
    progress: progress::Progress,
    keys: keys::Keys,
    lapsed: lapsed::Lapsed,
    lost_replies: lost_replies::LostReplies,
    lease: lease::Lease,
    pub(crate) restored: restored::Restored,
    pub(crate) timers: timers::Timers,
    pub(crate) accounts: accounts::Accounts,
    pub(crate) epochs: epochs::Epochs,
    pub(crate) lifecycle: lifecycle::Reports,
    pub(crate) limits: limits::Limits,
    pub(crate) links: links::Links,
    pub(crate) reconciler: reconciler::Runs,
    pub(crate) replays: replays::Replays,
    pub(crate) rows_made: rows_made::RowsMade,
    pub(crate) commands: commands::Commands,
    pub(crate) signals: signals::Signals,
    pub(crate) steps: steps::Steps,
    pub(crate) withheld: withheld::Withheld,
}

/// A check, and what stands against it.
type Wrong = (&'static str, String);

impl Judges {
    /// Whether the table was restored to before something of this event was written.
    pub(crate) fn has_forgotten(&self, event: &str) -> bool {
        self.restored.has_forgotten(event)
    }

    /// Whether an event was run again though something of it was sent: by force, or because
    /// its row was gone.
    pub(crate) fn has_run_again(&self, event: &str) -> bool {
        self.accepted.is_forced(event)
    }

    /// When an event was in a worker's hands last, in milliseconds since 1970.
    pub(crate) fn last_given(&self, event: &str) -> Option<i64> {
        self.troubles.last_given(event)
    }

    /// Someone else has written an event's row.
    pub(crate) fn settled_by_another(&mut self, event: &str, at: Duration) {
        self.restored.written(event, at);
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

    /// Whether the event's row says that it is settled.
    pub(crate) fn is_settled(&self, event: &str) -> bool {
        self.progress.is_settled(event)
    }

    /// Whether an invocation has begun with the event.
    pub(crate) fn has_tried(&self, who: usize, event: &str) -> bool {
        self.parking.has_tried(who, event)
    }

    /// An invocation has acknowledged the messages of these events, and goes on with others.
    pub(crate) fn acknowledged(&mut self, who: usize, events: &[String], at: Duration) {
        self.troubles.acknowledged(who, events, at);
        self.deleted(events);
    }

    /// Their messages were deleted.
    pub(crate) fn deleted(&mut self, events: &[String]) {
        events.iter().for_each(|event| self.restored.deleted(event));
    }

    /// The table is not as the judges saw it last.
    fn forget(&mut self) {
        self.control = control::Control::default();
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
        let (event, before, after) = (written.event, written.before, written.after);
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
        } else if is_new_run && before.is_some_and(lapsed::is_parked_as_too_old) {
            // Its row was gone, which is why a person was asked.
            self.accepted.force(event, at, true);
        }
        if is_new_row {
            self.replays.created(event);
        }
        // One that ends as it begins, because the event is parked by it, opens nothing.
        let is_open = |row: &&Json| row["outcome"] == "planned" || row["outcome"] == "failed";
        let row = after.filter(is_open).filter(|_| is_new_run)?;
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
        let not_sent = self
            .accepted
            .called_not_sent(event, row)
            .filter(|_| !has_forgotten);
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
    judges.links.ends(seen);
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
            ("@channel", _) => withheld::channel(world, row),
            (_, "@bot") => {
                withheld::written(world, who, row);
                accounts::written(world, who, row, is_alone);
            }
            _ => {}
        }
    }
}

/// The table has deleted the row with this key.
pub(crate) fn deleted(world: &World, who: usize, key: &Json) {
    match s(key, "chat_id") {
        "@lease" => lease::deleted(world, who),
        sort if sort.starts_with("@timer#") => timers::deleted(world, s(key, "bot_id"), sort),
        _ => {}
    }
}

/// A number of a row in our own JSON; 0 if it is not there.
fn field(row: Option<&Json>, name: &str) -> i64 {
    row.and_then(|row| row[name].as_i64()).unwrap_or_default()
}

/// A number of a row as DynamoDB writes it.
pub(crate) fn number(row: &Json, name: &str) -> Option<i64> {
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
    links::answered(world, who, asked, answer);
    withheld::answered(world, who, asked, answer);
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
        // A restored table may have forgotten all of an earlier run.
        let is_replayed = history.replayed.contains(&event) || history.judges.has_forgotten(&event);
        let order = &mut history.judges.plan_order;
        if let Some(what) = order.accepts(&event, ordinal, is_replayed) {
            history.violation("order within a plan", what);
        }
    }
}
