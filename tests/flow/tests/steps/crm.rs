//! A stand-in for somebody else's service, and a module that calls it in a step.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use flow::Bundle;
use flow::clock::Clock;
use flow::worker::{Message, Worker};
use line_module::{Context, Event, Module, ModuleError, Step, StepAttempt, Text};
use serde_json::json;
use tokio::sync::Notify;

/// What the service does with a call. If nothing else is planned, it takes it.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Busy,
    Refused,
    /// It never answers.
    Silent,
    /// It takes the call, and says that it has not.
    TakenAndFailed,
    /// It takes the call, when so much time has gone by.
    After(Clock, Duration),
    /// It takes the call when the test lets it.
    Held(Arc<Notify>, Arc<Notify>),
}

/// A service that keeps customers, by the key that they are created with. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Crm(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    calls: Vec<StepAttempt>,
    customers: BTreeMap<String, u32>,
    answers: VecDeque<Answer>,
}

impl Crm {
    /// What it does with the next calls.
    pub(crate) fn will(&self, answers: impl IntoIterator<Item = Answer>) {
        self.kept().answers.extend(answers);
    }

    /// The number of each call's try.
    pub(crate) fn tries(&self) -> Vec<u32> {
        let kept = self.kept();
        kept.calls.iter().map(StepAttempt::number).collect()
    }

    /// The keys that it was called with, each once.
    pub(crate) fn keys(&self) -> Vec<String> {
        let kept = self.kept();
        let mut keys: Vec<_> = kept.calls.iter().map(|it| it.key().to_owned()).collect();
        keys.sort();
        keys.dedup();
        keys
    }

    pub(crate) fn customers(&self) -> usize {
        self.kept().customers.len()
    }

    /// Creates a customer; gives their number.
    pub(crate) async fn create(&self, attempt: StepAttempt) -> Result<u32, ModuleError> {
        let answer = self.called(&attempt);
        match answer {
            Some(Answer::Busy) => return Err(ModuleError::retry("busy")),
            Some(Answer::Refused) => return Err(ModuleError::park("no such tenant")),
            Some(Answer::Silent) => std::future::pending().await,
            Some(Answer::After(clock, time)) => clock.advance(time),
            Some(Answer::Held(there, go)) => {
                there.notify_one();
                go.notified().await;
            }
            Some(Answer::TakenAndFailed) => {
                self.take(&attempt);
                return Err(ModuleError::retry("busy"));
            }
            None => {}
        }
        Ok(self.take(&attempt))
    }

    fn called(&self, attempt: &StepAttempt) -> Option<Answer> {
        let mut kept = self.kept();
        kept.calls.push(attempt.clone());
        kept.answers.pop_front()
    }

    fn take(&self, attempt: &StepAttempt) -> u32 {
        let mut kept = self.kept();
        let next = u32::try_from(kept.customers.len() + 1).unwrap();
        let number = kept.customers.entry(attempt.key().to_owned());
        *number.or_insert(next)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes a customer of who writes.
#[derive(Clone)]
pub(crate) struct Greets {
    pub(crate) crm: Crm,
    pub(crate) step: Step,
}

impl Module for Greets {
    async fn handle(&self, cx: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        let Some(mut cx) = cx.active() else {
            return Ok(());
        };
        let create = async |attempt| self.crm.create(attempt).await;
        let number: u32 = cx.step(self.step.clone(), create).await?;
        cx.reply(&[Text::new(format!("customer {number}"))])?;
        Ok(())
    }
}

/// A shop with its service, and a worker.
pub(crate) struct Scene {
    pub(crate) bundle: Bundle,
    pub(crate) crm: Crm,
    pub(crate) worker: Worker<Greets>,
}

/// The module of the bundle's own worker: it has nothing to set for the account.
#[derive(Clone, Copy)]
struct Silent;

impl Module for Silent {
    async fn handle(&self, _: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        Ok(())
    }
}

impl Scene {
    pub(crate) async fn begin() -> Self {
        Self::with(Step::new("crm")).await
    }

    /// With this step.
    pub(crate) async fn with(step: Step) -> Self {
        let bundle = Bundle::with(Silent).await;
        let crm = Crm::default();
        let module = Greets {
            crm: crm.clone(),
            step,
        };
        Self {
            worker: Worker::new(&bundle, module),
            bundle,
            crm,
        }
    }

    /// Another worker with the same module and service.
    pub(crate) fn another_worker(&self) -> Worker<Greets> {
        Worker::new(&self.bundle, self.worker.app.module.clone())
    }

    /// The guest writes: the event of this id.
    pub(crate) async fn written(&self, id: &str) -> Message {
        written(&self.bundle, id).await
    }

    /// The step's result in the row of `e`, as JSON, and how many of its tries failed.
    pub(crate) async fn kept(&self) -> (Option<String>, u32) {
        let steps = self.bundle.recorded("e").await.steps;
        let record = steps.get("crm").cloned().unwrap_or_default();
        (record.result, record.failed)
    }
}

/// The guest writes: the event of this id.
pub(crate) async fn written(bundle: &Bundle, id: &str) -> Message {
    let message = json!({"type": "text", "text": "hello"});
    let event = json!({"type": "message", "webhookEventId": id, "message": message});
    bundle.message(&bundle.guest, vec![event]).await
}
