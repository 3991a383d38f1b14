//! Each write of a ledger row moves its counter by one, so that a write that was decided
//! before, and arrives later, is refused. And what is done is not parked for having failed.

use serde_json::Value as Json;

use super::parked_index::Written;
use super::{Wrong, field, parking};
use crate::call::CHANGE;

/// What stands against a write.
pub(super) fn stands_against(written: &Written<'_>) -> impl Iterator<Item = Wrong> {
    let uncounted = uncounted(written).map(|what| ("each write is counted", what));
    let settled = parks_what_is_done(written).map(|what| ("what is done is not parked", what));
    uncounted.into_iter().chain(settled)
}

fn uncounted(written: &Written<'_>) -> Option<String> {
    let (before, after) = (written.before?, written.after?);
    let (seen, next) = (field(Some(before), "writes"), field(Some(after), "writes"));
    let (word, event) = (written.word, written.event);
    (next != seen + 1).then(|| format!("{word} of {event} makes write {next} of {seen}"))
}

/// A try may end with what LINE has refused after another has settled the rest; no failure
/// says anything of an event that is done.
fn parks_what_is_done(written: &Written<'_>) -> Option<String> {
    let is = |row: &Json, outcome: &str| row["outcome"] == outcome;
    let before = written.before.filter(|row| is(row, "done"))?;
    let after = written.after.filter(|row| is(row, "parked"))?;
    let by_failing = written.word == CHANGE && !parking::is_refused(after);
    by_failing.then(|| format!("{} is parked, and was done: {before}", written.event))
}
