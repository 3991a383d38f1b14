//! The author's errors with steps: one clear sentence each.

use std::time::Duration;

use flow::Bundle;
use flow::worker::Worker;
use line_module::{Context, Event, Module, ModuleError, Step, StepAttempt};

use super::crm::written;

/// Makes these steps, each with a result of so many bytes.
struct Makes(Vec<(Step, usize)>);

impl Module for Makes {
    async fn handle(&self, cx: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        for (step, size) in self.0.clone() {
            let made = cx.step(step, async |_: StepAttempt| Ok("x".repeat(size)));
            let made: String = made.await?;
            assert_eq!(made.len(), size);
        }
        Ok(())
    }
}

async fn reason(steps: Vec<(Step, usize)>) -> String {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Makes(steps));
    let message = written(&bundle, "e").await;
    worker.gives_back(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(row.attempts.failed, 1);
    row.reason().unwrap().to_owned()
}

#[tokio::test]
async fn a_name_is_used_once_and_has_1_to_100_bytes() {
    let twice = vec![(Step::new("crm"), 1), (Step::new("crm"), 1)];
    assert_eq!(
        reason(twice).await,
        "a handler makes each step once, but \"crm\" twice: give each a name of its own"
    );
    let unnamed = vec![(Step::new(""), 1)];
    assert_eq!(
        reason(unnamed).await,
        "a step's name has 1 to 100 bytes, not 0"
    );
    let long = vec![(Step::new("n".repeat(101)), 1)];
    assert_eq!(
        reason(long).await,
        "a step's name has 1 to 100 bytes, not 101"
    );
}

#[tokio::test]
async fn more_time_than_there_is_and_no_try_are_the_authors_errors() {
    let long = Step::new("crm").within(Duration::from_secs(5));
    assert_eq!(
        reason(vec![(long, 1)]).await,
        "the step \"crm\" may take up to 4s, not 5s: give it less by `Step::within`"
    );
    let never = Step::new("crm").tries(0);
    assert_eq!(
        reason(vec![(never, 1)]).await,
        "the step \"crm\" has no try: give it one or more by `Step::tries`"
    );
}

#[tokio::test]
async fn results_have_32_kb_each_and_64_kb_together() {
    let kb = 1024;
    assert_eq!(
        reason(vec![(Step::new("crm"), 32 * kb)]).await,
        "the result of the step \"crm\" has 32770 bytes as JSON, and may have 32768: return only what the handler needs"
    );
    let three = ["a", "b", "c"].map(|name| (Step::new(name), 25 * kb));
    assert_eq!(
        reason(three.to_vec()).await,
        "with the step \"c\" the results of an event's steps have 76809 bytes, and may have 65536: return only what the handler needs"
    );
}
