//! What must be true when all is over, each by what the simulation itself has seen.

use std::collections::BTreeSet;

use shared::domain::Delivery;
use shared::store::{LedgerRow, Outcome, Verdict};

use crate::call::BY_ANOTHER;
use crate::history::Place;
use crate::line::Told;
use crate::module::Script;
use crate::registers;
use crate::rows;
use crate::schedule::{What, Wish};
use crate::world::World;

/// So often must the module have failed at an event, or have vanished with it.
const MOST_ATTEMPTS: u32 = 5;
/// Bad moments are waited out for so long.
const PATIENCE: i64 = 6 * 3_600_000;

/// Makes all checks.
pub(crate) fn at_the_end(world: &World, module: &Script) {
    timers(world, module);
    let told: Vec<_> = world.line().told.values().cloned().collect();
    for told in &told {
        let row = row(world, told);
        let acknowledged = world.history().acknowledged.contains(&told.id);
        match &row {
            None if acknowledged => {
                violation(world, "no event lost", format!("{} has no row", told.id));
            }
            None => {}
            Some(row) => of_row(world, module, told, row),
        }
        doubled(world, &told.id);
    }
    let places = told
        .iter()
        .filter_map(|told| Some((told.bot.clone(), told.chat.clone()?)));
    for place in places.collect::<BTreeSet<Place>>() {
        registers::check(world, &place, &[]);
    }
}

/// Each timer that was set has become an event, which is handled as any other.
fn timers(world: &World, module: &Script) {
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
        match row(world, &told) {
            Some(row) if row.reason.as_deref() == Some(ENDED) => ended(world, &told),
            Some(row) => of_row(world, module, &told, &row),
            None => violation(world, "no timer lost", format!("{} has no row", told.id)),
        }
        doubled(world, &told.id);
    }
}

/// What the row says of a timer whose account was detached after it was set.
const ENDED: &str = "the timer was set before the account was detached";

/// Only a detach ends a timer.
fn ended(world: &World, timer: &Told) {
    let of_list = !world.history().lists_given.is_empty();
    let is_detach = |told: &Told| told.what == What::Detached && told.bot == timer.bot;
    if !of_list && !world.line().told.values().any(is_detach) {
        let what = format!("{} ended without a detach", timer.id);
        violation(world, "no timer lost", what);
    }
}

fn violation(world: &World, check: &'static str, what: String) {
    world.history().violation(check, what);
}

fn of_row(world: &World, module: &Script, told: &Told, row: &LedgerRow) {
    if world.history().settled_by_another.contains(&told.id) {
        return by_another(world, told, row);
    }
    match row.outcome {
        Outcome::Done => {}
        Outcome::Parked => parked(world, module, told, row),
        other => violation(world, "no event lost", format!("{} is {other:?}", told.id)),
    }
    handled(world, told, row);
    traced(world, told, row);
}

/// What someone else has settled stays as it is, and nothing is done for it.
fn by_another(world: &World, told: &Told, row: &LedgerRow) {
    let is_kept = row.reason.as_deref() == Some(BY_ANOTHER);
    let is_sent = (0..3).any(|n| world.line().times_accepted(&format!("{}/{n}", told.id)) > 0);
    if !is_kept || is_sent {
        let what = format!("{}, settled by another, is done again: {row:?}", told.id);
        violation(world, "no write lost", what);
    }
}

/// Parked is only what has failed often enough, what LINE has refused, and what has
/// met bad moments for hours.
fn parked(world: &World, module: &Script, told: &Told, row: &LedgerRow) {
    let history = world.history();
    let received = history.receives.get(&told.id).copied().unwrap_or_default();
    let vanished = history.cut_off.get(&told.id).copied().unwrap_or_default();
    let asked = module.times_asked(&told.id) + vanished;
    let waited = row.parked_at.map_or(0, |at| at.0 - row.received_at.0);
    let reason = received.max(asked) >= MOST_ATTEMPTS
        || history.refused.contains(&told.id)
        || row.effects.contains(&Delivery::Expired)
        || waited >= PATIENCE;
    drop(history);
    if !reason {
        violation(
            world,
            "parked with reason",
            format!("{}: {:?}", told.id, row.reason),
        );
    }
}

/// No planned message was accepted twice.
fn doubled(world: &World, id: &str) {
    for ordinal in 0..3 {
        let text = format!("{id}/{ordinal}");
        let times = world.line().times_accepted(&text);
        if times > 1 {
            violation(
                world,
                "no message doubled",
                format!("{text} was accepted {times} times"),
            );
        }
    }
}

/// The module has handled what it should, and nothing else.
fn handled(world: &World, told: &Told, row: &LedgerRow) {
    let Some(chat) = &told.chat else { return };
    let place: Place = (told.bot.clone(), chat.clone());
    let history = world.history();
    let handled = history
        .handled
        .get(&place)
        .is_some_and(|list| list.contains(&told.id));
    drop(history);
    let silent = row.silence == Some(shared::domain::Silence::NotAttached);
    let without_plan = row.plan.is_none();
    let expected = match row.outcome {
        _ if told.what == What::Unknown => false,
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

/// What the trace tells is what LINE's log tells.
fn traced(world: &World, told: &Told, row: &LedgerRow) {
    let mut all_sent = true;
    for (ordinal, effect) in row.effects.iter().enumerate() {
        let name = row.plan().map(|plan| plan.effects[ordinal].name());
        let speaks = matches!(name, Some("reply" | "push"));
        let accepted = world
            .line()
            .times_accepted(&format!("{}/{ordinal}", told.id))
            > 0;
        let fits = match effect {
            Delivery::Sent { .. } => accepted || !speaks,
            Delivery::Unknown { .. } => true,
            Delivery::Pending | Delivery::Open | Delivery::Pushing => {
                row.outcome == Outcome::Parked
            }
            Delivery::Dropped { .. }
            | Delivery::Expired
            | Delivery::Refused { .. }
            | Delivery::Skipped { .. } => !accepted,
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
    let quiet = row.effects.is_empty() && row.reason.is_none() && row.outcome == Outcome::Done;
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
        Some(Wish::Reply | Wish::Retry(_) | Wish::Fail(_) | Wish::Panic(_) | Wish::Hang(_))
    );
    let of_module = matches!(told.what, What::Activated(_) | What::Deactivated);
    let nothing = matches!(wish, None | Some(Wish::Nothing));
    nothing || of_module || told.what.is_of_bot() || (replies && !told.token)
}

/// The event's row, read from the table itself.
fn row(world: &World, told: &Told) -> Option<LedgerRow> {
    let sort = format!("{}#{}", told.chat.as_deref().unwrap_or("@bot"), told.id);
    let mut row = rows::row(world, &told.bot, &sort)?;
    if let Some(fields) = row.as_object_mut() {
        fields.remove("open");
    }
    Some(serde_json::from_value(row).expect("a ledger row"))
}
