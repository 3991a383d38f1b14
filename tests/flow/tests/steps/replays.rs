//! Events with steps that an operator runs again.

use line_module::Step;
use serde_json::{Value, json};
use shared::domain::{EventId, Outcome};
use shared::queue::{Job, JobEvent, Replay};
use worker::{ShadowError, shadow};

use super::crm::{Answer, Scene};
use flow::worker::Message;

fn raw(scene: &Scene) -> Value {
    json!({"type": "message", "timestamp": scene.worker.clock.timestamp(), "mode": "active",
        "message": {"type": "text", "text": "hello"},
        "source": {"type": "user", "userId": scene.bundle.guest},
        "replyToken": "a-token"})
}

/// The job that a replay has queued.
fn replay(scene: &Scene, number: u32, force: bool) -> Message {
    let key = scene.bundle.key(Some(&scene.bundle.guest), "e");
    let event = JobEvent {
        id: EventId::new("e").unwrap(),
        kind: "message".into(),
        raw: serde_json::value::to_raw_value(&raw(scene)).unwrap(),
    };
    let replay = Replay {
        number,
        force,
        first_receipt: None,
    };
    let now = scene.worker.clock.timestamp();
    Message::of(Job::again(key.bot, key.chat, now, event, replay))
}

#[tokio::test]
async fn a_replay_has_all_tries_again_and_the_same_key() {
    let scene = Scene::with(Step::new("crm").tries(1)).await;
    scene.crm.will([Answer::Busy]);
    scene.worker.settles(&scene.written("e").await).await;
    assert_eq!(scene.bundle.recorded("e").await.outcome(), Outcome::Parked);
    scene.worker.settles(&replay(&scene, 1, false)).await;
    assert_eq!(scene.crm.tries(), [1, 1]);
    assert_eq!(scene.crm.keys().len(), 1);
    assert_eq!(scene.kept().await, (Some("1".into()), 0));
}

#[tokio::test]
async fn only_a_forced_replay_makes_a_step_anew_with_another_key() {
    let scene = Scene::begin().await;
    scene.worker.settles(&scene.written("e").await).await;
    scene.worker.settles(&replay(&scene, 1, false)).await;
    assert_eq!(scene.crm.tries(), [1]);
    scene.worker.settles(&replay(&scene, 2, true)).await;
    assert_eq!(scene.crm.tries(), [1, 1]);
    assert_eq!(scene.crm.keys().len(), 2);
    assert_eq!(scene.kept().await, (Some("2".into()), 0));
}

#[tokio::test]
async fn what_the_module_would_do_is_shown_without_a_call() {
    let scene = Scene::begin().await;
    let (key, raw) = (
        scene.bundle.key(Some(&scene.bundle.guest), "e"),
        raw(&scene).to_string(),
    );
    let shown = shadow(&scene.worker.app, &key, &raw).await;
    let Err(ShadowError::WouldCall(reason)) = shown else {
        panic!("{shown:?}");
    };
    let sentence = "the step \"crm\" has no result yet, and nothing is called here";
    assert_eq!(reason, sentence);
    assert!(scene.crm.tries().is_empty());

    scene.worker.settles(&scene.written("e").await).await;
    let shown = shadow(&scene.worker.app, &key, &raw).await.unwrap();
    assert_eq!(shown.plan.effects.len(), 1);
    assert_eq!(scene.crm.tries(), [1]);
}
