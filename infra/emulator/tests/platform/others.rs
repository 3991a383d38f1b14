//! What the channels beside the module under test are sent.

use emulator::{Holder, Settings};
use serde_json::{Value, json};

use crate::channels::{acquire, token};
use crate::stage::{ALL_SCOPES, Hooks, NOODLES, Receiver, SALON, Stage, receiver_that};
use crate::webhooks::sign;

/// A stage with the other module channel and the primary one, whose webhooks arrive too.
struct Three {
    stage: Stage,
    other: Hooks,
    primary: Hooks,
}

async fn three(does: Receiver) -> Three {
    let (other_url, other) = receiver_that(does).await;
    let (primary_url, primary) = receiver_that(does).await;
    let settings = Settings {
        other_webhook_url: Some(other_url),
        primary_webhook_url: Some(primary_url),
        default_active: false,
        redelivery: true,
        redelivery_schedule_s: vec![60],
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200))
        .await
        .attach(ALL_SCOPES)
        .await;
    let path = format!("bots/{SALON}/other-module");
    stage.control(&path, json!({"attached": true})).await;
    Three {
        stage,
        other,
        primary,
    }
}

/// The next event that arrives.
async fn event(hooks: &mut Hooks) -> Value {
    hooks.next().await.json()["events"][0].clone()
}

async fn reply(stage: &Stage, token: &str, reply_token: &str) -> u16 {
    let url = format!("{}/v2/bot/message/reply", stage.address);
    let call = stage.client.post(url).bearer_auth(token);
    let body = json!({"replyToken": reply_token, "messages": [{"type": "text", "text": "a"}]});
    let call = call.header("X-Emulated-Bot-Id", SALON).json(&body);
    call.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn one_channel_is_active_and_the_others_are_on_standby() {
    let mut on = three(Receiver::Answers(200)).await;
    assert_eq!(event(&mut on.other).await["module"]["type"], "attached");
    let user = on.stage.user("青木さくら").await;
    on.stage
        .emulator
        .user_says(SALON, &user, "a")
        .await
        .unwrap();
    let ours = on.stage.hook().await.json()["events"][0].clone();
    let (other, primary) = (event(&mut on.other).await, event(&mut on.primary).await);
    let modes = [&ours, &other, &primary].map(|event| event["mode"].clone());
    assert_eq!(modes, ["standby", "standby", "active"]);
    let tokens = [&ours, &other, &primary].map(|event| event.get("replyToken").is_some());
    assert_eq!(tokens, [false, false, true]);
    for member in ["webhookEventId", "source", "message", "timestamp"] {
        assert_eq!(ours[member], other[member]);
        assert_eq!(ours[member], primary[member]);
    }
}

#[tokio::test]
async fn a_reply_token_is_of_use_to_its_own_channel_alone() {
    let mut on = three(Receiver::Answers(200)).await;
    event(&mut on.other).await;
    let user = on.stage.user("青木さくら").await;
    let (ours, theirs) = (on.stage.token().await, token(&on.stage).await);
    assert_eq!(acquire(&on.stage, &theirs, &user).await, 200);
    assert_eq!(event(&mut on.other).await["type"], "activated");
    on.stage
        .emulator
        .user_says(SALON, &user, "a")
        .await
        .unwrap();
    let other = event(&mut on.other).await;
    assert_eq!(other["mode"], "active");
    let given = other["replyToken"].as_str().unwrap();
    assert_eq!(reply(&on.stage, &ours, given).await, 403);
    on.stage.control("clock", json!({"advance_s": 5})).await;
    assert_eq!(acquire(&on.stage, &ours, &user).await, 200);
    assert_eq!(reply(&on.stage, &ours, given).await, 400);
    assert_eq!(event(&mut on.other).await["type"], "deactivated");
    assert_eq!(acquire(&on.stage, &theirs, &user).await, 200);
    on.stage
        .emulator
        .user_says(SALON, &user, "b")
        .await
        .unwrap();
    assert_eq!(event(&mut on.other).await["type"], "activated");
    let given = event(&mut on.other).await["replyToken"].clone();
    assert_eq!(
        reply(&on.stage, &theirs, given.as_str().unwrap()).await,
        200
    );
}

#[tokio::test]
async fn each_channels_webhooks_are_signed_with_its_own_secret() {
    let mut on = three(Receiver::Answers(200)).await;
    event(&mut on.other).await;
    let user = on.stage.user("青木さくら").await;
    on.stage
        .emulator
        .user_says(SALON, &user, "a")
        .await
        .unwrap();
    let settings = on.stage.emulator.settings();
    let (other, primary) = (on.other.next().await, on.primary.next().await);
    for (hook, secret) in [
        (other, settings.other_channel_secret),
        (primary, settings.primary_channel_secret),
    ] {
        assert_eq!(
            hook.headers["x-line-signature"],
            sign(&secret, &hook.body).as_str()
        );
    }
}

#[tokio::test]
async fn the_primary_channel_never_hears_what_only_modules_do() {
    let mut on = three(Receiver::Answers(200)).await;
    event(&mut on.other).await;
    let user = on.stage.user("青木さくら").await;
    let emulator = on.stage.emulator.clone();
    emulator.suspend(SALON).await.unwrap();
    assert_eq!(event(&mut on.other).await["type"], "botSuspended");
    emulator.user_says(SALON, &user, "a").await.unwrap();
    emulator.resume(SALON).await.unwrap();
    assert_eq!(event(&mut on.other).await["type"], "botResumed");
    emulator.give(SALON, &user).await.unwrap();
    emulator.take(SALON, &user).await.unwrap();
    emulator.user_says(SALON, &user, "b").await.unwrap();
    assert_eq!(event(&mut on.primary).await["message"]["text"], "b");
    assert_eq!(event(&mut on.other).await["message"]["text"], "b");
}

#[tokio::test]
async fn what_is_about_one_module_is_not_the_others() {
    let mut on = three(Receiver::Answers(200)).await;
    event(&mut on.other).await;
    let user = on.stage.user("青木さくら").await;
    let theirs = token(&on.stage).await;
    acquire(&on.stage, &theirs, &user).await;
    assert_eq!(event(&mut on.other).await["type"], "activated");
    on.stage.emulator.give(SALON, &user).await.unwrap();
    assert_eq!(event(&mut on.other).await["type"], "deactivated");
    assert_eq!(
        on.stage.hook().await.json()["events"][0]["type"],
        "activated"
    );
    let events = json!([{"type": "module", "module": {"type": "attached"}}, {"type": "follow"}]);
    let request = json!({"bot": SALON, "chat": user, "events": events});
    on.stage.control("events", request).await;
    assert_eq!(event(&mut on.other).await["type"], "follow");
    assert!(on.other.none());
}

#[tokio::test]
async fn a_module_without_the_scope_to_receive_is_sent_nothing() {
    let mut on = three(Receiver::Answers(200)).await;
    event(&mut on.other).await;
    let path = format!("bots/{SALON}/other-module");
    let scopes = json!({"attached": true, "scopes": ["message:send"]});
    on.stage.control(&path, scopes).await;
    let user = on.stage.user("青木さくら").await;
    on.stage
        .emulator
        .user_says(SALON, &user, "a")
        .await
        .unwrap();
    event(&mut on.primary).await;
    assert!(on.other.none());
}

#[tokio::test]
async fn an_account_without_the_module_tells_the_others() {
    let mut on = three(Receiver::Answers(200)).await;
    let guest = "Uffffffffffffffffffffffffffffffff";
    on.stage
        .emulator
        .user_says(NOODLES, guest, "a")
        .await
        .unwrap();
    assert_eq!(event(&mut on.primary).await["mode"], "active");
    assert!(on.stage.no_hook());
}

#[tokio::test]
async fn what_fails_at_the_others_counts_nowhere_and_is_not_sent_again() {
    let mut on = three(Receiver::Answers(500)).await;
    let user = on.stage.user("青木さくら").await;
    on.stage
        .emulator
        .user_says(SALON, &user, "a")
        .await
        .unwrap();
    event(&mut on.primary).await;
    on.stage.control("clock", json!({"advance_s": 100})).await;
    assert!(on.primary.none());
    assert!(on.stage.emulator.error_statistics().await.is_empty());
    let ours = on.stage.emulator.deliveries(0).await;
    assert!(ours.iter().all(|sent| sent.to == Holder::Module));
    let url = "/_emulator/deliveries?to=primary";
    let sent: Value = on.stage.get(url).await.json().await.unwrap();
    assert_eq!(sent["deliveries"][0]["to"], "primary");
    let wrong = on.stage.get("/_emulator/deliveries?to=nobody").await;
    assert_eq!(wrong.status(), 400);
}

#[tokio::test]
async fn a_channel_that_does_not_answer_delays_nobody() {
    let mut on = three(Receiver::Hangs).await;
    let user = on.stage.user("青木さくら").await;
    let started = std::time::Instant::now();
    on.stage
        .emulator
        .user_says(SALON, &user, "a")
        .await
        .unwrap();
    assert!(started.elapsed().as_millis() < 1500);
    on.stage.hook().await;
}
