//! The life of a bot: attached, suspended, resumed, deleted, detached.

use std::time::Duration;

use emulator::Settings;
use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, NOODLES, Receiver, SALON, Stage};

const DAY: u64 = 86_400;

async fn event(stage: &mut Stage) -> Value {
    stage.hook().await.json()["events"][0].clone()
}

async fn detach(stage: &Stage, bot: &str) -> (u16, Value) {
    let url = format!("{}/v2/bot/channel/detach", stage.address);
    let call = stage.client.post(url).bearer_auth(stage.token().await);
    let answer = call.json(&json!({"botId": bot})).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn info(stage: &Stage) -> u16 {
    let call = stage.call("GET", "/v2/bot/info").await;
    call.send().await.unwrap().status().as_u16()
}

async fn linked(settings: Settings) -> Stage {
    let stage = Stage::with(settings, Receiver::Answers(200)).await;
    stage.attach(ALL_SCOPES).await
}

/// An event of the account as a whole.
fn expected(event: &Value, kind: &str, module: Option<Value>) -> Value {
    let mut expected = json!({
        "type": kind,
        "webhookEventId": event["webhookEventId"],
        "deliveryContext": {"isRedelivery": false},
        "timestamp": event["timestamp"],
        "mode": "active",
    });
    if let Some(module) = module {
        expected["module"] = module;
    }
    expected
}

#[tokio::test]
async fn linking_sends_the_scopes_that_were_granted() {
    let mut stage = Stage::new().await;
    let scopes = "message%3Areceive";
    let code = stage.code(NOODLES, scopes).await;
    assert_eq!(stage.exchange(&code, scopes).await.status(), 200);
    let hook = stage.hook().await.json();
    assert_eq!(hook["destination"], NOODLES);
    let attached = hook["events"][0].clone();
    let module = json!({"type": "attached", "botId": NOODLES, "scopes": ["message:receive"]});
    assert_eq!(attached, expected(&attached, "module", Some(module)));
}

#[tokio::test]
async fn a_suspension_and_its_end_are_events_without_payload_and_source() {
    let mut stage = Stage::attached().await;
    stage.emulator.suspend(SALON).await.unwrap();
    let suspended = event(&mut stage).await;
    assert_eq!(suspended, expected(&suspended, "botSuspended", None));
    assert_eq!(info(&stage).await, 403);
    stage.emulator.resume(SALON).await.unwrap();
    let resumed = event(&mut stage).await;
    assert_eq!(resumed, expected(&resumed, "botResumed", None));
    assert_eq!(info(&stage).await, 200);
}

#[tokio::test]
async fn a_deleted_account_is_suspended_at_once_and_detached_after_three_months() {
    let mut stage = Stage::attached().await;
    let (_, answer) = stage
        .control(&format!("bots/{SALON}/delete"), Value::Null)
        .await;
    assert_eq!(answer["delivery"]["status"], 200);
    assert_eq!(event(&mut stage).await["type"], "botSuspended");
    assert_eq!(info(&stage).await, 403);
    assert!(stage.emulator.resume(SALON).await.is_err());
    assert!(stage.emulator.suspend(SALON).await.is_err());

    let days = |days: u64| json!({"advance_s": days * DAY});
    stage.control("clock", days(88)).await;
    assert!(stage.no_hook());
    assert!(stage.emulator.state().await.bots[0].attached);
    stage.control("clock", days(5)).await;
    let detached = event(&mut stage).await;
    let module = json!({"type": "detached", "botId": SALON, "reason": "bot_deleted"});
    assert_eq!(detached, expected(&detached, "module", Some(module)));
    let state = stage.emulator.state().await;
    let at = detached["timestamp"].as_i64().unwrap();
    assert!(at <= state.clock.now && at > state.clock.now - 5 * 86_400_000);
    assert!(!state.bots[0].attached && state.bots[0].scopes.is_empty());
    assert!(state.users.iter().all(|user| user.bot != SALON), "erased");

    stage.control("clock", days(100)).await;
    assert!(stage.no_hook(), "the event comes once");
}

#[tokio::test]
async fn a_detached_account_is_silent_and_closed() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    assert_eq!(detach(&stage, SALON).await, (200, json!({})));
    assert_eq!(info(&stage).await, 403);
    assert!(
        stage
            .emulator
            .user_says(SALON, &user, "a")
            .await
            .unwrap()
            .is_none()
    );
    assert!(stage.no_hook());
    let state = stage.emulator.state().await;
    assert!(!state.bots[0].attached);
    let chat = state.chats.iter().find(|chat| chat.chat == user).unwrap();
    assert_eq!(chat.holder, emulator::Holder::Primary);

    let stage = stage.attach(ALL_SCOPES).await;
    assert_eq!(info(&stage).await, 200, "it can be linked again");
}

#[tokio::test]
async fn what_cannot_be_detached_is_refused_in_lines_words() {
    let stage = Stage::attached().await;
    let message = |text: &str| (400, json!({ "message": text }));
    let nobody = message("user/group/room Id is not available.");
    assert_eq!(detach(&stage, "nobody").await, nobody);
    let not_here = message("Specified channel is not detachable");
    assert_eq!(detach(&stage, NOODLES).await, not_here);
    let stranger = "U00000000000000000000000000000001";
    assert_eq!(detach(&stage, stranger).await, not_here);
    assert_eq!(detach(&stage, SALON).await.0, 200);
    assert_eq!(detach(&stage, SALON).await, not_here, "again");
    assert_eq!(detach(&stage, "").await.0, 400);
    let url = format!("{}/v2/bot/channel/detach", stage.address);
    let bare = stage.client.post(url).json(&json!({"botId": SALON}));
    assert_eq!(bare.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_suspended_account_can_be_detached() {
    let stage = Stage::attached().await;
    stage.emulator.suspend(SALON).await.unwrap();
    assert_eq!(detach(&stage, SALON).await.0, 200);
}

#[tokio::test]
async fn calls_still_succeed_for_a_while_after_a_detach_if_the_settings_say_so() {
    let settings = Settings {
        detach_lag_ms: 60_000,
        ..Settings::default()
    };
    let stage = linked(settings).await;
    let user = stage.user("青木さくら").await;
    assert_eq!(detach(&stage, SALON).await.0, 200);
    assert!(!stage.emulator.state().await.bots[0].attached);
    assert_eq!(stage.push(&user, "a").await.status(), 200);
    stage.emulator.advance_clock(Duration::from_secs(60)).await;
    assert_eq!(stage.push(&user, "a").await.status(), 403);
}

#[tokio::test]
async fn a_detach_sends_an_event_if_the_settings_say_so() {
    let settings = Settings {
        detached_event: true,
        ..Settings::default()
    };
    let mut stage = linked(settings).await;
    assert_eq!(detach(&stage, SALON).await.0, 200);
    let detached = event(&mut stage).await;
    let module = json!({"type": "detached", "botId": SALON});
    assert_eq!(detached, expected(&detached, "module", Some(module)));
}
