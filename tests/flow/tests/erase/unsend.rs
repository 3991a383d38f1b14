//! A user takes a message back.

use flow::worker::{Message, states};
use line_module::UserId;
use serde_json::{Value, json};
use shared::domain::Outcome;
use shared::domain::ledger::ParkKind;
use shared::replay::{Mode, replay};

use crate::dump::{dump, places};
use crate::{GROUP, Scene, WISH, text};

fn unsend(message_id: &str) -> Value {
    json!({"type": "unsend", "unsend": {"messageId": message_id}})
}

/// The rows of the module and its timers are the module's to end: it is told.
async fn ledgers_with(scene: &Scene, text: &str) -> Vec<String> {
    let mut found = places(&dump(&scene.bundle).await, text);
    found.retain(|place| place.contains("\"outcome\""));
    found
}

#[tokio::test]
async fn what_was_taken_back_is_in_no_events_row_and_the_event_is() {
    let scene = Scene::begin().await;
    let guest = scene.guest.as_str();
    scene.says(guest, "g1", text("1", WISH)).await;
    scene.says(guest, "g2", text("2", "another word")).await;
    assert_eq!(ledgers_with(&scene, WISH).await.len(), 1);
    scene.says(guest, "u", unsend("1")).await;
    assert_eq!(ledgers_with(&scene, WISH).await, [""; 0]);
    let row = scene.bundle.recorded("g1").await;
    assert_eq!((row.outcome(), states(&row)), (Outcome::Done, vec!["sent"]));
    assert_eq!(row.message_id.as_deref(), Some("1"));
    assert!(!ledgers_with(&scene, "another word").await.is_empty());
    // Once more, and of one that nobody knows.
    let before = dump(&scene.bundle).await;
    scene.says(guest, "u", unsend("1")).await;
    assert_eq!(dump(&scene.bundle).await, before);
    scene.says(guest, "v", unsend("no such")).await;
    assert_eq!(scene.bundle.recorded("v").await.outcome(), Outcome::Done);
}

#[tokio::test]
async fn a_parked_message_stays_parked_without_its_words_and_runs_again_so() {
    let scene = Scene::begin().await;
    let guest = scene.guest.as_str();
    scene
        .fails(guest, "g1", text("1", &format!("fail {WISH}")))
        .await;
    let parked = scene.bundle.recorded("g1").await;
    assert!(parked.raw().unwrap().contains(WISH) && parked.reason().unwrap().contains(WISH));
    scene.says(guest, "u", unsend("1")).await;
    assert_eq!(ledgers_with(&scene, WISH).await, [""; 0]);
    let row = scene.bundle.recorded("g1").await;
    assert_eq!(row.park_kind(), Some(ParkKind::ModuleFailed));
    // Its module sees a text without characters, and answers that.
    let app = &scene.worker.app;
    let (key, now) = (
        scene.bundle.key(Some(guest), "g1"),
        scene.worker.clock.timestamp(),
    );
    let again = replay(&app.store, &app.queue, &key, None, Mode::Respect, now);
    again.await.unwrap();
    scene.bundle.stack.settled().await.unwrap();
    assert_eq!(scene.bundle.recorded("g1").await.outcome(), Outcome::Done);
    let received = scene.bundle.received().await;
    assert!(
        received.iter().all(|text| !text.contains(WISH)),
        "{received:?}"
    );
}

#[tokio::test]
async fn edits_and_messages_of_groups_go_too() {
    let scene = Scene::begin().await;
    let source = json!({"type": "group", "groupId": GROUP, "userId": scene.guest});
    let mut said = text("1", WISH);
    said["source"] = source.clone();
    scene.says(GROUP, "c1", said).await;
    let message = json!({"type": "text", "id": "1", "text": format!("{WISH}, changed")});
    let edited = json!({"type": "messageEdited", "message": message, "source": source});
    scene.says(GROUP, "c2", edited).await;
    let mut taken_back = unsend("1");
    taken_back["source"] = source;
    scene.says(GROUP, "u", taken_back).await;
    assert_eq!(ledgers_with(&scene, WISH).await, [""; 0]);
    let row = scene.bundle.record(Some(GROUP), "c2").await.unwrap();
    assert_eq!(row.message_id.as_deref(), Some("1"));
    let user = UserId::new(scene.guest.as_str()).unwrap();
    let mark = shared::domain::ledger::user_mark(&scene.bot, &user);
    assert_eq!(row.user_mark, Some(mark));
}

/// The table is away when the message is taken back: it comes again.
#[tokio::test]
async fn what_cannot_be_taken_out_now_is_when_the_event_comes_again() {
    let scene = Scene::begin().await;
    let guest = scene.guest.as_str();
    scene.says(guest, "g1", text("1", WISH)).await;
    let mut event = unsend("1");
    event["webhookEventId"] = "u".into();
    let message: Message = scene.bundle.message(guest, vec![event]).await;
    scene.worker.table.loses("PutItem", 10);
    scene.worker.gives_back(&message).await;
    scene.worker.table.forget();
    scene.worker.settles(&message.received(2)).await;
    assert_eq!(ledgers_with(&scene, WISH).await, [""; 0]);
}
