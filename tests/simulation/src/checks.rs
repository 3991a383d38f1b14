//! What must be true when all is over, each by what the simulation itself has seen.

use std::collections::BTreeSet;

use shared::domain::{Delivery, LedgerEntry, Outcome, Verdict};

use crate::call::BY_ANOTHER;
use crate::history::{OLD, Place};
use crate::judges::{self, accounts, lifecycle, rows_made};
use crate::line::Told;
use crate::registers;
use crate::rows;
use crate::schedule::{Show, What, Wish};
use crate::world::World;

/// Makes all checks.
pub(crate) fn at_the_end(world: &World) {
    timers(world);
    lifecycle::at_the_end(world);
    rows_made::at_the_end(world);
    let told: Vec<_> = world.line().told.values().cloned().collect();
    for told in &told {
        let row = row(world, told);
        if world.history().judges.has_forgotten(&told.id) {
            forgotten(world, told, row.as_ref());
            continue;
        }
        let acknowledged = world.history().acknowledged.contains(&told.id);
        match &row {
            None if acknowledged && !is_dropped(world, told) => {
                violation(world, "no event lost", format!("{} has no row", told.id));
            }
            None => {}
            Some(row) => of_row(world, told, row),
        }
        judges::at_the_end(world, &told.id, row.as_ref());
    }
    let places = told
        .iter()
        .filter_map(|told| Some((told.bot.clone(), told.chat.clone()?)));
    for place in places.collect::<BTreeSet<Place>>() {
        registers::check(world, &place, &[]);
    }
}

/// Whether there was a row, whose time has passed.
fn is_dropped(world: &World, told: &Told) -> bool {
    world.history().dropped_rows.contains(&sort(told))
}

/// The table was restored to before something of this event was written: of what was done,
/// only that it is not lost can be promised, if the queue still had it.
fn forgotten(world: &World, told: &Told, row: Option<&LedgerEntry>) {
    let is_settled =
        row.is_some_and(|row| matches!(row.outcome(), Outcome::Done | Outcome::Parked));
    let is_settled = is_settled || row.is_none() && is_dropped(world, told);
    if world.history().judges.is_still_promised(&told.id) && !is_settled {
        let what = format!(
            "{} was queued when the table was restored: {row:?}",
            told.id
        );
        violation(world, "no event lost", what);
    }
}

/// Each timer that was set has become an event, which is handled as any other.
fn timers(world: &World) {
    let timers = world.history().timers.clone();
    for (id, (bot, chat)) in timers {
        let told = Told {
            id,
            bot,
            chat: Some(chat),
            at: 0,
            what: What::Message,
            active: false,
            token: false,
            expire_at: None,
        };
        let row = row(world, &told);
        if world.history().judges.has_forgotten(&told.id) {
            forgotten(world, &told, row.as_ref());
            continue;
        }
        judges::at_the_end(world, &told.id, row.as_ref());
        match row {
            Some(row) if row.reason() == Some(ENDED) => ended(world, &told),
            Some(row) => of_row(world, &told, &row),
            None if is_dropped(world, &told) => {}
            None => violation(world, "no timer lost", format!("{} has no row", told.id)),
        }
    }
}

/// What the row says of a timer whose account was detached after it was set.
const ENDED: &str = "the timer was set before the account was detached";

/// Only a detach ends a timer.
fn ended(world: &World, timer: &Told) {
    let line = world.line();
    let history = world.history();
    let known = accounts::known(&history, &timer.bot, &line);
    let begun = history.judges.epochs.timer_begun(&timer.id);
    let may_have_ended = begun.is_some_and(|begun| begun.may_have_ended(&known));
    drop((line, history));
    if !may_have_ended {
        let what = format!("{} ended without a detach", timer.id);
        violation(world, "no timer lost", what);
    }
}

fn violation(world: &World, check: &'static str, what: String) {
    world.history().violation(check, what);
}

fn of_row(world: &World, told: &Told, row: &LedgerEntry) {
    if world.history().settled_by_another.contains(&told.id) {
        return by_another(world, told, row);
    }
    match row.outcome() {
        Outcome::Done | Outcome::Parked => {}
        other => violation(world, "no event lost", format!("{} is {other:?}", told.id)),
    }
    handled(world, told, row);
    traced(world, told, row);
}

/// What someone else has settled stays as it is, and nothing is done for it.
fn by_another(world: &World, told: &Told, row: &LedgerEntry) {
    if world.history().forced.contains(&told.id) || is_old(world, told, row) {
        return;
    }
    let is_kept = row.reason() == Some(BY_ANOTHER);
    let is_sent = (0..3).any(|n| world.line().times_accepted(&format!("{}/{n}", told.id)) > 0);
    if !is_kept || is_sent {
        let what = format!("{}, settled by another, is done again: {row:?}", told.id);
        violation(world, "no write lost", what);
    }
}

/// The module has handled what it should, and nothing else.
fn handled(world: &World, told: &Told, row: &LedgerEntry) {
    if world.history().forced.contains(&told.id) {
        return; // an earlier run may have ended in another way
    }
    let Some(chat) = &told.chat else { return };
    let place: Place = (told.bot.clone(), chat.clone());
    let history = world.history();
    let handled = history
        .handled
        .get(&place)
        .is_some_and(|list| list.contains(&told.id));
    drop(history);
    let silent = row.silence == Some(shared::domain::Silence::NotAttached);
    let without_plan = row.sends().is_none();
    let expected = match row.outcome() {
        _ if told.what == What::Unknown => false,
        // The ledger may have forgotten that it was handled.
        Outcome::Parked if without_plan && is_old(world, told, row) => handled,
        Outcome::Parked if without_plan => false,
        _ if silent && without_plan && !handled => false,
        _ => true,
    };
    if handled != expected {
        let what = format!(
            "{} handled: {handled}, expected: {expected}: {row:?}",
            told.id
        );
        violation(world, "state", what);
    }
}

/// Whether it was in a worker's hands when its row may have been gone.
fn is_old(world: &World, told: &Told, row: &LedgerEntry) -> bool {
    let history = world.history();
    let given = history.judges.last_given(&told.id);
    let last = given.max(row.parked_at().map(|at| at.0));
    last.max(Some(row.received_at.0))
        .is_some_and(|at| at - told.at >= OLD)
}

/// What the trace tells is what LINE's log tells.
fn traced(world: &World, told: &Told, row: &LedgerEntry) {
    // What an earlier run has sent stays sent, also where the ledger has forgotten that run.
    let history = world.history();
    let is_forced = history.forced.contains(&told.id) || history.judges.has_run_again(&told.id);
    drop(history);
    let mut all_sent = true;
    for (ordinal, effect) in row.effects().iter().enumerate() {
        let name = row.plan().map(|plan| plan.effects[ordinal].name());
        let speaks = matches!(name, Some("reply" | "push"));
        let accepted = world
            .line()
            .times_accepted(&format!("{}/{ordinal}", told.id))
            > 0;
        let fits = match effect {
            Delivery::Sent { .. } => accepted || !speaks,
            Delivery::Unknown { .. } => true,
            Delivery::Pending | Delivery::Open | Delivery::Pushing { .. } => {
                row.outcome() == Outcome::Parked
            }
            Delivery::Dropped { .. }
            | Delivery::Expired
            | Delivery::Refused { .. }
            | Delivery::Skipped { .. } => !accepted || is_forced,
        };
        all_sent &= accepted || !speaks;
        if !fits {
            let what = format!("{}/{ordinal} is {effect:?}, accepted: {accepted}", told.id);
            violation(world, "the trace tells", what);
        }
    }
    let verdict = row.verdict();
    if verdict == Verdict::Handled && !all_sent {
        violation(
            world,
            "the trace tells",
            format!("{} is called handled", told.id),
        );
    }
    let quiet =
        row.effects().is_empty() && row.reason().is_none() && row.outcome() == Outcome::Done;
    if quiet && !may_be_quiet(world, told) {
        violation(
            world,
            "the trace tells",
            format!("nothing says why {} has no answer", told.id),
        );
    }
}

/// Whether nothing was to be sent for it.
fn may_be_quiet(world: &World, told: &Told) -> bool {
    let mut events = world
        .schedule
        .webhooks
        .iter()
        .flat_map(|webhook| &webhook.events);
    let wish = events
        .find(|event| event.id == told.id)
        .map(|event| &event.wish);
    let replies = matches!(
        wish,
        Some(
            Wish::Reply
                | Wish::ShowAndReply(Show::Read)
                | Wish::Retry(_)
                | Wish::Fail(_)
                | Wish::Panic(_)
                | Wish::Hang(_)
        )
    );
    let of_module = matches!(told.what, What::Activated(_) | What::Deactivated);
    let nothing = matches!(wish, None | Some(Wish::Nothing));
    nothing || of_module || told.what.is_of_bot() || (replies && !told.token)
}

fn sort(told: &Told) -> String {
    format!("{}#{}", told.chat.as_deref().unwrap_or("@bot"), told.id)
}

/// The event's row, read from the table itself. One that cannot be read is a violation.
fn row(world: &World, told: &Told) -> Option<LedgerEntry> {
    let mut row = rows::row(world, &told.bot, &sort(told))?;
    if let Some(fields) = row.as_object_mut() {
        fields.remove("open");
    }
    match serde_json::from_value(row) {
        Ok(row) => Some(row),
        Err(error) => {
            let what = format!("the row of {}: {error}", told.id);
            violation(world, "rows can be read", what);
            None
        }
    }
}
