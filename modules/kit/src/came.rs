//! What came of what someone did.

use shared::domain::{Trace, Verdict};

use crate::world::{self, World};

/// What came of what someone did: a trace for each event that the bundle got by it.
#[derive(Debug, Clone)]
pub struct Came {
    traces: Vec<Option<Trace>>,
    transcript: String,
}

impl Came {
    pub(crate) fn new(world: &World, came: world::Came) -> Self {
        Self {
            traces: came.events.into_iter().map(|(_, trace)| trace).collect(),
            transcript: world.transcript.text(),
        }
    }

    /// The traces, in the order of the events. There is none of an event that nobody has begun.
    pub fn traces(&self) -> impl Iterator<Item = &Trace> {
        self.traces.iter().flatten()
    }

    /// What became of the first event: of what was done itself. Events that LINE sends because of it follow.
    ///
    /// # Panics
    /// It was not this.
    #[track_caller]
    pub fn is(&self, verdict: Verdict) -> &Self {
        let first = self.traces().next().map(|trace| trace.verdict);
        let was = first.map_or_else(|| "nothing".into(), |verdict| verdict.to_string());
        assert!(
            first == Some(verdict),
            "it was {was}, not {verdict}\n\n{}",
            self.transcript
        );
        self
    }

    /// LINE has sent the bundle no event, as of an account that is not attached.
    ///
    /// # Panics
    /// There was an event.
    #[track_caller]
    pub fn has_no_events(&self) {
        assert!(
            self.traces.is_empty(),
            "the bundle got an event\n\n{}",
            self.transcript
        );
    }
}
