//! What the runs came to.

use std::fmt;

use reconciler::Failure;

/// What the runs came to.
#[derive(Debug, Default, Clone, Copy)]
pub struct Figures {
    /// Runs while things went wrong.
    pub runs: usize,
    /// Runs of them that ended in an error.
    pub failed: usize,
    /// Errors because too many accounts would have gone.
    pub stopped: usize,
    /// Quiet runs after them.
    pub quiet: usize,
    /// Attaches entered.
    pub attached: usize,
    /// Marks set.
    pub marked: usize,
    /// Marks taken away.
    pub unmarked: usize,
    /// Accounts whose info was asked for.
    pub asked: usize,
    /// Detaches entered, each of an account that had gone at LINE.
    pub detached: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            runs,
            failed,
            stopped,
            quiet,
            ..
        } = self;
        let Self {
            attached,
            marked,
            unmarked,
            asked,
            detached,
            ..
        } = self;
        write!(
            f,
            "{runs} runs ({failed} failed, {stopped} of them stopped) and {quiet} quiet ones: {attached} attached, \
             {marked} marked, {unmarked} unmarked, {asked} asked for, {detached} detached, 0 wrongly"
        )
    }
}

impl Figures {
    pub(super) fn count(&mut self, result: &Result<(), Failure>) {
        self.failed += usize::from(result.is_err());
        self.stopped += usize::from(matches!(result, Err(Failure::TooMany(_))));
    }
}
