//! What users sent that is no text.

use emulator::Settings;
use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, Receiver, SALON, Stage};

async fn sent(stage: &mut Stage, message: Value) -> String {
    let user = stage.user("青木さくら").await;
    stage
        .emulator
        .user_sends(SALON, &user, message)
        .await
        .unwrap();
    let id = stage.hook().await.json()["events"][0]["message"]["id"].clone();
    id.as_str().unwrap().to_owned()
}

async fn get(stage: &Stage, id: &str, what: &str) -> reqwest::Response {
    let call = stage
        .call("GET", &format!("/v2/bot/message/{id}/{what}"))
        .await;
    call.send().await.unwrap()
}

#[tokio::test]
async fn a_picture_can_be_fetched_as_it_was_sent() {
    let mut stage = Stage::attached().await;
    let id = sent(&mut stage, json!({"type": "image"})).await;
    let answer = get(&stage, &id, "content").await;
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert!(answer.bytes().await.unwrap().starts_with(b"\x89PNG"));
    let url = format!("{}/_emulator/messages/{id}/content", stage.address);
    let put = stage
        .client
        .put(url)
        .header("content-type", "image/jpeg")
        .body("a picture");
    assert_eq!(put.send().await.unwrap().status(), 200);
    let answer = get(&stage, &id, "content").await;
    assert_eq!(answer.headers()["content-type"], "image/jpeg");
    assert_eq!(answer.text().await.unwrap(), "a picture");
    assert_eq!(get(&stage, &id, "content/preview").await.status(), 200);
    let answer = get(&stage, &id, "content/transcoding").await;
    let text = "Transcoding status doesn't support this type of content";
    assert_eq!(refusal(answer).await, (400, text.into()));
    let id = sent(&mut stage, json!({"type": "audio"})).await;
    let answer = get(&stage, &id, "content/preview").await;
    let text = "The content can not be previewed";
    assert_eq!(refusal(answer).await, (400, text.into()));
}

/// Its status and its words.
async fn refusal(answer: reqwest::Response) -> (u16, String) {
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    (status, body["message"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn what_the_user_took_back_is_gone() {
    let mut stage = Stage::attached().await;
    let id = sent(&mut stage, json!({"type": "image"})).await;
    let user = stage.user("青木さくら").await;
    let unsend = json!({"type": "unsend", "unsend": {"messageId": id}});
    stage
        .control(
            "events",
            json!({"bot": SALON, "chat": user, "events": [unsend]}),
        )
        .await;
    let answer = get(&stage, &id, "content").await;
    assert_eq!(answer.status(), 410);
    assert_eq!(
        answer.json::<Value>().await.unwrap(),
        json!({"message": "The content is gone"})
    );
}

#[tokio::test]
async fn content_of_another_provider_and_of_texts_is_not_at_line() {
    let mut stage = Stage::attached().await;
    let provider = json!({"type": "external", "originalContentUrl": "https://example.com/a.jpg"});
    let id = sent(
        &mut stage,
        json!({"type": "image", "contentProvider": provider}),
    )
    .await;
    let answer = get(&stage, &id, "content").await;
    assert_eq!(refusal(answer).await, (404, "not found".into()));
    let id = sent(&mut stage, json!({"type": "text", "text": "a"})).await;
    assert_eq!(get(&stage, &id, "content").await.status(), 404);
}

#[tokio::test]
async fn a_video_is_prepared_before_it_can_be_fetched() {
    let settings = Settings {
        transcoding_ms: 60_000,
        ..Settings::default()
    };
    let mut stage = Stage::with(settings, Receiver::Answers(200))
        .await
        .attach(ALL_SCOPES)
        .await;
    let id = sent(&mut stage, json!({"type": "video", "duration": 5000})).await;
    assert_eq!(get(&stage, &id, "content").await.status(), 202);
    let status = async || {
        get(&stage, &id, "content/transcoding")
            .await
            .json::<Value>()
            .await
            .unwrap()
    };
    assert_eq!(status().await, json!({"status": "processing"}));
    assert_eq!(get(&stage, &id, "content/preview").await.status(), 200);
    let change = json!({"preview_while_preparing": false});
    stage.control("settings", change).await;
    assert_eq!(get(&stage, &id, "content/preview").await.status(), 202);
    stage.control("clock", json!({"advance_s": 60})).await;
    assert_eq!(status().await, json!({"status": "succeeded"}));
    assert_eq!(get(&stage, &id, "content/preview").await.status(), 200);
    assert_eq!(get(&stage, &id, "content").await.status(), 200);
}
