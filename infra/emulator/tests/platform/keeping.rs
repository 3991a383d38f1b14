//! Keeping the world in a file.

use std::time::Duration;

use emulator::{Emulator, Settings};

use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, Receiver, SALON, Stage};

#[tokio::test]
async fn a_world_kept_in_a_file_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        data_file: Some(folder.path().join("line/world.json")),
        ..Settings::default()
    };
    let first = Emulator::new(settings.clone()).unwrap();
    first.user_says(SALON, "LUa", "おはよう").await.unwrap();
    first.save().unwrap();
    let second = Emulator::new(settings).unwrap();
    let said = second.conversation(SALON, "LUa").await;
    assert_eq!(said[0].text(), Some("おはよう"));
}

#[tokio::test]
async fn what_belongs_to_an_account_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        data_file: Some(folder.path().join("world.json")),
        ..Settings::default()
    };
    let stage = Stage::with(settings.clone(), Receiver::Answers(200))
        .await
        .attach(ALL_SCOPES)
        .await;
    let audience = json!({"description": "VIP", "audiences": [{"id": "LUa"}]});
    let call = stage.call("POST", "/v2/bot/audienceGroup/upload").await;
    assert_eq!(call.json(&audience).send().await.unwrap().status(), 202);
    let user = stage.user("青木さくら").await;
    assert_eq!(stage.push(&user, "a").await.status(), 200);
    let token = stage.token().await;
    stage.emulator.save().unwrap();

    let again = Stage::with(settings, Receiver::Answers(200)).await;
    let url = format!("{}/v2/bot/audienceGroup/list?page=1", again.address);
    let call = again
        .client
        .get(url)
        .bearer_auth(token)
        .header("X-Emulated-Bot-Id", SALON);
    let list: Value = call.send().await.unwrap().json().await.unwrap();
    assert_eq!(list["audienceGroups"][0]["description"], "VIP");
    assert_eq!(again.emulator.state().await.quotas[0].used, 1);
}

#[tokio::test]
async fn changes_are_saved_without_being_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    let settings = Settings {
        data_file: Some(file.clone()),
        ..Settings::default()
    };
    let emulator = Emulator::new(settings).unwrap();
    emulator.user_says(SALON, "LUa", "a").await.unwrap();
    let saved = async {
        while !file.exists() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(10), saved).await;
    assert!(in_time.is_ok());
}

#[tokio::test]
async fn an_unusable_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.json");
    std::fs::write(&file, "no world").unwrap();
    let settings = Settings {
        data_file: Some(file),
        ..Settings::default()
    };
    let error = Emulator::new(settings).unwrap_err();
    assert!(error.to_string().contains("world.json"));
}

#[test]
fn a_bot_header_must_be_a_header_name() {
    let settings = Settings {
        bot_header: "not a header".into(),
        ..Settings::default()
    };
    assert!(Emulator::new(settings).is_err());
}
