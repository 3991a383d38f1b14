//! Handlers that have failed, and what of it the test expects.

use std::sync::Mutex;

use shared::domain::{Trace, Verdict};
use shared::store::LedgerKey;

use crate::lock;

/// What has failed. A test that does not say that it should have fails at its end.
#[derive(Debug, Default)]
pub(crate) struct Failures(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    /// Whether the test expects any.
    all_expected: bool,
    expected: Vec<LedgerKey>,
    /// Each event with the first failure of it, in a sentence.
    failed: Vec<(LedgerKey, String)>,
}

impl Failures {
    /// Whatever fails is expected.
    pub(crate) fn expect_all(&self) {
        lock(&self.0).all_expected = true;
    }

    /// That this event fails is expected, again too.
    pub(crate) fn expect(&self, key: &LedgerKey) {
        lock(&self.0).expected.push(key.clone());
    }

    /// Takes in what has become of an event, of the chat of this name.
    pub(crate) fn look(&self, key: &LedgerKey, trace: &Trace, chat: &str) {
        let mut seen = lock(&self.0);
        let is_known = seen.failed.iter().any(|(known, _)| known == key);
        if trace.verdict != Verdict::Failed || is_known {
            return;
        }
        let reason = trace.reason.as_deref().unwrap_or("no reason is known");
        let kind = trace.kind.trim_start_matches('@');
        let sentence = format!("of the event {kind} of {chat}: {reason}");
        seen.failed.push((key.clone(), sentence));
    }

    /// The first that nobody has expected.
    pub(crate) fn unexpected(&self) -> Option<String> {
        let seen = lock(&self.0);
        if seen.all_expected {
            return None;
        }
        let mut failed = seen.failed.iter();
        let found = failed.find(|(key, _)| !seen.expected.contains(key));
        found.map(|(_, sentence)| sentence.clone())
    }
}
