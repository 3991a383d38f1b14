//! What the rows of the table tell, read without the code under test.

use serde_json::{Value as Json, json};

use crate::history::{Loaded, Place};
use crate::judge::Own;
use crate::schedule::What;
use crate::world::World;
use shared::store::inflated_plan;
use table_model::{Item, Value};

/// A row as plain JSON.
pub(crate) fn row(world: &World, bot: &str, sort: &str) -> Option<Json> {
    let table = world.table();
    table.item(bot, sort).map(|item| plain_item(item))
}

/// A text of an item.
pub(crate) fn text<'a>(item: &'a Item, name: &str) -> &'a str {
    match item.get(name) {
        Some(Value::S(text)) => text,
        _ => "",
    }
}

/// What the table knows of a chat and its account.
pub(crate) fn snapshot(world: &World, place: &Place) -> Loaded {
    let mut state = Loaded {
        lacks_account: true,
        ..Loaded::default()
    };
    let table = world.table();
    for item in table.partition(&place.0) {
        let sort = text(item, "chat_id");
        if sort == place.1 {
            state.own.extend(own_entry(world, item));
        } else if sort == "@bot" {
            state.lacks_account = false;
            state.entered = world.history().judges.accounts.entries(&place.0);
        } else if let Some((chat, event)) = sort.split_once('#')
            && (chat == place.1 || chat == "@bot")
            && !is_mere_note(item)
        {
            state.recorded.insert(event.to_owned());
        }
    }
    let history = world.history();
    // Who has settled an event without its chat has recorded nothing in the chat's row.
    state
        .recorded
        .retain(|id| !history.settled_by_another.contains(id));
    state.recorded.extend(history.folded.clone());
    state
}

/// Whether a ledger row only says that its event meets transient failures, or what a step of its
/// handler has come to: it comes without the registers of chat and account.
fn is_mere_note(row: &Item) -> bool {
    let is_zero = |name: &str| matches!(row.get(name), Some(Value::N(n)) if n.whole() == Some(0));
    let is_of_step = text(row, "reason").starts_with("a step has been made");
    let is_of_failure = !row.contains_key("reason") && is_zero("attempts") && is_zero("replays");
    text(row, "outcome") == "failed" && (is_of_step || is_of_failure)
}

/// The row's control entry, if it is none of LINE's events.
fn own_entry(world: &World, row: &Item) -> Option<Own> {
    let control = &json!(row.get("control")?)["M"];
    let number = |value: &Json| value["N"].as_str().and_then(|n| n.parse::<i64>().ok());
    let (by, at) = (s(control, "by"), number(&control["at"])?);
    let ours = match &control["value"]["M"]["ours"] {
        Json::Null => None,
        until => Some(number(until)),
    };
    // What was done for an event may have its very time: then the value distinguishes them.
    let line = world.line();
    let is_of_line = line.events.get(by).is_some_and(|event| {
        let says = match event.what {
            What::Activated(_) => ours == Some(event.expire_at),
            What::Deactivated => s(control, "value") == "theirs",
            What::Follow => s(control, "value") == "default",
            _ => false,
        };
        says && event.at == at
    });
    (!is_of_line).then(|| Own {
        at,
        by: by.to_owned(),
        ours,
    })
}

/// A text of a row.
pub(crate) fn s<'a>(item: &'a Json, name: &str) -> &'a str {
    item[name]["S"].as_str().unwrap_or_default()
}

/// An item as plain JSON.
pub(crate) fn plain_item(item: &Item) -> Json {
    let members = item.iter();
    members
        .map(|(name, value)| (name.clone(), plain(value)))
        .collect()
}

/// A value as plain JSON.
fn plain(value: &Value) -> Json {
    match value {
        Value::M(members) => plain_item(members),
        Value::L(values) => values.iter().map(plain).collect(),
        Value::N(number) => match number.whole() {
            Some(whole) => whole.into(),
            None => serde_json::from_str(&number.to_string()).unwrap_or_default(),
        },
        Value::S(text) => text.as_str().into(),
        // The one attribute of the bundle's that is bytes.
        Value::B(bytes) => inflated_plan(bytes).unwrap_or_default().into(),
        Value::Bool(bool) => (*bool).into(),
        Value::Null => Json::Null,
        // Its JSON has one member, named by its type.
        other => {
            let tagged = json!(other);
            let mut members = tagged.as_object().into_iter().flat_map(|it| it.values());
            members.next().cloned().unwrap_or_default()
        }
    }
}
