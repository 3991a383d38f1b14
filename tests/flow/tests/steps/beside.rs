//! Two steps of one handler beside each other.

use std::sync::Arc;
use std::time::Duration;

use flow::Bundle;
use flow::worker::Worker;
use line_module::{Context, Event, Module, ModuleError, Step, Text};
use tokio::sync::Notify;

use super::crm::{Answer, Crm, written};

/// Makes two steps beside each other.
struct Both(Crm);

impl Module for Both {
    async fn handle(&self, cx: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        let Some(mut cx) = cx.active() else {
            return Ok(());
        };
        let first = cx.step("first", |it| self.0.create(it));
        let longest = Step::new("second").within(Duration::from_secs(4));
        let second = cx.step(longest, |it| self.0.create(it));
        let (first, second): (Result<u32, _>, Result<u32, _>) = futures::join!(first, second);
        cx.reply(&[Text::new(format!("{} and {}", first?, second?))])?;
        Ok(())
    }
}

#[tokio::test]
async fn both_results_are_kept() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Both(Crm::default()));
    let message = written(&bundle, "e").await;
    worker.settles(&message).await;
    assert_eq!(bundle.received().await, ["1 and 2"]);
    let steps = bundle.recorded("e").await.steps;
    let kept = ["first", "second"].map(|name| steps.get(name).unwrap().result.clone());
    assert_eq!(kept, [Some("1".into()), Some("2".into())]);
}

#[tokio::test]
async fn a_result_is_kept_though_no_time_was_left_for_the_step_beside_it() {
    let bundle = Bundle::attached().await;
    let crm = Crm::default();
    let worker = Worker::new(&bundle, Both(crm.clone()));
    let message = written(&bundle, "e").await;
    let (there, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    crm.will([Answer::Held(there.clone(), go.clone())]);
    // Enough for the first, and not for the second.
    let given = worker.is_given_within([&message], Duration::from_secs(6));
    let answered = async {
        there.notified().await;
        go.notify_one();
    };
    let (back, ()) = tokio::join!(given, answered);
    assert_eq!(back, ["e"]);
    assert_eq!(crm.tries().len(), 1);
    worker.settles(&message).await;
    assert_eq!(bundle.received().await, ["1 and 2"]);
    assert_eq!(crm.tries().len(), 2);
}
