//! What was read from the table, and what it has taken.

use serde_json::Value as Json;

use crate::call::Request;
use crate::history::{History, OLD, Place};
use crate::judge::Known;
use crate::judges::{self, lapsed, lifecycle, reconciler, rows_made, signals, steps, withheld};
use crate::line::LineEvent;
use crate::rows::{row, s, snapshot};
use crate::schedule::What;
use crate::world::World;

/// The table has done something.
pub(in crate::call) fn table(world: &World, who: usize, target: &str, body: &Request) {
    match target.rsplit('.').next() {
        Some("BatchGetItem") => loaded(world, who, body),
        Some("TransactWriteItems") if is_first(world, body) => {
            committed(world, who, body);
            written(world, who, body);
        }
        Some("PutItem") => written(world, who, body),
        Some("DeleteItem") => judges::deleted(world, who, &body.json()["Key"]),
        Some("GetItem") => {
            withheld::read(world, who, &body.json()["Key"]);
            read_again(world, who, body);
        }
        Some("Query") => reconciler::rows_read(world, who),
        _ => {}
    }
}

/// One that was done before, by its token, does nothing.
fn is_first(world: &World, body: &Request) -> bool {
    let request = body.json();
    let token = request["ClientRequestToken"].as_str().unwrap_or_default();
    world.history().transactions.insert(token.to_owned())
}

/// Rows of chats and accounts were written: their registers have what the writer has
/// in hand, and what the row had before.
fn written(world: &World, who: usize, body: &Request) {
    let request = body.json();
    let puts = request["TransactItems"].as_array().into_iter().flatten();
    let items = puts.map(|action| &action["Put"]["Item"]);
    let rows: Vec<_> = items.chain([&request["Item"]]).collect();
    let (line, mut history) = (world.line(), world.history());
    let in_hand = history.invocations[who].in_hand.clone();
    let events: Vec<_> = in_hand
        .iter()
        .filter_map(|id| line.events.get(id))
        .collect();
    for &item in &rows {
        let sort = chat_of(s(item, "chat_id"));
        let of_row = events.iter().filter(|event| {
            event.bot == s(item, "bot_id") && event.chat.as_deref() == sort && takes_in(item, event)
        });
        history.folded.extend(of_row.map(|event| event.id.clone()));
        follows(&mut history, item);
    }
    // Not by a commit: that writes the row that its own event has read.
    if s(&request["Item"], "chat_id") == "@bot" {
        made_by_itself(&mut history, who, s(&request["Item"], "bot_id"));
    }
    drop((line, history));
    judges::taken(world, who, &rows);
}

/// An account's row that was not there when chats were loaded is made by who has loaded
/// them, but for which of them?
fn made_by_itself(history: &mut History, who: usize, bot: &str) {
    let loaded = history.invocations[who].loaded.iter_mut();
    let lacking: Vec<_> = loaded
        .filter(|(place, loaded)| place.0 == bot && loaded.lacks_account)
        .map(|(_, loaded)| loaded)
        .collect();
    let are_several = lacking.len() > 1;
    for loaded in lacking {
        loaded.lacks_account = false;
        loaded.may_read_again = true;
        loaded.is_ambiguous = are_several;
    }
}

/// A row is written by who has read the newest one: else what another has written is lost.
fn follows(history: &mut History, row: &Json) {
    let key = (s(row, "bot_id").to_owned(), s(row, "chat_id").to_owned());
    let version = row["version"]["N"].as_str().and_then(|n| n.parse().ok());
    let Some(version) = version.filter(|_| key.1 == "@bot" || !key.1.starts_with('@')) else {
        return;
    };
    let before = history
        .versions
        .insert(key.clone(), version)
        .unwrap_or_default();
    if version != before + 1 {
        let what = format!("version {version} of {key:?} is written over version {before}");
        history.violation("no write lost", what);
    }
}

/// Which chat a row is of; none if it is the account's.
fn chat_of(sort: &str) -> Option<&str> {
    Some(sort).filter(|sort| *sort != "@bot")
}

/// Whether a row takes in what is in hand. That an account's row is made for a chat's
/// event is not enough.
fn takes_in(row: &Json, event: &LineEvent) -> bool {
    let register = match event.what {
        What::Suspended => "suspended_at",
        What::Resumed => "resumed_at",
        What::Attached(None) => "attached_at",
        What::Attached(Some(_)) => "scopes_of",
        What::Detached => "detached_at",
        _ => return true,
    };
    let at: Option<i64> = row[register]["N"].as_str().and_then(|at| at.parse().ok());
    at >= Some(event.at)
}

/// An account's row was read that was not there when the chat was loaded: what it says
/// counts for who has loaded it. Later reads are for something else.
fn read_again(world: &World, who: usize, body: &Request) {
    let key = &body.json()["Key"];
    if s(key, "chat_id") != "@bot" {
        return;
    }
    let account = (s(key, "bot_id").to_owned(), String::new());
    let now = snapshot(world, &account);
    if now.lacks_account {
        return;
    }
    let line = world.line();
    let is_of_bot = |id: &&String| {
        line.events
            .get(*id)
            .is_some_and(|event| event.chat.is_none())
    };
    let recorded: Vec<_> = now.recorded.iter().filter(is_of_bot).cloned().collect();
    let invocation = &mut world.history().invocations[who];
    let loaded = invocation.loaded.iter_mut();
    let of_account = loaded.filter(|(place, loaded)| {
        let may_be_for = loaded.lacks_account || loaded.may_read_again || loaded.is_ambiguous;
        place.0 == account.0 && may_be_for
    });
    let of_account: Vec<_> = of_account.map(|(_, loaded)| loaded).collect();
    let are_several = of_account.len() > 1;
    for loaded in of_account {
        loaded.lacks_account = false;
        // Whether the answer to the call before was lost, nobody can tell.
        loaded.is_ambiguous |= are_several || loaded.may_read_again;
        loaded.may_read_again = true;
        let known = if loaded.is_ambiguous {
            &mut loaded.perhaps_recorded
        } else {
            &mut loaded.recorded
        };
        known.extend(recorded.iter().cloned());
        loaded.entered.clone_from(&now.entered);
    }
}

/// Chat, account and event row were read: who reads knows what was recorded by then.
fn loaded(world: &World, who: usize, body: &Request) {
    let request = body.json();
    let tables = request["RequestItems"].as_object();
    let list = tables
        .and_then(|tables| tables.values().next())
        .and_then(|table| table["Keys"].as_array());
    let keys: Vec<_> = list
        .into_iter()
        .flatten()
        .map(|key| (s(key, "bot_id"), s(key, "chat_id")))
        .collect();
    let Some((bot, _)) = keys.first() else { return };
    if !keys.iter().any(|(_, sort)| *sort == "@bot") {
        return; // ledger rows alone: what is settled is skipped
    }
    let chat = keys
        .iter()
        .map(|(_, sort)| *sort)
        .find(|sort| !sort.contains('#') && !sort.starts_with('@'));
    let place = ((*bot).to_owned(), chat.unwrap_or_default().to_owned());
    let ledger = keys.iter().find(|(_, sort)| sort.contains('#'));
    if let Some(key) = ledger {
        steps::read(world, who, *key);
    }
    let event = ledger.and_then(|(_, sort)| sort.split_once('#'));
    let state = snapshot(world, &place);
    withheld::loaded(world, who, &place);
    let invocation = &mut world.history().invocations[who];
    if let Some((_, event)) = event {
        invocation.at.insert(place.clone(), event.to_owned());
    }
    invocation.loaded.insert(place, state);
}

/// A transaction was done: which events it has taken into which list.
fn committed(world: &World, who: usize, body: &Request) {
    let request = body.json();
    let puts: Vec<_> = request["TransactItems"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|action| &action["Put"]["Item"])
        .collect();
    let is_ledger = |item: &&&Json| !s(item, "outcome").is_empty();
    let Some(ledger) = puts.iter().find(is_ledger) else {
        return;
    };
    let event = s(ledger, "chat_id").rsplit('#').next().unwrap_or_default();
    lifecycle::committed(&mut world.history(), &world.line(), who, &puts);
    signals::committed(&mut world.history(), event, ledger);
    let chat = puts.iter().find(|item| {
        let sort = s(item, "chat_id");
        !sort.starts_with('@') && !sort.contains('#')
    });
    let Some(row) = chat else { return };
    let place = (s(row, "bot_id").to_owned(), s(row, "chat_id").to_owned());
    let list: Vec<String> = serde_json::from_str(s(row, "state")).unwrap_or_default();
    world.note(|| format!("invocation {who} commits {event} of {place:?}"));
    let (line, mut history) = (world.line(), world.history());
    withheld::committed(&mut history, who, &place, (event, &list));
    let known = history.known(who, &place, &line);
    let line_event = line.events.get(event);
    steps::committed(&mut history, who, event, ledger);
    let happened_at = line_event.map(|it| it.at);
    let happened_at = happened_at.or_else(|| judges::timers::due(event));
    let is_old = happened_at.is_some_and(|at| line.now() - at >= OLD);
    let loaded = history.invocations[who].loaded.get(&place);
    let is_ambiguous = loaded.is_some_and(|loaded| loaded.is_ambiguous);
    if history.judges.restored.has_begun_before(who) {
        history.judges.epochs.list_of_another_table(&place);
        history.lists.insert(place.clone(), list);
    } else {
        history.list(&place, event, list, is_old, (&known, is_ambiguous));
    }
    rows_made::committed(
        &mut history,
        (&known, is_ambiguous),
        &place.0,
        event,
        (ledger, &puts),
    );
    change_timers(
        world,
        &mut history,
        (event, request),
        (&known, is_ambiguous),
    );
}

/// Whether a timer's own event is settled.
fn is_settled(world: &World, (bot, chat): &Place, id: &str) -> bool {
    let row = row(world, bot, &format!("{chat}#{id}"));
    row.is_some_and(|row| {
        row["outcome"] == "done" && !lapsed::has_lapsed(&row, world.time.millis(0))
    })
}

/// Timers were set and ended: each that is set is to be an event once, unless it is ended or set
/// again before that. `event` is whose handler did it.
fn change_timers(
    world: &World,
    history: &mut History,
    (event, request): (&str, &Json),
    by: (&Known<'_>, bool),
) {
    let actions = request["TransactItems"].as_array().into_iter().flatten();
    for action in actions {
        let (set, ended) = (&action["Put"]["Item"], &action["Delete"]["Key"]);
        if s(ended, "chat_id").starts_with("@timer#") {
            let (bot, key) = name_of(ended);
            history.judges.timers.gone(&bot, &key);
            history.named_timers.ended(&(bot, key), event);
        }
        if s(set, "chat_id").starts_with("@timer#") {
            set_timer(world, history, (event, set), by);
        }
    }
}

fn set_timer(
    world: &World,
    history: &mut History,
    (event, item): (&str, &Json),
    by: (&Known<'_>, bool),
) {
    let id = s(item, "id").to_owned();
    let place = (s(item, "bot").to_owned(), s(item, "chat").to_owned());
    history.tell(|| format!("a timer is set: {id}"));
    history.judges.epochs.timer(&id, by);
    history.named_timers.ended(&name_of(item), event);
    // One of an event that the ledger has forgotten is the same timer; the ledger may
    // remember that it has rung, or was ended by a detach.
    let waits = !is_settled(world, &place, &id);
    history.named_timers.set(name_of(item), id, place, waits);
}

fn name_of(key: &Json) -> (String, String) {
    (s(key, "bot_id").to_owned(), s(key, "chat_id").to_owned())
}
