//! The worker's invocations, from their beginning to their end.

use serde_json::Value as Json;

use super::{Hand, accounts};
use crate::rows::row;
use crate::schedule::Wish;
use crate::world::World;

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
        matches!(
            wish,
            Some(Wish::Fail(_) | Wish::Panic(_) | Wish::Hang(_) | Wish::Kill(_))
        ) || row.is_some_and(|row| outcome(&row) || row["attempts"].as_i64() > Some(0))
    };
    let rows: Vec<_> = rows.into_iter().filter(|event| !settled(event)).collect();
    let line = world.line();
    let mut history = world.history();
    let (waits, fails): (Vec<_>, Vec<_>) = rows.into_iter().partition(|event| {
        let bot = line.events.get(event).map(|it| it.bot.as_str());
        let withheld = &history.judges.withheld;
        withheld.may_wait(who)
            || bot.is_some_and(|bot| !accounts::known(&history, bot, &line).is_attached())
    });
    drop(line);
    let judges = &mut history.judges;
    for event in &waits {
        judges.lost_replies.waits(event);
    }
    judges.troubles.ended(who, at, unsettled.is_none());
    if unsettled.is_none() {
        judges.control.cut_off(who);
        return;
    }
    let late = judges.parking.ended(who, &fails, now);
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

/// An event's row in the table, wherever the event happened.
pub(super) fn ledger(world: &World, event: &str) -> Option<Json> {
    let (bot, chat) = {
        let line = world.line();
        let line_event = line.events.get(event);
        let place = line_event.map(|it| (it.bot.clone(), it.chat.clone()));
        place.or_else(|| {
            let history = world.history();
            let timer = history.named_timers.place(event);
            let signal = || history.judges.signals.place(event);
            let command = || history.judges.commands.place(event);
            let (bot, chat) = timer.or_else(signal).or_else(command)?.clone();
            Some((bot, Some(chat)))
        })?
    };
    let sort = format!("{}#{event}", chat.as_deref().unwrap_or("@bot"));
    row(world, &bot, &sort)
}
