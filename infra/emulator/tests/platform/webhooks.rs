//! Webhooks as they arrive.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use emulator::{Failure, Settings};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::stage::{ALL_SCOPES, Receiver, SALON, Stage};

pub(crate) fn sign(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

#[tokio::test]
async fn a_users_text_arrives_as_line_would_send_it() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let sent = stage.emulator.user_says(SALON, &user, "こんにちは").await;
    let delivery = sent.unwrap().unwrap();
    let hook = stage.hook().await;

    assert_eq!(hook.headers["user-agent"], "LineBotWebhook2.0");
    assert_eq!(
        hook.headers["content-type"],
        "application/json; charset=utf-8"
    );
    let secret = stage.emulator.settings().channel_secret;
    assert_eq!(
        hook.headers["x-line-signature"],
        sign(&secret, &hook.body).as_str()
    );
    assert_eq!(delivery.body, hook.body);
    assert_eq!((delivery.status, delivery.failure), (Some(200), None));

    let event = &hook.json()["events"][0];
    assert_eq!(event["source"], json!({"type": "user", "userId": user}));
    assert_eq!(event["mode"], "active");
    assert_eq!(event["replyToken"].as_str().unwrap().len(), 32);
    assert_eq!(event["message"]["text"], "こんにちは");
    assert!(
        event["message"]["id"]
            .as_str()
            .unwrap()
            .parse::<u64>()
            .is_ok()
    );
    assert!(event["message"]["quoteToken"].is_string());
    assert!(event["timestamp"].is_i64());
    assert_eq!(
        delivery.event_ids,
        [event["webhookEventId"].as_str().unwrap()]
    );
}

#[tokio::test]
async fn a_sticker_and_an_image_have_their_members() {
    let mut stage = Stage::attached().await;
    let user = stage.user("林小明").await;
    let sticker = json!({"type": "sticker", "packageId": "446", "stickerId": "1988"});
    stage
        .emulator
        .user_sends(SALON, &user, sticker)
        .await
        .unwrap();
    let message = stage.hook().await.json()["events"][0]["message"].clone();
    assert_eq!(message["stickerResourceType"], "STATIC");
    let image = json!({"type": "image"});
    stage
        .emulator
        .user_sends(SALON, &user, image)
        .await
        .unwrap();
    let message = stage.hook().await.json()["events"][0]["message"].clone();
    assert_eq!(message["contentProvider"], json!({"type": "line"}));
}

#[tokio::test]
async fn a_chat_that_the_module_does_not_hold_is_on_standby_without_a_reply_token() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    stage
        .control(&format!("chats/{SALON}/{user}/take"), Value::Null)
        .await;
    stage.hook().await;
    stage.emulator.user_says(SALON, &user, "a").await.unwrap();
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(event["mode"], "standby");
    assert!(event.get("replyToken").is_none());

    stage
        .control(&format!("chats/{SALON}/{user}/give"), Value::Null)
        .await;
    stage.hook().await;
    stage.emulator.user_says(SALON, &user, "b").await.unwrap();
    assert_eq!(stage.hook().await.json()["events"][0]["mode"], "active");
}

#[tokio::test]
async fn blocking_is_an_unfollow_and_coming_back_resets_who_may_speak() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    stage.emulator.take(SALON, &user).await.unwrap();
    stage.hook().await;
    stage
        .control(&format!("chats/{SALON}/{user}/block"), Value::Null)
        .await;
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(event["type"], "unfollow");
    assert!(event.get("replyToken").is_none());
    assert!(stage.emulator.user_says(SALON, &user, "a").await.is_err());

    stage
        .control(&format!("chats/{SALON}/{user}/unblock"), Value::Null)
        .await;
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(event["type"], "follow");
    assert_eq!(event["follow"], json!({"isUnblocked": true}));
    assert_eq!(event["mode"], "active");
    assert!(event["replyToken"].is_string());
}

#[tokio::test]
async fn a_first_follow_is_no_unblocking() {
    let mut stage = Stage::attached().await;
    let user = stage.user("Aki").await;
    stage.emulator.follow(SALON, &user).await.unwrap();
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(event["follow"], json!({"isUnblocked": false}));
}

#[tokio::test]
async fn a_tap_is_a_postback_and_shows_its_display_text() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let tap = stage
        .emulator
        .user_taps(SALON, &user, "menu=cut", Some("カット"));
    tap.await.unwrap();
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(event["type"], "postback");
    assert_eq!(event["postback"], json!({"data": "menu=cut"}));
    let said = stage.emulator.conversation(SALON, &user).await;
    assert_eq!(said[0].text(), Some("カット"));
}

#[tokio::test]
async fn a_suspended_account_sends_its_suspension_and_then_nothing_until_it_resumes() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    stage
        .control(&format!("bots/{SALON}/suspend"), Value::Null)
        .await;
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(event["type"], "botSuspended");
    assert!(event.get("source").is_none());
    let sent = stage.emulator.user_says(SALON, &user, "a").await.unwrap();
    assert!(sent.is_none() && stage.no_hook());
    stage
        .control(&format!("bots/{SALON}/resume"), Value::Null)
        .await;
    assert_eq!(stage.hook().await.json()["events"][0]["type"], "botResumed");
}

#[tokio::test]
async fn a_receiver_that_fails_is_written_down_in_lines_words() {
    let failing = Stage::with(Settings::default(), Receiver::Answers(500))
        .await
        .attach(ALL_SCOPES)
        .await;
    let user = failing.user("青木さくら").await;
    let sent = failing
        .emulator
        .user_says(SALON, &user, "a")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (sent.status, sent.failure),
        (Some(500), Some(Failure::ErrorStatusCode))
    );

    let settings = Settings {
        webhook_timeout_ms: 50,
        ..Settings::default()
    };
    let slow = Stage::with(settings, Receiver::Hangs)
        .await
        .attach(ALL_SCOPES)
        .await;
    let sent = slow
        .emulator
        .user_says(SALON, &user, "a")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (sent.status, sent.failure),
        (None, Some(Failure::RequestTimeout))
    );

    slow.emulator.set_webhook_url("http://127.0.0.1:1/webhook");
    let sent = slow
        .emulator
        .user_says(SALON, &user, "a")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(sent.failure, Some(Failure::CouldNotConnect));
}
