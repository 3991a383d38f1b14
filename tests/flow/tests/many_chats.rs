//! A webhook with events of very many chats. It stands alone: other stories beside it would take
//! its processors.

use flow::Bundle;
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_chats_in_one_body_are_a_hundred_requests_and_each_is_handled_once() {
    let bundle = Bundle::attached().await;
    let events: Vec<_> = (0..1000)
        .map(|n| {
            json!({"type": "message", "source": {"type": "user", "userId": format!("L{n}")},
                   "webhookEventId": format!("event-{n}"), "message": {"type": "text", "text": "hello"}})
        })
        .collect();
    let held = bundle.line_holds(None, events).await;
    let before = bundle.queue_requests();
    bundle
        .stack
        .sqs
        .faults()
        .delay(std::time::Duration::from_millis(10));
    let begun = std::time::Instant::now();
    let status = bundle.post(held.body, Some(&held.signature)).await;
    println!(
        "1,000 chats, 10 ms more for each queue request: {status} after {:?}",
        begun.elapsed()
    );
    assert_eq!(status, 200);
    assert_eq!(bundle.queue_requests() - before, 100);
    bundle.stack.sqs.faults().clear();
    bundle.stack.settled().await.unwrap();
    for n in 0..1000 {
        let record = bundle
            .record(Some(&format!("L{n}")), &format!("event-{n}"))
            .await
            .unwrap();
        assert_eq!(
            (record.outcome(), record.attempts.failed),
            (shared::domain::Outcome::Done, 0)
        );
    }
}
