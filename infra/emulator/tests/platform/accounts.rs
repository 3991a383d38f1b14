//! Accounts that a test makes for itself.

use serde_json::{Value, json};

use crate::stage::Stage;

async fn made(stage: &Stage, account: Value) -> String {
    let (status, answer) = stage.control("accounts", account).await;
    assert_eq!(status, 200, "{answer}");
    answer["bot_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_account_is_made_with_its_ids_and_users() {
    let stage = Stage::new().await;
    let bot = made(
        &stage,
        json!({
            "display_name": "Tea House", "region": "TW", "brand_type": "premium",
            "premium_id": "@tea-house", "scopes": ["message:send", "profile:read"],
            "users": [{"name": "Mei", "language": "zh-Hant", "friend": true}, {"name": "Ken"}],
        }),
    )
    .await;
    let call = stage.call_for(&bot, "GET", "/v2/bot/info").await;
    let info: Value = call.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&info["displayName"], &info["premiumId"]),
        (&json!("Tea House"), &json!("@tea-house"))
    );
    let call = stage.call_for(&bot, "GET", "/v2/bot/followers/ids").await;
    let friends: Value = call.send().await.unwrap().json().await.unwrap();
    assert_eq!(friends["userIds"].as_array().unwrap().len(), 1);
    let path = format!(
        "/v2/bot/profile/{}",
        friends["userIds"][0].as_str().unwrap()
    );
    let call = stage.call_for(&bot, "GET", &path).await;
    let profile: Value = call.send().await.unwrap().json().await.unwrap();
    assert_eq!(profile["displayName"], "Mei");
    let same = json!({"users": [{"name": "Mei"}, {"name": "Mei"}]});
    assert_eq!(stage.control("accounts", same).await.0, 400);
}

#[tokio::test]
async fn one_person_has_another_id_for_each_account() {
    let stage = Stage::new().await;
    let account = json!({"users": [{"name": "Mei"}]});
    let (one, two) = (
        made(&stage, account.clone()).await,
        made(&stage, account).await,
    );
    let users = stage.emulator.state().await.users;
    let of = |bot: &str| {
        users
            .iter()
            .find(|user| user.bot == bot)
            .unwrap()
            .user_id
            .clone()
    };
    assert_ne!(of(&one), of(&two));
}

#[tokio::test]
async fn without_a_channel_of_its_own_nobody_takes_a_chat_from_the_module() {
    let stage = Stage::new().await;
    let account = json!({"primary_channel": false, "users": [{"name": "Mei", "friend": true}]});
    let bot = made(&stage, account).await;
    let users = stage.emulator.state().await.users;
    let user = users.iter().find(|user| user.bot == bot).unwrap();
    let path = format!("chats/{bot}/{}/take", user.user_id);
    assert_eq!(stage.control(&path, json!({})).await.0, 400);
}
