//! What must be true when all is over, each by what the simulation itself has seen.

use std::collections::BTreeSet;

use shared::domain::{Delivery, LedgerEntry, Outcome, Silence, Verdict};

use crate::call::BY_ANOTHER;
use crate::history::{OLD, Place};
use crate::judges::withheld::NOTICE;
use crate::judges::{self, accounts, lifecycle, rows_made};
use crate::line::LineEvent;
use crate::registers;
use crate::rows;
use crate::schedule::{Show, What, Wish};
use crate::world::World;

/// Makes all checks.
pub(crate) fn at_the_end(world: &World) {
    timers(world);
    signals(world);
    commands(world);
    lifecycle::at_the_end(world);
    rows_made::at_the_end(world);
    let events: Vec<_> = world.line().events.values().cloned().collect();
    for event in &events {
        let row = row(world, event);
        if world.history().judges.has_forgotten(&event.id) {
            forgotten(world, event, row.as_ref());
            continue;
        }
        let acknowledged = world.history().acknowledged.contains(&event.id);
        match &row {
            None if acknowledged && !is_dropped(world, event) => {
                violation(world, "no event lost", format!("{} has no row", event.id));
            }
            None => {}
            Some(row) => of_row(world, event, row),
        }
        judges::at_the_end(world, &event.id, row.as_ref());
    }
    let places = events
        .iter()
        .filter_map(|event| Some((event.bot.clone(), event.chat.clone()?)));
    for place in places.collect::<BTreeSet<Place>>() {
        registers::check(world, &place, &[]);
    }
}

/// Whether there was a row, whose time has passed.
fn is_dropped(world: &World, event: &LineEvent) -> bool {
    world.history().dropped_rows.contains(&sort(event))
}

/// The table was restored to before something of this event was written: of what was done,
/// only that it is not lost can be promised, if the queue still had it.
fn forgotten(world: &World, event: &LineEvent, row: Option<&LedgerEntry>) {
    let is_settled =
        row.is_some_and(|row| matches!(row.outcome(), Outcome::Done | Outcome::Parked));
    let is_settled = is_settled || row.is_none() && is_dropped(world, event);
    if world.history().judges.is_still_promised(&event.id) && !is_settled {
        let what = format!(
            "{} was queued when the table was restored: {row:?}",
            event.id
        );
        violation(world, "no event lost", what);
    }
}

/// Each timer that was set has become an event, which is handled as any other.
fn timers(world: &World) {
    let timers = world.history().named_timers.expected().clone();
    own_events(world, timers, "no timer lost", |event, reason| {
        let is_ended = reason == Some(ENDED);
        is_ended.then(|| ended(world, event)).is_some()
    });
}

/// Each signal that the queue has taken is handled as any other event of its chat.
fn signals(world: &World) {
    let signals = world.history().judges.signals.events();
    own_events(world, signals, "no signal lost", |event, reason| {
        let is_silent = reason == Some(SILENT_SIGNAL);
        is_silent.then(|| detached(world, event)).is_some()
    });
    judges::signals::order(world);
}

/// Each command that the inbox has said to have queued is handled as any other event of its chat.
fn commands(world: &World) {
    let commands = world.history().judges.commands.events();
    own_events(world, commands, "no command lost", |_, _| false);
}

/// Events that the bundle has made itself; `has_ended` judges those that came to nothing, by the
/// reason of their rows, and tells whether it has.
fn own_events(
    world: &World,
    events: impl IntoIterator<Item = (String, Place)>,
    lost: &'static str,
    has_ended: impl Fn(&LineEvent, Option<&str>) -> bool,
) {
    for (id, place) in events {
        let event = own_event(id, place);
        let row = row(world, &event);
        if world.history().judges.has_forgotten(&event.id) {
            forgotten(world, &event, row.as_ref());
            continue;
        }
        judges::at_the_end(world, &event.id, row.as_ref());
        match row {
            Some(row) if has_ended(&event, row.reason()) => {}
            Some(row) => of_row(world, &event, &row),
            None if is_dropped(world, &event) => {}
            None => violation(world, lost, format!("{} has no row", event.id)),
        }
    }
}

/// An event that the bundle has made itself, in a chat.
fn own_event(id: String, (bot, chat): Place) -> LineEvent {
    LineEvent {
        id,
        bot,
        chat: Some(chat),
        at: 0,
        what: What::Message,
        active: false,
        token: false,
        expire_at: None,
    }
}

/// What the row says of a signal whose account was detached after it was sent.
const SILENT_SIGNAL: &str = "the signal was sent before the account was detached";

/// Only a detach silences a signal.
fn detached(world: &World, signal: &LineEvent) {
    let (line, history) = (world.line(), world.history());
    let known = accounts::known(&history, &signal.bot, &line);
    let was_detached = known.detached_at().is_some();
    drop((line, history));
    if !was_detached {
        let what = format!("{} is silent without a detach", signal.id);
        violation(world, "no signal lost", what);
    }
}

/// What the row says of a timer whose account was detached after it was set.
const ENDED: &str = "the timer was set before the account was detached";

/// Only a detach ends a timer.
fn ended(world: &World, timer: &LineEvent) {
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

fn of_row(world: &World, event: &LineEvent, row: &LedgerEntry) {
    if world.history().settled_by_another.contains(&event.id) {
        return by_another(world, event, row);
    }
    match row.outcome() {
        Outcome::Done | Outcome::Parked => {}
        other => violation(world, "no event lost", format!("{} is {other:?}", event.id)),
    }
    handled(world, event, row);
    traced(world, event, row);
}

/// What someone else has settled stays as it is, and nothing is done for it.
fn by_another(world: &World, event: &LineEvent, row: &LedgerEntry) {
    if world.history().forced.contains(&event.id) || is_old(world, event, row) {
        return;
    }
    let is_kept = row.reason() == Some(BY_ANOTHER);
    let is_sent = (0..3).any(|n| world.line().times_accepted(&format!("{}/{n}", event.id)) > 0);
    if !is_kept || is_sent {
        let what = format!("{}, settled by another, is done again: {row:?}", event.id);
        violation(world, "no write lost", what);
    }
}

/// The module has handled what it should, and nothing else.
fn handled(world: &World, event: &LineEvent, row: &LedgerEntry) {
    if world.history().forced.contains(&event.id) {
        return; // an earlier run may have ended in another way
    }
    let Some(chat) = &event.chat else { return };
    let place: Place = (event.bot.clone(), chat.clone());
    let history = world.history();
    let handled = history
        .handled
        .get(&place)
        .is_some_and(|list| list.contains(&event.id));
    drop(history);
    let silent = matches!(
        row.silence,
        Some(Silence::NotAttached | Silence::Paused | Silence::NotEntitled)
    );
    let without_plan = row.sends().is_none();
    let expected = match row.outcome() {
        _ if event.what == What::Unknown => false,
        // The ledger may have forgotten that it was handled.
        Outcome::Parked if without_plan && is_old(world, event, row) => handled,
        Outcome::Parked if without_plan => false,
        _ if silent && without_plan && !handled => false,
        // Its plan is the notice; or the module has planned a moment before the end.
        _ if row.silence == Some(Silence::NotEntitled) => handled,
        _ => true,
    };
    if handled != expected {
        let what = format!(
            "{} handled: {handled}, expected: {expected}: {row:?}",
            event.id
        );
        violation(world, "state", what);
    }
}

/// Whether it was in a worker's hands when its row may have been gone.
fn is_old(world: &World, event: &LineEvent, row: &LedgerEntry) -> bool {
    let history = world.history();
    let given = history.judges.last_given(&event.id);
    let last = given.max(row.parked_at().map(|at| at.0));
    last.max(Some(row.received_at.0))
        .is_some_and(|at| at - event.at >= OLD)
}

/// What the trace says is what LINE's log says.
fn traced(world: &World, event: &LineEvent, row: &LedgerEntry) {
    // What an earlier run has sent stays sent, also where the ledger has forgotten that run.
    let history = world.history();
    let is_forced = history.forced.contains(&event.id) || history.judges.has_run_again(&event.id);
    drop(history);
    let mut all_sent = true;
    for (ordinal, effect) in row.effects().iter().enumerate() {
        let name = row.plan().map(|plan| plan.effects[ordinal].name());
        let speaks = matches!(name, Some("reply" | "push"));
        let text = format!("{}/{ordinal}", event.id);
        // What the module says, or the notice that its account is not entitled.
        let texts = [format!("{text}/{NOTICE}"), text];
        let is_accepted = |text: &String| world.line().times_accepted(text) > 0;
        let accepted = texts.iter().any(is_accepted);
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
            let what = format!("{}/{ordinal} is {effect:?}, accepted: {accepted}", event.id);
            violation(world, "the trace tells", what);
        }
    }
    let verdict = row.verdict();
    if verdict == Verdict::Handled && !all_sent {
        violation(
            world,
            "the trace tells",
            format!("{} is called handled", event.id),
        );
    }
    let quiet =
        row.effects().is_empty() && row.reason().is_none() && row.outcome() == Outcome::Done;
    if quiet && !may_be_quiet(world, event) {
        violation(
            world,
            "the trace tells",
            format!("nothing says why {} has no answer", event.id),
        );
    }
}

/// Whether nothing was to be sent for it.
fn may_be_quiet(world: &World, event: &LineEvent) -> bool {
    let mut happenings = world
        .schedule
        .webhooks
        .iter()
        .flat_map(|webhook| &webhook.events);
    let wish = happenings
        .find(|happening| happening.id == event.id)
        .map(|happening| &happening.wish);
    let replies = matches!(
        wish,
        Some(
            Wish::Reply
                | Wish::ShowAndReply(Show::Read)
                | Wish::Retry(_)
                | Wish::Fail(_)
                | Wish::Panic(_)
                | Wish::Hang(_)
                | Wish::Kill(_)
        )
    );
    let of_module = matches!(event.what, What::Activated(_) | What::Deactivated);
    let nothing = matches!(wish, None | Some(Wish::Nothing));
    nothing || of_module || event.what.is_of_bot() || (replies && !event.token)
}

fn sort(event: &LineEvent) -> String {
    format!("{}#{}", event.chat.as_deref().unwrap_or("@bot"), event.id)
}

/// The event's row, read from the table itself. One that cannot be read is a violation.
fn row(world: &World, event: &LineEvent) -> Option<LedgerEntry> {
    let mut row = rows::row(world, &event.bot, &sort(event))?;
    if let Some(fields) = row.as_object_mut() {
        fields.remove("open");
    }
    match serde_json::from_value(row) {
        Ok(row) => Some(row),
        Err(error) => {
            let what = format!("the row of {}: {error}", event.id);
            violation(world, "rows can be read", what);
            None
        }
    }
}
