//! What is kept: the module's own rows, a chat's state, the timers that are set.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use line_module::daily::Daily;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::world::World;
use crate::{Account, Harness, User};

/// What the key of a row of the module's own begins with, before the module's key.
const MODULE_ROWS: &str = "@m#";
/// What the key of a timer's row begins with.
pub(crate) const TIMER_ROWS: &str = "@timer#";

/// A timer that is set and has not rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// Its name, by which its route finds it.
    pub name: String,
    /// When it is due.
    pub due: SystemTime,
    /// What the module is given then.
    pub payload: Value,
}

impl Harness {
    /// The module's own rows whose key begins so, by their keys.
    ///
    /// # Panics
    /// One is not of this type.
    #[track_caller]
    pub fn rows<T: DeserializeOwned>(&self, prefix: &str) -> BTreeMap<String, T> {
        let rows = self.world().wire.rows_of(&format!("{MODULE_ROWS}{prefix}"));
        let read = |row: &Value| {
            let key = text(row, "chat_id").trim_start_matches(MODULE_ROWS);
            let value = self.read(&format!("the row {key:?}"), text(row, "value"));
            (key.to_owned(), value)
        };
        rows.iter().map(read).collect()
    }

    /// What the module keeps of the user's chat; none if it has kept nothing, or if that is erased. Of a group it is
    /// the group's, by [`User::in_group`].
    ///
    /// # Panics
    /// It is not of this type.
    #[track_caller]
    pub fn state<T: DeserializeOwned>(&self, user: &User) -> Option<T> {
        let rows = self.world().wire.rows_of(user.chat());
        let mut rows = rows.iter();
        let row = rows.find(|row| text(row, "chat_id") == user.chat())?;
        let state = row["state"]["S"].as_str()?;
        Some(self.read("the chat's state", state))
    }

    /// The timers that are set in the user's chat, the next one first.
    pub fn timers(&self, user: &User) -> Vec<Timer> {
        timers(self.world(), Some(user.chat()))
    }

    #[track_caller]
    fn read<T: DeserializeOwned>(&self, what: &str, json: &str) -> T {
        match serde_json::from_str(json) {
            Ok(read) => read,
            Err(error) => panic!("{what} is {json}: {error}\n\n{}", self.transcript()),
        }
    }
}

impl Account {
    /// The timers that are set of the account itself, the next one first; without those of daily handlers.
    pub fn timers(&self) -> Vec<Timer> {
        timers(&self.world, None)
    }
}

/// The timers of a chat, or of the account itself.
fn timers(world: &World, chat: Option<&str>) -> Vec<Timer> {
    let rows = world.wire.rows_of(TIMER_ROWS);
    let waiting = rows.iter().filter(|row| !row["timer_shard"].is_null());
    let of_chat = waiting.filter(|row| row["chat"]["S"].as_str() == chat);
    let mut timers: Vec<_> = of_chat
        .filter(|row| !Daily::is_timer(text(row, "name")))
        .map(timer)
        .collect();
    timers.sort_by_key(|timer| (timer.due, timer.name.clone()));
    timers
}

fn timer(row: &Value) -> Timer {
    let due = row["due_at"]["N"].as_str().and_then(|due| due.parse().ok());
    Timer {
        name: text(row, "name").to_owned(),
        due: UNIX_EPOCH + Duration::from_millis(due.unwrap_or_default()),
        payload: serde_json::from_str(text(row, "payload")).unwrap_or_default(),
    }
}

fn text<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name]["S"].as_str().unwrap_or_default()
}
