//! What is shown beside messages (that an answer comes, that a message was read, a rich
//! menu) is a decoration: that LINE refuses one parks nothing, and never counts against
//! the right to send messages.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::judges::seen::Seen;

const SEND: &str = "message:send";

/// Who was refused a message by LINE.
#[derive(Debug, Default)]
pub(crate) struct Decorations {
    forbidden: BTreeSet<usize>,
}

impl Decorations {
    /// A call has ended.
    pub(super) fn ends(&mut self, call: &Seen, status: Option<u16>) {
        let is_message = matches!(call.word.as_str(), "reply" | "push");
        if is_message && status == Some(403) {
            self.forbidden.insert(call.who);
        }
    }

    /// An account's row was written. What stands against it, if anything does.
    pub(super) fn denied(
        &self,
        who: usize,
        before: Option<&Json>,
        after: Option<&Json>,
    ) -> Option<String> {
        let denied = |row: Option<&Json>| row.and_then(|row| row["denied"][SEND].as_i64());
        let is_new = denied(after) > denied(before);
        (is_new && !self.forbidden.contains(&who))
            .then(|| format!("{SEND} counts as refused, and no message was: {after:?}"))
    }
}

/// What stands against parking an event with this row: that nothing but decorations was
/// refused.
pub(super) fn parks(event: &str, row: &Json) -> Option<String> {
    let plan: Json =
        serde_json::from_str(row["plan"].as_str().unwrap_or_default()).unwrap_or_default();
    let effects = row["effects"].as_array()?.iter().enumerate();
    let refused = effects.filter(|(_, effect)| effect["state"] == "refused");
    let kinds: Vec<_> = refused
        .map(|(ordinal, _)| {
            plan["effects"][ordinal]["type"]
                .as_str()
                .unwrap_or_default()
        })
        .collect();
    let waits = row["effects"].to_string().contains("pending");
    let is_message = |kind: &&str| matches!(*kind, "reply" | "push" | "acquire" | "release");
    let parks = !kinds.is_empty() && !waits && !kinds.iter().any(is_message);
    parks.then(|| format!("{event} is parked for {kinds:?}"))
}
