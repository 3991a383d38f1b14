//! Webhooks that fail, come twice, or come out of order.

use emulator::Settings;
use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, Receiver, SALON, Stage};

async fn failing() -> Stage {
    let settings = Settings {
        redelivery: true,
        redelivery_schedule_s: vec![60, 300],
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(503)).await;
    stage.attach("message%3Areceive").await
}

#[tokio::test]
async fn a_failed_webhook_is_sent_again_by_the_schedule_with_the_same_ids() {
    let mut stage = failing().await;
    let user = stage.user("青木さくら").await;
    stage.emulator.user_says(SALON, &user, "a").await.unwrap();
    let first = stage.hook().await.json()["events"][0].clone();
    assert_eq!(first["deliveryContext"]["isRedelivery"], false);
    stage.control("clock", json!({"advance_s": 59})).await;
    assert!(stage.no_hook());
    stage.control("clock", json!({"advance_s": 2})).await;
    let mut again = stage.hook().await.json()["events"][0].clone();
    while again["webhookEventId"] != first["webhookEventId"] {
        again = stage.hook().await.json()["events"][0].clone();
    }
    assert_eq!(again["deliveryContext"]["isRedelivery"], true);
    again["deliveryContext"] = first["deliveryContext"].clone();
    assert_eq!(again, first);
}

#[tokio::test]
async fn the_schedule_has_an_end() {
    let stage = failing().await;
    let user = stage.user("青木さくら").await;
    stage.emulator.user_says(SALON, &user, "a").await.unwrap();
    stage.control("clock", json!({"advance_s": 100_000})).await;
    stage.control("clock", json!({"advance_s": 100_000})).await;
    let deliveries = stage.emulator.deliveries(0).await;
    let id = &deliveries
        .iter()
        .find(|delivery| !delivery.chats.is_empty())
        .unwrap()
        .event_ids;
    let sent = deliveries
        .iter()
        .filter(|delivery| delivery.event_ids == *id);
    let flags: Vec<bool> = sent.map(|delivery| delivery.redelivery).collect();
    assert_eq!(flags, [false, true, true]);
}

#[tokio::test]
async fn without_the_switch_nothing_is_sent_again() {
    let stage = Stage::with(Settings::default(), Receiver::Answers(503))
        .await
        .attach(ALL_SCOPES)
        .await;
    let user = stage.user("青木さくら").await;
    stage.emulator.user_says(SALON, &user, "a").await.unwrap();
    stage.control("clock", json!({"advance_s": 100_000})).await;
    assert!(
        stage
            .emulator
            .deliveries(0)
            .await
            .iter()
            .all(|delivery| !delivery.redelivery)
    );
}

#[tokio::test]
async fn failures_are_counted_by_day_and_reason_while_the_switch_is_on() {
    let stage = Stage::with(Settings::default(), Receiver::Answers(503))
        .await
        .attach("message%3Areceive")
        .await;
    let user = stage.user("青木さくら").await;
    stage.emulator.user_says(SALON, &user, "a").await.unwrap();
    let counted = async || -> Value {
        stage
            .get("/_emulator/error-statistics")
            .await
            .json()
            .await
            .unwrap()
    };
    let count = counted().await["error_statistics"][0].clone();
    assert_eq!(
        (&count["reason"], &count["count"]),
        (&json!("error_status_code"), &json!(2))
    );
    stage
        .control("settings", json!({"error_statistics": false}))
        .await;
    stage.emulator.user_says(SALON, &user, "b").await.unwrap();
    assert_eq!(counted().await["error_statistics"][0]["count"], 2);
    let table = stage
        .get("/_emulator/error-statistics?format=tsv")
        .await
        .text()
        .await
        .unwrap();
    assert!(table.starts_with("date\treason\tcount\n") && table.contains("\terror_status_code\t2"));
}

#[tokio::test]
async fn a_webhook_can_come_twice_without_being_a_redelivery() {
    let mut stage = Stage::attached().await;
    let events = json!([{"type": "message", "message": {"type": "text", "text": "a"}}]);
    let body = json!({"bot": SALON, "chat": "LUa", "events": events, "deliver": {"copies": 2}});
    stage.control("events", body).await;
    let (one, two) = (stage.hook().await.json(), stage.hook().await.json());
    assert_eq!(one, two);
    assert_eq!(one["events"][0]["deliveryContext"]["isRedelivery"], false);
}

#[tokio::test]
async fn a_webhook_that_waits_is_overtaken() {
    let mut stage = Stage::attached().await;
    let send = async |text: &str, delay_ms: u64| {
        let events = json!([{"type": "message", "message": {"type": "text", "text": text}}]);
        let deliver = json!({"delay_ms": delay_ms});
        let body = json!({"bot": SALON, "chat": "LUa", "events": events, "deliver": deliver});
        stage.control("events", body).await
    };
    let (first, second) = tokio::join!(send("first", 300), send("second", 0));
    assert_eq!((first.0, second.0), (200, 200));
    let hooks = [stage.hook().await, stage.hook().await];
    let texts = hooks.map(|hook| hook.json()["events"][0]["message"]["text"].clone());
    assert_eq!(texts, ["second", "first"]);
}
