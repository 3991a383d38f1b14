//! Attempts of this process that have ended and could not be written down.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The names of attempts that have ended while the table was away. They look as if they
/// had vanished, and must not count as that. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct EndedAttempts(Arc<Mutex<HashSet<String>>>);

impl EndedAttempts {
    /// The names, locked.
    pub(crate) fn names(&self) -> MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
