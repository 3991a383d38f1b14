//! What cannot go on is set aside with its reason, and its chat goes on.

use std::time::Duration;

use emulator::{Fault, FaultKind};
use flow::Bundle;
use flow::faulty::Fate;
use flow::worker::{Message, Worker, states};
use serde_json::json;
use shared::module::{Context, Event, EventKind, MessageContent, Module, ModuleError, Text};
use shared::store::{Outcome, Verdict};

const HOUR: Duration = Duration::from_secs(3600);

/// Answers; but "hang" never ends, as if the process were killed at it, and "wait"
/// asks to be called again.
struct Moody;

impl Module for Moody {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let EventKind::Message {
            content: MessageContent::Text(text),
            ..
        } = &event.kind
        else {
            return Ok(());
        };
        match text.as_str() {
            "hang" => std::future::pending().await,
            "wait" => return Err(ModuleError::Retry("not now".into())),
            _ => {}
        }
        if let Some(mut cx) = cx.active() {
            cx.push(&[Text::new("hi")])?;
        }
        Ok(())
    }
}

async fn says(bundle: &Bundle, id: &str, text: &str) -> Message {
    let message = json!({"type": "text", "text": text});
    let event = json!({"type": "message", "webhookEventId": id, "message": message});
    bundle.message(&bundle.guest, vec![event]).await
}

/// The worker is killed while it is at a message.
async fn is_killed_at(worker: &Worker<Moody>, message: &Message) {
    let killed = tokio::time::timeout(Duration::from_millis(150), worker.is_given([message]));
    assert!(killed.await.is_err(), "it has ended");
}

#[tokio::test]
async fn attempts_that_vanish_are_counted_and_park_the_event() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let message = says(&bundle, "e", "hang").await;
    // The first is not counted: it costs a write, and nearly all end.
    for times in 1..=6 {
        is_killed_at(&worker, &message.clone().received(times)).await;
    }
    worker.settles(&message.received(7)).await;
    let row = bundle.recorded("e").await;
    assert_eq!((row.outcome, row.attempts), (Outcome::Parked, 5));
    assert_eq!(row.verdict(), Verdict::Failed);
    assert!(row.reason.unwrap().contains("vanished"));
    assert!(row.raw.unwrap().contains("hang"));

    worker.settles(&says(&bundle, "f", "hello").await).await;
    assert_eq!(bundle.told().await, ["hi"]);
}

#[tokio::test]
async fn an_attempt_that_ends_has_not_vanished() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let message = says(&bundle, "e", "wait").await;
    for times in 1..=9 {
        worker.gives_back(&message.clone().received(times)).await;
    }
    let row = bundle.recorded("e").await;
    assert_eq!(
        (row.outcome, row.attempts, row.begun),
        (Outcome::Failed, 0, 0)
    );
}

#[tokio::test]
async fn a_bad_moment_of_six_hours_parks_the_event_with_its_plan() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let fault = Fault::new("POST /v2/bot/message/push", 2, FaultKind::RateLimit);
    bundle.stack.line.add_faults(vec![fault]).await.unwrap();
    let message = says(&bundle, "e", "hello").await;
    worker.clock.advance(5 * HOUR);
    worker.gives_back(&message).await;
    worker.clock.advance(HOUR);
    worker.settles(&message.received(2)).await;
    let row = bundle.recorded("e").await;
    assert_eq!(
        (row.outcome, states(&row)),
        (Outcome::Parked, vec!["pending"])
    );
    assert!(row.plan.is_some() && row.expires_at.is_none());
    assert!(bundle.told().await.is_empty());
}

#[tokio::test]
async fn a_module_that_asks_to_be_called_again_for_six_hours_is_not_called_for_ever() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let message = says(&bundle, "e", "wait").await;
    worker.gives_back(&message).await;
    worker.clock.advance(6 * HOUR);
    worker.settles(&message.received(2)).await;
    let row = bundle.recorded("e").await;
    assert_eq!((row.outcome, row.attempts), (Outcome::Parked, 0));
}

#[tokio::test]
async fn an_event_that_the_ledger_may_have_forgotten_is_not_handled_again() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let message = says(&bundle, "e", "hello").await;
    worker.clock.advance(29 * 24 * HOUR);
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(row.reason.as_deref(), Some("the event is too old"));
    assert_eq!(row.outcome, Outcome::Parked);
    assert!(bundle.told().await.is_empty());
}

#[tokio::test]
async fn what_is_no_job_is_set_aside_and_the_chat_goes_on() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    worker.settles(&Message::raw("m", "rubbish")).await;
    let parked = bundle.stack.store.parked_message("m").await.unwrap();
    assert_eq!(parked.as_deref(), Some("rubbish"));
}

#[tokio::test]
async fn a_newer_versions_job_waits_for_its_worker_for_six_hours() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let newer = Message::raw("m", r#"{"v": 2}"#);
    worker.gives_back(&newer).await;
    worker.clock.advance(6 * HOUR);
    worker.settles(&newer).await;
    let parked = bundle.stack.store.parked_message("m").await.unwrap();
    assert!(parked.is_some());
}

/// The table is away when the attempt ends, and back before it is tried again.
#[tokio::test]
async fn an_attempt_whose_commit_fails_has_not_vanished() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let message = says(&bundle, "e", "hello").await;
    for times in 2..=8 {
        // The attempt is counted, and its commit does not get there.
        worker.table.next("TransactWriteItems", Fate::Done);
        for _ in 0..40 {
            worker.table.next("TransactWriteItems", Fate::Unreachable);
        }
        worker.gives_back(&message.clone().received(times)).await;
        worker.table.forget();
    }
    let row = bundle.recorded("e").await;
    assert_eq!(
        (row.outcome, row.attempts, row.begun),
        (Outcome::Failed, 0, 0)
    );
    worker.settles(&message.received(9)).await;
    assert_eq!(bundle.told().await, ["hi"]);
}
