//! Each write of a ledger row moves its counter by one, so that a write that was decided
//! before, and arrives later, is refused. And who parks an event that fails has written its
//! row last: a note of the failure, after which nobody has come further.

use std::collections::BTreeMap;

use super::parked_index::Written;
use super::{Wrong, field, parking};

/// Who has written each event's row last.
#[derive(Debug, Default)]
pub(super) struct Writers {
    /// By account and event: LINE attaches several accounts in one moment.
    last: BTreeMap<(String, String), usize>,
}

impl Writers {
    /// The table was restored: the rows are not those that were written last.
    pub(super) fn forget(&mut self) {
        self.last.clear();
    }

    /// Someone who is not judged has written the row.
    pub(super) fn by_another(&mut self, event: &str) {
        self.last.retain(|(_, other), _| other != event);
    }

    /// What stands against a write.
    pub(super) fn written(&mut self, who: usize, written: &Written<'_>) -> Vec<Wrong> {
        let event = written.event;
        let bot = written
            .after
            .or(written.before)
            .and_then(|row| row["bot_id"].as_str());
        let place = (bot.unwrap_or_default().to_owned(), event.to_owned());
        let last = self.last.insert(place, who);
        let other = last.filter(|last| *last != who && is_parked_for_failing(written));
        let unseen = other.map(|last| format!("{who} parks {event}, which {last} has written"));
        uncounted(written)
            .map(|what| ("each write is counted", what))
            .into_iter()
            .chain(unseen.map(|what| ("parked by who has written last", what)))
            .collect()
    }
}

fn uncounted(written: &Written<'_>) -> Option<String> {
    let (before, after) = (written.before?, written.after?);
    let (seen, next) = (field(Some(before), "writes"), field(Some(after), "writes"));
    let (word, event) = (written.word, written.event);
    (next != seen + 1).then(|| format!("{word} of {event} makes write {next} of {seen}"))
}

fn is_parked_for_failing(written: &Written<'_>) -> bool {
    let is_parked = |row: &serde_json::Value| row["outcome"] == "parked";
    let parks = written
        .after
        .filter(|row| is_parked(row) && !parking::is_refused(row));
    parks.is_some() && !written.before.is_some_and(is_parked) && written.word == "UpdateItem"
}
