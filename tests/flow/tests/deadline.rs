//! A worker stops before its deadline, whatever is slow.

use std::time::{Duration, Instant};

use flow::Bundle;
use flow::faulty::{Fate, Held};
use flow::worker::{Worker, states};
use line_module::{Context, Event, Module, ModuleError, Text};
use serde_json::json;

const PUSH: &str = "/v2/bot/message/push";

/// Says two things, each by a push.
struct SaysTwoThings;

impl Module for SaysTwoThings {
    async fn handle(&self, cx: &mut Context<'_>, _: &Event) -> Result<(), ModuleError> {
        let Some(mut cx) = cx.active() else {
            return Ok(());
        };
        cx.push(&[Text::new("one")])?;
        cx.push(&[Text::new("two")])
    }
}

/// LINE is slow with the first: the second waits for a worker with more time.
#[tokio::test]
async fn a_send_is_not_begun_when_little_time_is_left() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, SaysTwoThings);
    let event = json!({"type": "message", "webhookEventId": "e", "message": {"type": "text", "text": "hello"}});
    let message = bundle.message(&bundle.guest, vec![event]).await;
    let held = Held::default();
    worker.line.next(PUSH, Fate::AnswerHeld(held.clone()));
    let slow = async {
        held.is_there().await;
        worker.clock.advance(Duration::from_secs(5));
        held.let_go();
    };
    let given = worker.is_given_within([&message], worker::TIMEOUT);
    let (back, ()) = tokio::join!(given, slow);
    assert_eq!(back, ["e"]);
    assert_eq!(states(&bundle.recorded("e").await), ["sent", "pending"]);
    worker.settles(&message).await;
    assert_eq!(bundle.received().await, ["one", "two"]);
}

/// What it could not give back comes again when its visibility ends.
#[tokio::test]
async fn a_queue_that_never_answers_keeps_no_worker_past_its_deadline() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, reservation::module());
    let event = json!({"type": "message", "webhookEventId": "e", "message": {"type": "text", "text": "reserve"}});
    let message = bundle.message(&bundle.guest, vec![event]).await;
    bundle.stack.sqs.faults().never_answer();
    // Too little for an event, much for giving back.
    let time = Duration::from_secs(4);
    let begun = Instant::now();
    let given_back = tokio::time::timeout(2 * time, worker.is_given_within([&message], time));
    assert_eq!(given_back.await.unwrap(), ["e"]);
    assert!(begun.elapsed() < time, "{:?}", begun.elapsed());
    assert!(bundle.calls("/v2/bot/message/reply").await.is_empty());
}
