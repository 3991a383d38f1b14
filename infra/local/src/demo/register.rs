//! In the place of the shop's customer register: it keeps what it is told. And the switch by which
//! the worker's next attempt ends after that, before its commit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The register. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Register {
    told: Arc<Mutex<Vec<String>>>,
    crashes: Arc<AtomicBool>,
}

impl Register {
    /// It is told something.
    pub fn note(&self, what: String) {
        self.lock().push(what);
    }

    /// Whether this attempt ends before its commit. It is asked once.
    pub fn crashes(&self) -> bool {
        self.crashes.swap(false, Ordering::SeqCst)
    }

    /// Has the next attempt end before its commit.
    pub(super) fn crash_next(&self) {
        self.crashes.store(true, Ordering::SeqCst);
    }

    /// Whether that is still to come.
    pub(super) fn is_to_crash(&self) -> bool {
        self.crashes.load(Ordering::SeqCst)
    }

    /// What it was told since it was last asked.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
