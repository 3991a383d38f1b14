//! Each write of a ledger row moves its counter by one, so that a write that was decided
//! before, and arrives later, is refused.

use super::field;
use super::parked_index::Written;

/// What stands against a write.
pub(super) fn written(written: &Written<'_>) -> Option<String> {
    let (before, after) = (written.before?, written.after?);
    let (seen, next) = (field(Some(before), "writes"), field(Some(after), "writes"));
    let (word, event) = (written.word, written.event);
    (next != seen + 1).then(|| format!("{word} of {event} makes write {next} of {seen}"))
}
