//! What came of what someone did.

use std::sync::Arc;

use shared::domain::{Trace, Verdict};
use shared::store::LedgerKey;

use crate::failures::Failures;
use crate::world::{self, World};

/// What came of what someone did: a trace for each event that the bundle got by it.
#[derive(Debug, Clone)]
pub struct Came {
    events: Vec<(LedgerKey, Option<Trace>)>,
    failures: Arc<Failures>,
    transcript: String,
}

impl Came {
    pub(crate) fn new(world: &World, came: world::Came) -> Self {
        let events = came.events.into_iter();
        Self {
            events: events.map(|(event, trace)| (event.key, trace)).collect(),
            failures: world.failures.clone(),
            transcript: world.transcript.text(),
        }
    }

    /// The traces, in the order of the events. There is none of an event that nobody has begun.
    pub fn traces(&self) -> impl Iterator<Item = &Trace> {
        self.traced().map(|(_, trace)| trace)
    }

    fn traced(&self) -> impl Iterator<Item = (&LedgerKey, &Trace)> {
        let events = self.events.iter();
        events.filter_map(|(key, trace)| Some((key, trace.as_ref()?)))
    }

    /// What became of the first event: of what was done itself. Events that LINE sends because of it follow. A
    /// failure that is asserted so is expected: see [`Came::fails`].
    ///
    /// # Panics
    /// It was not this.
    #[track_caller]
    pub fn is(&self, verdict: Verdict) -> &Self {
        let first = self.traced().next();
        let was = first.map(|(_, trace)| trace.verdict);
        let word = was.map_or_else(|| "nothing".into(), |verdict| verdict.to_string());
        assert!(
            was == Some(verdict),
            "it was {word}, not {verdict}\n\n{}",
            self.transcript
        );
        if let Some((key, _)) = first.filter(|_| verdict == Verdict::Failed) {
            self.failures.expect(key);
        }
        self
    }

    /// A handler has failed, of any of the events. That is expected, however often those events fail again: else a
    /// handler that fails lets the test fail when its harness goes.
    ///
    /// # Panics
    /// None has.
    #[track_caller]
    pub fn fails(&self) -> &Self {
        let is_failed = |(_, trace): &(&LedgerKey, &Trace)| trace.verdict == Verdict::Failed;
        let failed: Vec<_> = self.traced().filter(is_failed).collect();
        assert!(
            !failed.is_empty(),
            "no handler has failed\n\n{}",
            self.transcript
        );
        for (key, _) in failed {
            self.failures.expect(key);
        }
        self
    }

    /// LINE has sent the bundle no event, as of an account that is not attached.
    ///
    /// # Panics
    /// There was an event.
    #[track_caller]
    pub fn has_no_events(&self) {
        assert!(
            self.events.is_empty(),
            "the bundle got an event\n\n{}",
            self.transcript
        );
    }
}
