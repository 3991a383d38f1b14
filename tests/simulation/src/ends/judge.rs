//! What must hold when an account's data has ended, or has not, because it is back.

use serde_json::Value as Json;
use shared::domain::Timestamp;

use crate::ends::scene::{Scene, bot};
use crate::rows::{plain_item, text};

/// # Errors
/// What does not hold.
pub(crate) fn holds(
    scene: &Scene,
    attached_at: Timestamp,
    detached_at: Timestamp,
    back_at: Option<Timestamp>,
) -> Result<(), String> {
    let rows: Vec<(String, Json)> = {
        let table = scene.table.table();
        let bot = bot();
        let items = table.partition(bot.as_str());
        items
            .map(|item| (text(item, "chat_id").to_owned(), plain_item(item)))
            .collect()
    };
    let row = |sort: &str| rows.iter().find(|(of, _)| of == sort).map(|(_, row)| row);
    if row("@usage#2027-01").is_none() {
        return Err("what names nobody is gone".into());
    }
    let account = row("@bot").ok_or("the account's row is gone")?;
    let newest = back_at.unwrap_or(attached_at);
    if account["attached_at"] != newest.0 || account["detached_at"] != detached_at.0 {
        return Err(format!("the account's registers have changed: {account}"));
    }
    for n in 0..scene.plan.old {
        let kept = row(&format!("@m#kept/old{n}"));
        let is_new = kept.is_some_and(|kept| kept["epoch"] != attached_at.0);
        if is_new {
            return Err(format!("old{n} was handled again: {kept:?}"));
        }
    }
    match back_at {
        Some(at) => is_whole(scene, at, row),
        None => is_empty(&rows, account),
    }
}

/// All that was done in the new attachment is there.
fn is_whole<'a>(
    scene: &Scene,
    at: Timestamp,
    row: impl Fn(&str) -> Option<&'a Json>,
) -> Result<(), String> {
    for n in 0..scene.plan.new.unwrap_or_default() {
        let (chat, id) = (format!("U{}", n % 2), format!("new{n}"));
        let kept = row(&format!("@m#kept/{id}"));
        if kept.is_none_or(|kept| kept["epoch"] != at.0) {
            return Err(format!("the module's row of {id}: {kept:?}"));
        }
        let event = row(&format!("{chat}#{id}"));
        if event.is_none_or(|event| event["outcome"] != "done") {
            return Err(format!("the row of {id}: {event:?}"));
        }
        let chat = row(&chat).ok_or("a chat's row is gone")?;
        let state = chat["state"].as_str().unwrap_or_default();
        if !state.contains(&format!("\"{id}\"")) || state.contains("old") {
            return Err(format!("the state of the chat of {id}: {state}"));
        }
    }
    Ok(())
}

/// Nothing is left of users.
fn is_empty(rows: &[(String, Json)], account: &Json) -> Result<(), String> {
    let of_users = |sort: &str| {
        let is_own = ["@usage#", "@erase#", "@limit#"]
            .iter()
            .any(|it| sort.starts_with(it));
        // The job itself may have met failures.
        sort != "@bot" && !is_own && !sort.starts_with("@bot#erase-")
    };
    let left: Vec<_> = rows.iter().filter(|(sort, _)| of_users(sort)).collect();
    if !left.is_empty() {
        return Err(format!("rows of the ended attachment are left: {left:?}"));
    }
    match account["display_name"].is_null() && !account["erased_at"].is_null() {
        true => Ok(()),
        false => Err(format!("the account's row: {account}")),
    }
}
