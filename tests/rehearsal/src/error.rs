//! Why a rehearsal ends early.

use std::error::Error;

/// Something that should have happened did not: one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failed(pub(crate) String);

/// An error of what was tried, with its causes: an SDK's own words are "service error".
pub(crate) fn because<E: Error>(what: &str) -> impl FnOnce(E) -> Failed {
    let what = what.to_owned();
    move |error| {
        let mut words = format!("{what}: {error}");
        let mut cause = error.source();
        while let Some(deeper) = cause {
            words.push_str(&format!(": {deeper}"));
            cause = deeper.source();
        }
        Failed(words)
    }
}

/// Holds, or says what was seen instead.
pub(crate) fn expect(good: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failed> {
    if good {
        Ok(())
    } else {
        Err(Failed(otherwise()))
    }
}
