//! Judges of an account's life, each with what it remembers: which entries its row has
//! and why, what the module was told, what was seen of an ended attachment, which rows
//! were made, and what the reconciler did by LINE's list.

pub(crate) mod accounts;
pub(crate) mod epochs;
pub(crate) mod lifecycle;
pub(crate) mod reconciler;
pub(crate) mod rows_made;

use serde_json::Value as Json;

use crate::line::{Answer, Asked};
use crate::rows::s;
use crate::world::World;

/// What the judges remember.
#[derive(Debug, Default)]
pub(crate) struct Judges {
    pub(crate) accounts: accounts::Accounts,
    pub(crate) epochs: epochs::Epochs,
    pub(crate) lifecycle: lifecycle::Reports,
    pub(crate) reconciler: reconciler::Runs,
    pub(crate) rows_made: rows_made::RowsMade,
}

/// The table has taken these rows from an invocation, all at once.
pub(crate) fn written(world: &World, who: usize, rows: &[&Json]) {
    for row in rows {
        match (s(row, "bot_id"), s(row, "chat_id")) {
            ("@reconciler", _) => reconciler::own_row(world, who, row),
            (_, "@bot") => accounts::written(world, who, row),
            _ => {}
        }
    }
}

/// LINE has answered an invocation.
pub(crate) fn answered(world: &World, who: usize, asked: &Asked, answer: &Answer) {
    accounts::answered(world, who, asked, answer);
    reconciler::answered(world, who, asked, answer);
    epochs::answered(world, who, asked, answer);
}

/// A number of a row.
fn number(row: &Json, name: &str) -> Option<i64> {
    row[name]["N"].as_str()?.parse().ok()
}
