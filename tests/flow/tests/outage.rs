//! Queue, table or LINE are away: nothing is lost, and LINE is answered in time.

use std::time::{Duration, Instant};

use emulator::{DeliverOptions, Fault, FaultKind};
use flow::worker::open_tries;
use flow::{Bundle, texts};
use local::gate::GateState;
use serde_json::json;
use shared::domain::Outcome;

fn message(id: &str, text: &str) -> serde_json::Value {
    json!({"type": "message", "webhookEventId": id, "message": {"type": "text", "text": text}})
}

/// Then LINE counts the webhook as failed, whatever is answered later. The function itself gives up
/// after 1.3 s; what is printed tells how near that comes.
const LINE_WAITS: Duration = Duration::from_secs(2);

async fn status_within_time(bundle: &Bundle) -> u16 {
    let held = bundle
        .line_holds(Some(&bundle.guest), vec![message("q", "reserve")])
        .await;
    let begun = Instant::now();
    let status = bundle.post(held.body, Some(&held.signature)).await;
    let took = begun.elapsed();
    println!("answered {status} after {took:?}");
    assert!(took < LINE_WAITS, "{took:?}");
    status
}

#[tokio::test]
async fn a_queue_that_never_answers_gives_line_a_503_within_its_timeout() {
    let bundle = Bundle::attached().await;
    bundle.stack.sqs.faults().never_answer();
    assert_eq!(status_within_time(&bundle).await, 503);
}

#[tokio::test]
async fn a_queue_that_refuses_connections_gives_line_a_503_at_once() {
    let bundle = Bundle::attached().await;
    bundle.stack.sqs_gate.set(GateState::Shut);
    assert_eq!(status_within_time(&bundle).await, 503);
    bundle.stack.sqs_gate.set(GateState::Open);
    assert_eq!(status_within_time(&bundle).await, 200);
}

#[expect(clippy::unwrap_used, reason = "part of tests")]
async fn table_away(state: GateState) {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    bundle.stack.dynamodb_gate.set(state);
    assert_eq!(status_within_time(&bundle).await, 200);
    bundle.worker_gives_back().await;
    bundle.stack.dynamodb_gate.set(GateState::Open);
    let heard = guest.heard().await.unwrap();
    assert_eq!(texts(&heard), ["Which time would you like?"]);
    assert_eq!(
        bundle
            .record(Some(&bundle.guest), "q")
            .await
            .unwrap()
            .outcome(),
        Outcome::Done
    );
}

#[tokio::test]
async fn while_the_table_refuses_connections_webhooks_are_taken_and_answered_later() {
    table_away(GateState::Shut).await;
}

#[tokio::test]
async fn while_the_table_never_answers_webhooks_are_taken_and_answered_later() {
    table_away(GateState::Silent).await;
}

#[tokio::test]
async fn when_line_answers_500_the_reply_is_tried_again_and_sent_once() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    let fault = Fault::new("POST /v2/bot/message/reply", 1, FaultKind::ServerError);
    bundle.stack.line.add_faults(vec![fault]).await.unwrap();
    let heard = guest.says("reserve").await.unwrap();
    assert_eq!(texts(&heard), ["Which time would you like?"]);
}

#[tokio::test]
async fn a_reply_that_line_took_without_saying_so_is_unknown_and_not_sent_again() {
    let bundle = Bundle::attached().await;
    let mut guest = bundle.stack.chat(&bundle.bot, &bundle.guest);
    guest.follows().await.unwrap();
    let fault = Fault::new(
        "POST /v2/bot/message/reply",
        1,
        FaultKind::TimeoutAfterAccept,
    );
    bundle.stack.line.add_faults(vec![fault]).await.unwrap();
    bundle
        .line_sends(
            Some(&bundle.guest),
            vec![message("t", "reserve")],
            DeliverOptions::default(),
        )
        .await;
    assert_eq!(
        texts(&guest.heard().await.unwrap()),
        ["Which time would you like?"]
    );
    let record = bundle.record(Some(&bundle.guest), "t").await.unwrap();
    let said = format!("{:?}", record.effects());
    assert!(said.contains("Unknown"), "{said}");
    assert_eq!(open_tries(&record), 0);
}
