//! A handler calls somebody else's service in a step: once for each success, whatever happens to
//! the handler, the worker and the table.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod beside;
mod crm;
mod errors;
mod replays;
mod time;

use std::sync::Arc;
use std::time::Duration;

use crm::{Answer, Scene};
use flow::faulty::{Fate, Held};
use line_module::Step;
use shared::domain::Outcome;
use shared::domain::ledger::ParkKind;
use tokio::sync::Notify;

#[tokio::test]
async fn the_service_is_called_once_and_its_answer_is_in_the_events_row() {
    let scene = Scene::begin().await;
    let message = scene.written("e").await;
    scene.worker.settles(&message).await;
    scene.worker.settles(&message).await;
    assert_eq!(scene.bundle.received().await, ["customer 1"]);
    assert_eq!(scene.crm.tries(), [1]);
    assert_eq!(scene.kept().await, (Some("1".into()), 0));
    let next = scene.written("next").await;
    scene.worker.settles(&next).await;
    assert_eq!(scene.crm.keys().len(), 2);
    let lines = &scene.worker.lines;
    assert_eq!((lines.sum("StepsCalled"), lines.sum("StepsKept")), (2, 0));
}

#[tokio::test]
async fn a_worker_that_is_killed_after_the_step_has_called_for_the_next_one_too() {
    let scene = Scene::begin().await;
    let message = scene.written("e").await;
    let held = Held::default();
    let table = &scene.worker.table;
    table.next("TransactWriteItems", Fate::RequestHeld(held.clone()));
    tokio::select! {
        _ = scene.worker.is_given([&message]) => unreachable!("its commit is held"),
        () = held.is_there() => {}
    }
    let row = scene.bundle.recorded("e").await;
    let reason = "a step has been made, and its handler has not ended";
    assert_eq!(
        (row.outcome(), row.reason()),
        (Outcome::Failed, Some(reason))
    );
    assert_eq!(row.attempts.failed, 0);
    let second = scene.another_worker();
    second.settles(&message.received(2)).await;
    assert_eq!(scene.crm.tries(), [1]);
    assert_eq!(scene.bundle.received().await, ["customer 1"]);
    assert_eq!(second.lines.sum("StepsKept"), 1);
}

#[tokio::test]
async fn a_worker_that_is_killed_before_the_answer_is_kept_has_it_called_again_with_its_key() {
    let scene = Scene::begin().await;
    let message = scene.written("e").await;
    let held = Held::default();
    let table = &scene.worker.table;
    table.next("PutItem", Fate::RequestHeld(held.clone()));
    tokio::select! {
        _ = scene.worker.is_given([&message]) => unreachable!("its write is held"),
        () = held.is_there() => {}
    }
    scene.another_worker().settles(&message).await;
    assert_eq!(scene.crm.tries(), [1, 1]);
    assert_eq!((scene.crm.keys().len(), scene.crm.customers()), (1, 1));
    assert_eq!(scene.bundle.received().await, ["customer 1"]);
}

#[tokio::test]
async fn a_commit_that_comes_too_late_for_its_chat_is_decided_again_without_a_call() {
    let scene = Scene::begin().await;
    let (message, other) = (scene.written("e").await, scene.written("other").await);
    let held = Held::default();
    let table = &scene.worker.table;
    table.next("TransactWriteItems", Fate::RequestHeld(held.clone()));
    let meanwhile = async {
        held.is_there().await;
        scene.another_worker().settles(&other).await;
        held.let_go();
    };
    tokio::join!(scene.worker.settles(&message), meanwhile);
    assert_eq!(scene.crm.tries(), [1, 1], "one for each event");
    assert_eq!(scene.bundle.received().await, ["customer 2", "customer 1"]);
    assert_eq!(scene.worker.lines.sum("StepsKept"), 1);
}

#[tokio::test]
async fn an_answer_of_the_table_that_is_lost_costs_no_second_call() {
    for lost in [1, 3] {
        let scene = Scene::begin().await;
        let message = scene.written("e").await;
        scene.worker.table.loses("PutItem", lost);
        scene.worker.settles(&message).await;
        assert_eq!(scene.crm.tries(), [1]);
        assert_eq!(scene.bundle.received().await, ["customer 1"]);
    }
}

#[tokio::test]
async fn a_handler_does_not_go_on_when_another_worker_has_written_the_events_row() {
    let scene = Scene::begin().await;
    let message = scene.written("e").await;
    let (there, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    scene.crm.will([Answer::Held(there.clone(), go.clone())]);
    let meanwhile = async {
        there.notified().await;
        scene.another_worker().settles(&message).await;
        go.notify_one();
    };
    tokio::join!(scene.worker.settles(&message), meanwhile);
    // Both were at it before either had an answer: one key, and one customer.
    assert_eq!((scene.crm.keys().len(), scene.crm.customers()), (1, 1));
    assert_eq!(scene.bundle.received().await, ["customer 1"]);
    let row = scene.bundle.recorded("e").await;
    assert_eq!((row.outcome(), row.writes), (Outcome::Done, 3));
}

#[tokio::test]
async fn a_step_that_fails_twice_is_called_again_with_its_key_when_the_event_comes_again() {
    let scene = Scene::begin().await;
    let message = scene.written("e").await;
    scene.crm.will([Answer::Busy, Answer::TakenAndFailed]);
    for (times, reason) in [(1, "(try 1 of 5): busy"), (2, "(try 2 of 5): busy")] {
        let again = message.clone().received(times);
        scene.worker.gives_back(&again).await;
        let row = scene.bundle.recorded("e").await;
        let reason = format!("the step \"crm\" has failed {reason}");
        assert_eq!(row.reason(), Some(reason.as_str()));
        assert_eq!((row.outcome(), row.attempts.failed), (Outcome::Failed, 0));
    }
    scene.worker.settles(&message.received(3)).await;
    assert_eq!(scene.crm.tries(), [1, 2, 3]);
    assert_eq!((scene.crm.keys().len(), scene.crm.customers()), (1, 1));
    assert_eq!(scene.kept().await, (Some("1".into()), 2));
    assert_eq!(scene.bundle.received().await, ["customer 1"]);
    assert_eq!(scene.worker.lines.sum("StepsFailed"), 2);
}

#[tokio::test]
async fn a_step_that_has_used_up_its_tries_parks_the_event_and_says_why() {
    let scene = Scene::with(Step::new("crm").tries(2)).await;
    let message = scene.written("e").await;
    scene.crm.will([Answer::Busy, Answer::Busy]);
    scene.worker.gives_back(&message).await;
    scene.worker.settles(&message.received(2)).await;
    let row = scene.bundle.recorded("e").await;
    let reason = "the step \"crm\" has failed 2 times: busy";
    assert_eq!(row.reason(), Some(reason));
    assert_eq!(row.park_kind(), Some(ParkKind::ByModule));
    assert!(scene.bundle.received().await.is_empty());
}

#[tokio::test]
async fn what_the_service_will_never_take_parks_the_event_at_once() {
    let scene = Scene::begin().await;
    let message = scene.written("e").await;
    scene.crm.will([Answer::Refused]);
    scene.worker.settles(&message).await;
    let row = scene.bundle.recorded("e").await;
    assert_eq!(row.park_kind(), Some(ParkKind::ByModule));
    assert_eq!(row.reason(), Some("no such tenant"));
}

#[tokio::test]
async fn a_call_that_takes_too_long_is_given_up_and_made_again() {
    let scene = Scene::with(Step::new("crm").within(Duration::from_millis(50))).await;
    let message = scene.written("e").await;
    scene.crm.will([Answer::Silent]);
    scene.worker.gives_back(&message).await;
    let row = scene.bundle.recorded("e").await;
    let reason = "the step \"crm\" has failed (try 1 of 5): no answer within 50ms";
    assert_eq!(row.reason(), Some(reason));
    scene.worker.settles(&message).await;
    assert_eq!(scene.crm.tries(), [1, 2]);
    assert_eq!(scene.bundle.received().await, ["customer 1"]);
    assert_eq!(scene.worker.lines.sum("StepsTimedOut"), 1);
}
