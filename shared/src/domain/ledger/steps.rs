//! Steps of an event's handler: calls to somebody else's service. What each has come to is kept in
//! the event's entry before the handler goes on, so that a handler which runs again has it from
//! there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::ledger::{Change, LedgerEntry, Parked, State};

/// What is kept of why a try has failed, in characters.
const LONGEST_REASON: usize = 300;

/// What the steps of an event's run have come to, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Steps(BTreeMap<String, StepRecord>);

/// What one step has come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StepRecord {
    /// Tries that failed or took too long. A replay begins at 0.
    #[serde(default)]
    pub failed: u32,
    /// Why the last of them failed, while none has succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its result as JSON, if it has succeeded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
}

/// How a try of a step has ended.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StepEnd {
    /// With this result, as JSON.
    Succeeded(String),
    /// It failed or took too long, for this reason.
    Failed(String),
}

impl StepEnd {
    /// It failed or took too long, for this reason, of which the beginning is kept.
    pub fn failed(reason: &str) -> Self {
        Self::Failed(reason.chars().take(LONGEST_REASON).collect())
    }
}

impl Steps {
    /// Whether no step has come to anything.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the step of this name has come to, if to anything.
    pub fn get(&self, name: &str) -> Option<&StepRecord> {
        self.0.get(name)
    }

    /// Each step by its name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &StepRecord)> {
        self.0.iter().map(|(name, record)| (name.as_str(), record))
    }

    /// The size of all names, results and reasons, in bytes.
    pub fn size(&self) -> usize {
        let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        let size = |(name, record): (&String, &StepRecord)| {
            name.len() + length(&record.result) + length(&record.reason)
        };
        self.0.iter().map(size).sum()
    }

    pub(super) fn map(self, change: impl Fn(StepRecord) -> StepRecord) -> Self {
        let records = self.0.into_iter();
        Self(
            records
                .map(|(name, record)| (name, change(record)))
                .collect(),
        )
    }

    fn end(&mut self, name: &str, end: StepEnd) {
        let record = self.0.entry(name.to_owned()).or_default();
        match end {
            StepEnd::Succeeded(result) => {
                (record.result, record.reason) = (Some(result), None);
            }
            StepEnd::Failed(reason) => {
                record.failed += 1;
                record.reason = Some(reason);
            }
        }
    }

    /// As a replay finds them: none where it is forced, so that each is made again; else those that
    /// have succeeded, while the others have all their tries again.
    pub(super) fn reopened(mut self, force: bool) -> Self {
        self.0.retain(|_, record| !force && record.result.is_some());
        for record in self.0.values_mut() {
            (record.failed, record.reason) = (0, None);
        }
        self
    }
}

impl LedgerEntry {
    /// Whether the results of its steps may still be asked for: its handler may run again without
    /// a forced replay.
    pub fn needs_steps(&self) -> bool {
        let may_run = matches!(
            self.state,
            State::Failed { .. } | State::Parked(Parked { sends: None, .. })
        );
        may_run && !self.steps.is_empty()
    }
}

/// Keeps how a try of the step `name` has ended; tells whether it is kept. `known` is the event's
/// entry as the handler's worker has read or written it last, or the one to be made where it has
/// found none. Nothing is kept if others have written the entry since: the event is to be decided
/// again then.
pub fn note_step(
    entry: Option<&LedgerEntry>,
    known: &LedgerEntry,
    name: &str,
    end: &StepEnd,
) -> Change<LedgerEntry, bool> {
    if entry.map_or(0, |entry| entry.writes) != known.writes {
        return Change::Keep(false);
    }
    let mut noted = known.clone();
    noted.steps.end(name, end.clone());
    Change::Write(noted, true)
}

#[cfg(test)]
mod tests {
    use crate::domain::Timestamp;
    use crate::domain::ledger::{Outcome, ParkKind};

    use super::*;

    const NOW: Timestamp = Timestamp(1_000);

    fn entry() -> LedgerEntry {
        LedgerEntry::unsettled("message", NOW, NOW, NOW).in_steps()
    }

    fn succeeded() -> StepEnd {
        StepEnd::Succeeded("7".into())
    }

    fn failed(reason: &str) -> StepEnd {
        StepEnd::failed(reason)
    }

    fn noted(entry: &LedgerEntry, name: &str, end: &StepEnd) -> LedgerEntry {
        let seen = Some(entry).filter(|entry| entry.writes > 0);
        note_step(seen, entry, name, end).written().unwrap()
    }

    #[test]
    fn failed_tries_are_counted_with_the_reason_of_the_last_and_a_result_is_kept() {
        let once = noted(&entry(), "crm", &failed("busy"));
        let twice = noted(&once, "crm", &failed(&"x".repeat(400)));
        let record = twice.steps.get("crm").unwrap();
        assert_eq!((record.failed, record.result.as_deref()), (2, None));
        assert_eq!(record.reason.as_ref().map(String::len), Some(300));
        let done = noted(&twice, "crm", &succeeded());
        let record = done.steps.get("crm").unwrap();
        assert_eq!((record.failed, record.result.as_deref()), (2, Some("7")));
        assert_eq!(done.steps.size(), "crm7".len());
        assert_eq!((done.outcome(), done.attempts.failed), (Outcome::Failed, 0));
    }

    #[test]
    fn nothing_is_kept_over_what_others_have_written() {
        let known = entry();
        let theirs = LedgerEntry {
            writes: 1,
            ..entry()
        };
        let kept = note_step(Some(&theirs), &known, "crm", &succeeded());
        assert_eq!(kept, Change::Keep(false));
        let gone = note_step(None, &theirs, "crm", &succeeded());
        assert_eq!(gone, Change::Keep(false));
    }

    #[test]
    fn what_is_decided_counts_on_from_the_steps() {
        let seen = noted(&entry(), "crm", &succeeded());
        let done = LedgerEntry::done("message", NOW, NOW, NOW).in_place_of(&seen);
        assert_eq!(done.steps, seen.steps);
        assert!(seen.needs_steps() && !done.needs_steps());
        let parked = seen.into_parked(ParkKind::ModuleFailed, "a reason", "{}", NOW);
        assert!(parked.needs_steps());
    }

    #[test]
    fn a_replay_keeps_results_and_has_all_tries_again_and_a_forced_one_makes_each_anew() {
        let once = noted(&entry(), "crm", &failed("busy"));
        let both = noted(&once, "crm", &succeeded());
        let both = noted(&both, "mail", &failed("busy"));
        let parked = both.into_parked(ParkKind::ByModule, "a reason", "{}", NOW);
        let again = parked.clone().reopened(1, false, NOW).steps;
        let record = again.get("crm").unwrap();
        assert_eq!((record.failed, record.result.as_deref()), (0, Some("7")));
        assert_eq!(again.get("mail"), None);
        let forced = parked.reopened(1, true, NOW);
        assert!(forced.steps.is_empty());
    }
}
