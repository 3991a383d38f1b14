//! The other module channel, beside the one under test.

use emulator::{Holder, Settings};
use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, NOODLES, Receiver, SALON, Stage};

pub(crate) async fn token(stage: &Stage) -> String {
    let form = "grant_type=client_credentials&client_id=2000000002\
                &client_secret=ffeeddccbbaa99887766554433221100";
    let response = stage
        .form("/oauth2/v3/token", form.into())
        .send()
        .await
        .unwrap();
    let answer: Value = response.json().await.unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}

async fn both() -> Stage {
    let settings = Settings {
        default_active: false,
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200))
        .await
        .attach(ALL_SCOPES)
        .await;
    let path = format!("bots/{SALON}/other-module");
    assert_eq!(stage.control(&path, json!({"attached": true})).await.0, 200);
    stage
}

pub(crate) async fn acquire(stage: &Stage, token: &str, chat: &str) -> u16 {
    let url = format!("{}/v2/bot/chat/{chat}/control/acquire", stage.address);
    let call = stage
        .client
        .post(url)
        .bearer_auth(token)
        .header("X-Emulated-Bot-Id", SALON)
        .json(&json!({}));
    call.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn a_chat_that_the_other_channel_acquires_is_lost_and_locked_for_a_moment() {
    let mut stage = both().await;
    let user = stage.user("青木さくら").await;
    let (ours, theirs) = (stage.token().await, token(&stage).await);
    assert_eq!(acquire(&stage, &ours, &user).await, 200);
    assert_eq!(stage.hook().await.json()["events"][0]["type"], "activated");
    assert_eq!(stage.push(&user, "a").await.status(), 200);
    assert_eq!(acquire(&stage, &theirs, &user).await, 200);
    assert_eq!(
        stage.hook().await.json()["events"][0]["type"],
        "deactivated"
    );
    let chats = stage.emulator.state().await.chats;
    let chat = chats.iter().find(|chat| chat.chat == user).unwrap();
    assert_eq!(chat.holder, Holder::Other);
    assert_eq!(stage.push(&user, "b").await.status(), 403);
    assert_eq!(acquire(&stage, &ours, &user).await, 423);
    stage.control("clock", json!({"advance_s": 5})).await;
    assert_eq!(acquire(&stage, &ours, &user).await, 200);
}

#[tokio::test]
async fn each_channel_sees_the_accounts_that_it_is_attached_to() {
    let stage = both().await;
    let listed = async |token: &str| -> Value {
        let url = format!("{}/v2/bot/list", stage.address);
        let call = stage.client.get(url).bearer_auth(token);
        call.send().await.unwrap().json().await.unwrap()
    };
    let theirs = token(&stage).await;
    assert_eq!(listed(&theirs).await["bots"][0]["userId"], SALON);
    let path = format!("bots/{NOODLES}/other-module");
    stage.control(&path, json!({"attached": true})).await;
    assert_eq!(listed(&theirs).await["bots"].as_array().unwrap().len(), 2);
    assert_eq!(
        listed(&stage.token().await).await["bots"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_detach_by_one_channel_leaves_the_other_attached() {
    let stage = both().await;
    let url = format!("{}/v2/bot/channel/detach", stage.address);
    let call = stage.client.post(url).bearer_auth(token(&stage).await);
    let answer = call.json(&json!({"botId": SALON})).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let bots = stage.emulator.state().await.bots;
    let salon = bots.iter().find(|bot| bot.bot_id == SALON).unwrap();
    assert!(salon.attached && !salon.other_module);
}

#[tokio::test]
async fn one_channels_retry_key_is_not_the_others() {
    let stage = both().await;
    let user = stage.user("青木さくら").await;
    let (ours, theirs) = (stage.token().await, token(&stage).await);
    let push = async |token: &str| {
        let url = format!("{}/v2/bot/message/push", stage.address);
        let call = stage
            .client
            .post(url)
            .bearer_auth(token)
            .header("X-Emulated-Bot-Id", SALON)
            .header("x-line-retry-key", "123e4567-e89b-12d3-a456-426614174000");
        let body = json!({"to": user, "messages": [{"type": "text", "text": "a"}]});
        call.json(&body).send().await.unwrap().status().as_u16()
    };
    acquire(&stage, &ours, &user).await;
    assert_eq!((push(&ours).await, push(&ours).await), (200, 409));
    acquire(&stage, &theirs, &user).await;
    assert_eq!(push(&theirs).await, 200);
}
