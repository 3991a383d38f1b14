//! Somebody else's service, which the module calls in a step. Each call that it takes has another
//! result, so that it shows which call's was kept.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use line_module::{Context, ModuleError, Step, StepAttempt};

use crate::clients;
use crate::judges::steps::{self, STEP};
use crate::schedule::StepTry;

/// How long a try may take.
const WITHIN: Duration = Duration::from_secs(1);
/// More than fail in any schedule.
const TRIES: u32 = 100;

/// The service. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    tries: Arc<BTreeMap<String, Vec<StepTry>>>,
    /// How often it was called for each event.
    calls: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Service {
    /// One that does so with the tries of each event, and takes all others.
    pub(crate) fn new(tries: &BTreeMap<String, Vec<StepTry>>) -> Self {
        Self {
            tries: Arc::new(tries.clone()),
            calls: Arc::default(),
        }
    }

    /// The event's handler makes its step, if it has one.
    pub(crate) async fn step(&self, cx: &Context<'_>, event: &str) -> Result<(), ModuleError> {
        let Some(tries) = self.tries.get(event) else {
            return Ok(());
        };
        let step = Step::new(STEP).within(WITHIN).tries(TRIES);
        let result: usize = cx
            .step(step, |attempt| self.called(event, tries, attempt))
            .await?;
        let process = clients::running();
        steps::goes_on(
            process.world(),
            process.invocation(),
            event,
            &result.to_string(),
        );
        Ok(())
    }

    async fn called(
        &self,
        event: &str,
        tries: &[StepTry],
        attempt: StepAttempt,
    ) -> Result<usize, ModuleError> {
        let process = clients::running();
        let (world, who) = (process.world(), process.invocation());
        let nth = self.count(event);
        world.note(|| format!("invocation {who} calls the service for {event}"));
        steps::called(world, who, event, attempt.key());
        match tries.get(nth) {
            Some(StepTry::Fails) => return Err(ModuleError::retry("the service is busy")),
            Some(StepTry::Hangs) => std::future::pending().await,
            Some(StepTry::Takes(ms)) => world.time.sleep(Duration::from_millis(*ms)).await,
            None => {}
        }
        Ok(nth)
    }

    /// How often it was called for the event before.
    fn count(&self, event: &str) -> usize {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let calls = calls.entry(event.to_owned()).or_default();
        *calls += 1;
        *calls - 1
    }
}
