//! Why a rehearsal ends early.

use std::fmt::Display;

/// Something that should have happened did not: one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failed(pub(crate) String);

/// An error of what was tried.
pub(crate) fn because<E: Display>(what: &str) -> impl FnOnce(E) -> Failed {
    let what = what.to_owned();
    move |error| Failed(format!("{what}: {error}"))
}

/// Holds, or says what was seen instead.
pub(crate) fn expect(good: bool, otherwise: impl FnOnce() -> String) -> Result<(), Failed> {
    if good {
        Ok(())
    } else {
        Err(Failed(otherwise()))
    }
}
