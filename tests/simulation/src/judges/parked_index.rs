//! Nothing parked leaves the index except by a person, by a replay, by a try's end whose
//! effects are all final, or because a detach that was given up has come about after all:
//! the reconciler asks for it again.

use serde_json::Value as Json;

use crate::call::CHANGE;

/// How a row was written.
#[derive(Debug)]
pub(super) struct Written<'a> {
    pub(super) event: &'a str,
    /// The call's word.
    pub(super) word: &'a str,
    /// The row before, if its time had not passed.
    pub(super) before: Option<&'a Json>,
    /// The row afterwards.
    pub(super) after: Option<&'a Json>,
    /// Whether the writer has the event in hand because it is to run again.
    pub(super) is_replay: bool,
}

/// What stands against a write, if anything does.
pub(super) fn stands_against(written: &Written<'_>) -> Option<String> {
    let event = written.event;
    if let Some(row) = written.after.filter(|row| row["outcome"] == "parked") {
        return (!is_found(row)).then(|| format!("{event} is parked and not in the index: {row}"));
    }
    if let Some(row) = written.after.filter(|row| !row["parked"].is_null()) {
        return Some(format!("{event} is in the index and not parked: {row}"));
    }
    let before = written.before?;
    let was_parked = before["outcome"] == "parked";
    let is_detach = before["kind"] == "@detach";
    let may_settle = written.word == CHANGE || is_detach;
    let settles = may_settle && written.after.is_some_and(is_settled);
    (was_parked && !written.is_replay && !settles).then(|| {
        let word = written.word;
        format!(
            "{event} is parked no longer, by {word}: it becomes {:?}",
            written.after
        )
    })
}

/// Whether the index has the row, for as long as nobody settles it.
fn is_found(row: &Json) -> bool {
    row["parked"] == "parked" && row["parked_at"].is_number() && row["expires_at"].is_null()
}

fn is_settled(row: &Json) -> bool {
    let effects = row["effects"].as_array().into_iter().flatten();
    let mut states = effects.map(|effect| effect["state"].as_str().unwrap_or_default());
    row["outcome"] == "done" && states.all(|it| !matches!(it, "pending" | "open" | "pushing"))
}
