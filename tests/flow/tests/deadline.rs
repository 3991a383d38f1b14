//! A worker stops before its deadline, whatever is slow.

use std::time::{Duration, Instant};

use flow::Bundle;
use flow::worker::Worker;
use serde_json::json;

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
