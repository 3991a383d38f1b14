//! What cannot go on is set aside with its reason, and its chat goes on.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use emulator::{Fault, FaultKind};
use flow::Bundle;
use flow::faulty::{Fate, Held};
use flow::worker::{Message, Worker, open_tries, states};
use line_module::{Context, Event, Module, ModuleError, Text};
use serde_json::json;
use shared::domain::{Outcome, Verdict};
use shared::random::Random;

const HOUR: Duration = Duration::from_secs(3600);

/// Answers; but "hang" never ends, as if the process were killed at it, "wait" asks to be
/// called again, and "book" makes a row without looking whether it is there.
struct Moody;

impl Module for Moody {
    async fn handle(&self, cx: &mut Context<'_>, event: &Event) -> Result<(), ModuleError> {
        let Some(text) = event.text() else {
            return Ok(());
        };
        match text {
            "hang" => std::future::pending().await,
            "wait" => return Err(ModuleError::Retry("not now".into())),
            "book" => cx.create("booking", &text)?,
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

/// LINE answers the next pushes with its rate limit.
#[expect(clippy::unwrap_used, reason = "part of tests")]
async fn line_is_busy(bundle: &Bundle, times: u32) {
    let fault = Fault::new("POST /v2/bot/message/push", times, FaultKind::RateLimit);
    bundle.stack.line.add_faults(vec![fault]).await.unwrap();
}

/// The table does not give this worker the rows of the event, which comes again.
async fn is_away_for(worker: &Worker<Moody>, message: &Message) {
    for _ in 0..2 {
        worker.table.next("BatchGetItem", Fate::Unreachable);
    }
    worker.gives_back(message).await;
    worker.table.forget();
}

/// For six hours the table does not give this worker the rows of the event: it is parked as
/// it is, and nothing of it is tried.
async fn is_parked_by(bundle: &Bundle, worker: &Worker<Moody>, message: &Message) {
    for hours in [0, 6] {
        worker.clock.advance(hours * HOUR);
        for _ in 0..2 {
            worker.table.next("BatchGetItem", Fate::Unreachable);
        }
        worker.is_given([&message.clone().received(2)]).await;
        worker.table.forget();
    }
    assert_eq!(bundle.recorded("e").await.outcome(), Outcome::Parked);
}

/// The operator finds the event, with all that is needed to run it again.
async fn is_parked(bundle: &Bundle) {
    let row = bundle.recorded("e").await;
    assert_eq!(row.outcome(), Outcome::Parked);
    assert!(row.parked_at().is_some(), "{row:?}");
    assert!(row.ends_at().is_none() && row.raw().is_some(), "{row:?}");
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
    assert_eq!((row.outcome(), row.attempts.failed), (Outcome::Parked, 5));
    assert_eq!(row.verdict(), Verdict::Failed);
    assert!(row.reason().unwrap().contains("vanished"));
    assert!(row.raw().unwrap().contains("hang"));

    worker.settles(&says(&bundle, "f", "hello").await).await;
    assert_eq!(bundle.received().await, ["hi"]);
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
        (row.outcome(), row.attempts.failed, row.attempts.begun),
        (Outcome::Failed, 0, None)
    );
}

#[tokio::test]
async fn six_hours_of_transient_failures_park_the_event_with_its_plan() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    line_is_busy(&bundle, 3).await;
    let message = says(&bundle, "e", "hello").await;
    worker.gives_back(&message).await;
    worker.clock.advance(5 * HOUR);
    worker.gives_back(&message.clone().received(2)).await;
    worker.clock.advance(HOUR);
    worker.settles(&message.received(3)).await;
    let row = bundle.recorded("e").await;
    assert_eq!(
        (row.outcome(), states(&row)),
        (Outcome::Parked, vec!["pending"])
    );
    assert!(row.sends().is_some() && row.ends_at().is_none());
    assert!(bundle.received().await.is_empty());
}

/// What waited behind another for hours, or comes back from the dead-letter queue, has not
/// failed itself.
#[tokio::test]
async fn the_six_hours_count_from_an_events_own_first_failure() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let first = says(&bundle, "e", "wait").await;
    let second = says(&bundle, "f", "hello").await;
    assert_eq!(worker.is_given([&first, &second]).await, ["e", "f"]);
    worker.clock.advance(6 * HOUR);
    line_is_busy(&bundle, 1).await;
    let (first, second) = (first.received(70), second.received(70));
    assert_eq!(worker.is_given([&first, &second]).await, ["f"]);
    assert_eq!(bundle.recorded("e").await.outcome(), Outcome::Parked);
    assert_eq!(bundle.recorded("f").await.outcome(), Outcome::Planned);

    worker.clock.advance(HOUR);
    worker.settles(&second).await;
    assert_eq!(bundle.received().await, ["hi"]);
}

// A write arrives later than its client has waited for it.

/// The message's try of sending fails, and the write that ends it arrives only when the
/// test lets it; since then the event has been parked.
async fn parked_before_the_end_of_its_try_arrives(bundle: &Bundle) -> Held {
    let worker = Worker::new(bundle, Moody);
    let held = Held::default();
    line_is_busy(bundle, 1).await;
    worker
        .table
        .next("PutItem", Fate::RequestLate(held.clone()));
    worker.table.next("PutItem", Fate::Unreachable);
    worker.table.next("PutItem", Fate::Unreachable);
    let message = says(bundle, "e", "hello").await;
    worker.gives_back(&message).await;
    held.is_there().await;
    is_parked_by(bundle, &worker, &message).await;
    held
}

#[tokio::test]
async fn the_end_of_a_try_that_arrives_late_leaves_a_parked_event_parked() {
    let bundle = Bundle::attached().await;
    let held = parked_before_the_end_of_its_try_arrives(&bundle).await;
    held.arrives().await;
    is_parked(&bundle).await;
}

/// The event is given to a second worker while the first one is sending.
#[tokio::test]
async fn a_try_that_settles_nothing_leaves_an_event_parked_that_another_has_parked() {
    let bundle = Bundle::attached().await;
    let (first, second) = (Worker::new(&bundle, Moody), Worker::new(&bundle, Moody));
    let message = says(&bundle, "e", "hello").await;
    line_is_busy(&bundle, 1).await;
    let held = Held::default();
    first
        .line
        .next("/message/push", Fate::RequestHeld(held.clone()));
    let meanwhile = async {
        held.is_there().await;
        is_parked_by(&bundle, &second, &message).await;
        held.let_go();
    };
    tokio::join!(first.is_given([&message]), meanwhile);
    is_parked(&bundle).await;
    assert_eq!(open_tries(&bundle.recorded("e").await), 0);
}

/// As before, and the first one's call succeeds: nothing is left to be looked at.
#[tokio::test]
async fn a_try_that_settles_everything_settles_an_event_that_another_has_parked() {
    let bundle = Bundle::attached().await;
    let (first, second) = (Worker::new(&bundle, Moody), Worker::new(&bundle, Moody));
    let message = says(&bundle, "e", "hello").await;
    let held = Held::default();
    first
        .line
        .next("/message/push", Fate::RequestHeld(held.clone()));
    let meanwhile = async {
        held.is_there().await;
        is_parked_by(&bundle, &second, &message).await;
        held.let_go();
    };
    let (given_back, ()) = tokio::join!(first.is_given([&message]), meanwhile);
    assert!(given_back.is_empty());
    let row = bundle.recorded("e").await;
    assert_eq!((row.outcome(), states(&row)), (Outcome::Done, vec!["sent"]));
    // Of the parking nothing is left.
    assert_eq!((row.parked_at(), row.reason()), (None, None));
}

#[tokio::test]
async fn a_module_that_asks_to_be_called_again_for_six_hours_is_not_called_for_ever() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let message = says(&bundle, "e", "wait").await;
    worker.gives_back(&message).await;
    // That it fails; no attempt was counted at the first receive, and none has to end.
    assert_eq!(worker.table.requests("PutItem").len(), 1);
    worker.clock.advance(6 * HOUR);
    worker.settles(&message.received(2)).await;
    let row = bundle.recorded("e").await;
    assert_eq!((row.outcome(), row.attempts.failed), (Outcome::Parked, 0));
}

#[tokio::test]
async fn a_row_that_is_made_again_and_again_does_not_hold_its_chat_for_ever() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    worker.settles(&says(&bundle, "d", "book").await).await;
    let message = says(&bundle, "e", "book").await;
    worker.gives_back(&message).await;
    worker.clock.advance(6 * HOUR);
    worker.settles(&message.received(2)).await;
    is_parked(&bundle).await;
    let row = bundle.recorded("e").await;
    assert_eq!(row.reason(), Some("the rows kept changing"));
}

/// Two workers that undo each other's decisions must not go on in step.
#[tokio::test]
async fn an_event_is_decided_again_after_waits_that_grow() {
    let bundle = Bundle::attached().await;
    let mut worker = Worker::new(&bundle, Moody);
    worker.settles(&says(&bundle, "d", "book").await).await;
    let waits = Waits::default();
    worker.app.sleep = SharedAsyncSleep::new(waits.clone());
    worker.app.random = Random::from_fn(|bytes| bytes.fill(0x3f));
    worker.gives_back(&says(&bundle, "e", "book").await).await;
    let waits = waits.0.lock().unwrap()[..8].to_vec();
    assert_eq!(waits, [19, 39, 79, 159, 319, 319, 319, 319]);
}

/// Notes the waits, in milliseconds, and makes them short; a second or more is a time limit.
#[derive(Debug, Clone, Default)]
struct Waits(Arc<Mutex<Vec<u128>>>);

impl AsyncSleep for Waits {
    fn sleep(&self, duration: Duration) -> Sleep {
        if duration >= Duration::from_secs(1) {
            return Sleep::new(tokio::time::sleep(duration));
        }
        self.0.lock().unwrap().push(duration.as_millis());
        Sleep::new(std::future::ready(()))
    }
}

#[tokio::test]
async fn an_event_that_the_ledger_may_have_forgotten_is_not_handled_again() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let message = says(&bundle, "e", "hello").await;
    worker.clock.advance(29 * 24 * HOUR);
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(row.reason(), Some("the event is too old"));
    assert_eq!(row.outcome(), Outcome::Parked);
    assert!(bundle.received().await.is_empty());
}

/// The table is away at first: what is written of that says nothing of an earlier run.
#[tokio::test]
async fn an_event_that_may_be_forgotten_and_meets_a_failure_is_not_handled_again() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let message = says(&bundle, "e", "hello").await;
    worker.clock.advance(29 * 24 * HOUR);
    let message = message.received_at(worker.clock.timestamp());
    is_away_for(&worker, &message).await;
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(row.reason(), Some("the event is too old"));
    assert!(bundle.received().await.is_empty());
}

/// DynamoDB may take two days to delete a row whose time has passed.
#[tokio::test]
async fn a_row_whose_time_has_passed_does_not_settle_an_event_that_meets_a_failure() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let message = says(&bundle, "e", "hello").await;
    worker.settles(&message).await;
    worker.clock.advance(31 * 24 * HOUR);
    is_away_for(&worker, &message).await;
    worker.settles(&message).await;
    let row = bundle.recorded("e").await;
    assert_eq!(row.reason(), Some("the event is too old"));
    assert_eq!(row.outcome(), Outcome::Parked);
    assert_eq!(bundle.received().await, ["hi"]);
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
async fn a_newer_versions_job_waits_for_its_worker_for_six_hours_of_its_own() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let newer = Message::raw("m", r#"{"v": 3}"#);
    worker.clock.advance(6 * HOUR);
    worker.gives_back(&newer).await;
    assert_eq!(bundle.stack.store.parked_message("m").await.unwrap(), None);
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
        (row.outcome(), row.attempts.failed, row.attempts.begun),
        (Outcome::Failed, 0, None)
    );
    worker.settles(&message.received(9)).await;
    assert_eq!(bundle.received().await, ["hi"]);
}

/// The table is away when the attempt fails, and when its end is to be written.
#[tokio::test]
async fn an_attempt_that_ends_while_the_table_is_away_has_not_vanished() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let message = says(&bundle, "e", "hello").await;
    for times in 2..=8 {
        let commits = 1; // it is counted
        fails_while_the_table_is_away(&worker, &message.clone().received(times), commits).await;
    }
    let row = bundle.recorded("e").await;
    assert_eq!((row.outcome(), row.attempts.failed), (Outcome::Failed, 0));
    worker.settles(&message.received(9)).await;
    assert_eq!(bundle.received().await, ["hi"]);
}

/// The one that comes after it could not even be counted: the row still names the first.
#[tokio::test]
async fn an_attempt_that_ended_has_not_vanished_for_one_that_was_never_counted() {
    let bundle = Bundle::attached().await;
    let worker = Worker::new(&bundle, Moody);
    let message = says(&bundle, "e", "hello").await;
    for (times, commits) in [(2, 1), (3, 0), (4, 1)] {
        fails_while_the_table_is_away(&worker, &message.clone().received(times), commits).await;
    }
    let row = bundle.recorded("e").await;
    assert_eq!((row.outcome(), row.attempts.failed), (Outcome::Failed, 0));
}

/// The table takes `commits` commits of this attempt, and nothing more.
async fn fails_while_the_table_is_away(worker: &Worker<Moody>, message: &Message, commits: u32) {
    for _ in 0..commits {
        worker.table.next("TransactWriteItems", Fate::Done);
    }
    for _ in 0..40 {
        worker.table.next("TransactWriteItems", Fate::Unreachable);
        worker.table.next(".GetItem", Fate::Unreachable);
    }
    worker.gives_back(message).await;
    worker.table.forget();
}
