//! Faults for tests: a slow queue, and one that accepts a call and never answers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What goes wrong with the calls that come over HTTP. Clones share the same faults.
///
/// In-process calls, such as the event source's, are not affected.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    plan: Arc<Mutex<Plan>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Plan {
    delay: Duration,
    silent: bool,
}

impl Faults {
    /// From now on each call takes this much longer.
    pub fn delay(&self, delay: Duration) {
        self.change(|plan| plan.delay = delay);
    }

    /// From now on each call is read, has no effect and is never answered; not even after [`Faults::clear`].
    pub fn never_answer(&self) {
        self.change(|plan| plan.silent = true);
    }

    /// Calls that come from now on are answered, and at once.
    pub fn clear(&self) {
        self.change(|plan| *plan = Plan::default());
    }

    /// Does to one call what is planned.
    pub(super) async fn strike(&self) {
        let plan = self.change(|plan| *plan);
        if plan.silent {
            std::future::pending::<()>().await;
        }
        if !plan.delay.is_zero() {
            tokio::time::sleep(plan.delay).await;
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Plan) -> T) -> T {
        change(&mut self.plan.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
