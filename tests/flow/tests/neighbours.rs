//! A batch has chats of many accounts: one chat's trouble stays its own.

use std::time::Duration;

use flow::Bundle;
use flow::faulty::Fate;
use flow::worker::{Message, Worker};
use line_module::{Context, Event, Module, ModuleError, Text};
use serde_json::json;
use shared::domain::Outcome;

/// Answers; but "kill" never ends, as if it had ended its process.
struct Killable;

impl Module for Killable {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let Some(text) = event.text() else {
            return Ok(());
        };
        if text == "kill" {
            std::future::pending::<()>().await;
        }
        if let Some(mut cx) = cx.active() {
            cx.push(&[Text::new("hi")])?;
        }
        Ok(())
    }
}

async fn says(bundle: &Bundle, user: &str, id: &str, text: &str) -> Message {
    let message = json!({"type": "text", "text": text});
    let event = json!({"type": "message", "webhookEventId": id, "message": message});
    bundle.message(user, vec![event]).await
}

/// The worker is given a batch, and killed in it.
async fn is_killed_at(worker: &Worker<Killable>, batch: &[&Message]) {
    let given = worker.is_given(batch.iter().copied());
    let killed = tokio::time::timeout(Duration::from_millis(600), given).await;
    assert!(killed.is_err(), "it has ended");
}

/// How many messages this worker has acknowledged before their batch has ended.
fn acknowledged(worker: &Worker<Killable>) -> usize {
    worker.queue.requests("DeleteMessageBatch").len()
}

#[tokio::test]
async fn a_settled_chat_is_acknowledged_while_another_is_still_under_way() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Killable);
    let kill = says(&bundle, &bundle.rival, "k", "kill").await;
    let hello = says(&bundle, &bundle.guest, "e", "hello").await;
    is_killed_at(&worker, &[&kill, &hello]).await;
    assert_eq!(bundle.received().await, ["hi"]);
    assert_eq!(
        acknowledged(&worker),
        1,
        "the killed batch does not bring it back"
    );
}

#[tokio::test]
async fn the_last_chat_of_a_batch_is_acknowledged_by_the_batchs_answer() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Killable);
    worker
        .settles(&says(&bundle, &bundle.guest, "e", "hello").await)
        .await;
    assert_eq!(acknowledged(&worker), 0);
}

#[tokio::test]
async fn what_ends_its_process_runs_alone_from_its_third_time_on() {
    let bundle = Bundle::attached().await;
    let kill = says(&bundle, &bundle.rival, "k", "kill").await;
    for times in 1..=2 {
        // A process that has ended remembers nothing.
        let worker = Worker::new(&bundle, Killable);
        is_killed_at(&worker, &[&kill.clone().received(times)]).await;
    }
    let worker = Worker::new(&bundle, Killable);
    let hello = says(&bundle, &bundle.guest, "e", "hello").await;
    is_killed_at(&worker, &[&kill.received(3), &hello]).await;
    assert_eq!(bundle.received().await, ["hi"]);
    assert_eq!(
        acknowledged(&worker),
        1,
        "it was settled before the other began"
    );
}

#[tokio::test]
async fn of_two_suspects_one_runs_and_the_other_is_given_back_untried() {
    let bundle = Bundle::attached().await;
    let first = says(&bundle, &bundle.guest, "e", "kill").await;
    let second = says(&bundle, &bundle.rival, "f", "kill").await;
    for times in 1..=2 {
        let worker = Worker::new(&bundle, Killable);
        let batch = [
            &first.clone().received(times),
            &second.clone().received(times),
        ];
        is_killed_at(&worker, &batch).await;
    }
    let worker = Worker::new(&bundle, Killable);
    is_killed_at(&worker, &[&first.received(3), &second.received(3)]).await;
    let failed = [
        bundle.record(Some(&bundle.guest), "e").await.unwrap(),
        bundle.record(Some(&bundle.rival), "f").await.unwrap(),
    ];
    let failed: Vec<_> = failed.iter().map(|row| row.attempts.failed).collect();
    assert!(failed == [1, 0] || failed == [0, 1], "{failed:?}");
    let given_back = worker.queue.requests("ChangeMessageVisibilityBatch");
    let wait = given_back[0]["Entries"][0]["VisibilityTimeout"].as_i64();
    assert!(wait.unwrap() <= 2, "{given_back:?}");
}

/// What was received before, and given back untried, is no suspect.
#[tokio::test]
async fn chats_that_come_again_run_side_by_side() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Killable);
    let kill = says(&bundle, &bundle.rival, "k", "kill").await;
    let hello = says(&bundle, &bundle.guest, "e", "hello").await;
    is_killed_at(&worker, &[&kill.received(9), &hello.received(9)]).await;
    assert_eq!(bundle.received().await, ["hi"]);
}

#[tokio::test]
async fn an_outage_of_line_gives_chats_back_untried() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Killable);
    worker.line.next("token", Fate::Answered(500, "{}".into()));
    let first = says(&bundle, &bundle.guest, "e", "hello").await;
    let second = says(&bundle, &bundle.rival, "f", "hello").await;
    worker.gives_back(&first).await;
    worker.gives_back(&second).await;
    assert!(
        bundle.record(Some(&bundle.rival), "f").await.is_none(),
        "it was not tried"
    );
    let given_back = worker.queue.requests("ChangeMessageVisibilityBatch");
    let wait = given_back[1]["Entries"][0]["VisibilityTimeout"].as_i64();
    assert!(
        (4..=8).contains(&wait.unwrap()),
        "until LINE is asked again: {wait:?}"
    );

    worker.clock.advance(Duration::from_secs(6));
    worker.settles(&second.received(2)).await;
    worker.settles(&first.received(2)).await;
    assert_eq!(bundle.received().await, ["hi"]);
    assert_eq!(bundle.recorded("e").await.outcome(), Outcome::Done);
}
