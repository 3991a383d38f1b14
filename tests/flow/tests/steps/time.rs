//! What happens where little time is left for a step.

use std::time::Duration;

use flow::Bundle;
use flow::clock::Clock;
use flow::worker::{Message, Worker};
use line_module::{Context, Event, Module, ModuleError, Step, Text};
use shared::domain::Outcome;

use super::crm::{Answer, Crm, Scene, written};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn where_little_time_is_left_nothing_is_called_and_the_event_comes_again_soon() {
    let scene = Scene::with(Step::new("crm").within(4 * SECOND)).await;
    let message = scene.written("e").await;
    let given = scene.worker.is_given_within([&message], 6 * SECOND);
    assert_eq!(given.await, ["e"]);
    assert!(scene.crm.tries().is_empty());
    let row = scene.bundle.recorded("e").await;
    let reason = "too little time is left for the step \"crm\", which may take 4s";
    assert_eq!(row.reason(), Some(reason));
    assert_eq!((row.outcome(), row.attempts.failed), (Outcome::Failed, 0));
    assert_eq!(row.failing_since, None);
    assert!(scene.worker.queue.waits().iter().all(|wait| *wait <= 2));
    let lines = &scene.worker.lines;
    assert_eq!(lines.sum("StepsWithoutTime"), 1);
    assert_eq!(lines.sum("GivenBackStepTime"), 1);

    let given = scene.worker.is_given_within([&message], worker::TIMEOUT);
    assert!(given.await.is_empty());
    assert_eq!(scene.bundle.received().await, ["customer 1"]);
}

/// Makes two steps, and goes on whatever becomes of the second.
struct TwoSteps(Crm);

impl Module for TwoSteps {
    async fn handle(&self, cx: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        let Some(mut cx) = cx.active() else {
            return Ok(());
        };
        let first: u32 = cx.step("first", |it| self.0.create(it)).await?;
        let second: Result<u32, _> = cx.step("second", |it| self.0.create(it)).await;
        let second = second.map_or_else(|error| error.to_string(), |it| it.to_string());
        cx.reply(&[Text::new(format!("{first} and {second}"))])?;
        Ok(())
    }
}

/// The first step takes four seconds of a worker's time.
async fn first_takes_long(bundle: &Bundle) -> (Worker<TwoSteps>, Crm, Message) {
    let crm = Crm::default();
    let worker = Worker::new(bundle, TwoSteps(crm.clone()));
    crm.will([Answer::After(worker.clock.clone(), 4 * SECOND)]);
    let message = written(bundle, "e").await;
    (worker, crm, message)
}

#[tokio::test]
async fn steps_that_have_succeeded_are_kept_where_no_time_is_left_for_the_next() {
    let bundle = Bundle::attached().await;
    let (worker, crm, message) = first_takes_long(&bundle).await;
    let given = worker.is_given_within([&message], worker::TIMEOUT);
    assert_eq!(given.await, ["e"]);
    assert_eq!(crm.tries().len(), 1);
    // Nobody speaks without what was asked for, whatever the handler makes of the error.
    assert!(bundle.received().await.is_empty());
    let given = worker.is_given_within([&message], worker::TIMEOUT);
    assert!(given.await.is_empty());
    assert_eq!(bundle.received().await, ["1 and 2"]);
    assert_eq!(crm.tries().len(), 2);
}

/// Is slow before its step.
struct SlowFirst {
    crm: Crm,
    clock: Clock,
}

impl Module for SlowFirst {
    async fn handle(&self, cx: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        self.clock.advance(5 * SECOND);
        let created: u32 = cx.step("crm", |it| self.crm.create(it)).await?;
        assert_eq!(created, 1);
        Ok(())
    }
}

#[tokio::test]
async fn a_handler_that_never_leaves_its_step_enough_time_does_not_circle_for_ever() {
    let bundle = Bundle::attached().await;
    let (crm, clock) = (Crm::default(), Clock::default());
    let module = SlowFirst {
        crm: crm.clone(),
        clock: clock.clone(),
    };
    let worker = Worker::on_clock(&bundle, clock, module);
    let message = written(&bundle, "e").await;
    for failed in 1..=4 {
        let given = worker.is_given_within([&message], worker::TIMEOUT);
        assert_eq!(given.await, ["e"]);
        assert_eq!(bundle.recorded("e").await.attempts.failed, failed);
    }
    let given = worker.is_given_within([&message], worker::TIMEOUT);
    assert!(given.await.is_empty());
    let row = bundle.recorded("e").await;
    let reason = "the handler leaves too little time for the step \"crm\", which may take 2s: make it before what takes long, or give it less by `Step::within`";
    assert_eq!(
        (row.outcome(), row.reason()),
        (Outcome::Parked, Some(reason))
    );
    assert!(crm.tries().is_empty());
}
