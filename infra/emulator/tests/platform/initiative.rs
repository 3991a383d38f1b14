//! Who may speak in a chat: acquiring, releasing, being taken over, running out.

use std::time::Duration;

use emulator::Settings;
use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, Receiver, SALON, Stage, with_body};

/// Acquires or releases a chat: the status and the answer.
async fn control(stage: &Stage, chat: &str, verb: &str, body: Value) -> (u16, Value) {
    let path = format!("/v2/bot/chat/{chat}/control/{verb}");
    let call = stage.call("POST", &path).await;
    let answer = call.json(&body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Who holds a chat and until when.
async fn holder(stage: &Stage, chat: &str) -> (Value, Option<i64>) {
    let state: Value = stage.get("/_emulator/state").await.json().await.unwrap();
    let chats = state["chats"].as_array().unwrap();
    let found = chats.iter().find(|entry| entry["chat"] == chat).unwrap();
    (found["holder"].clone(), found["expire_at"].as_i64())
}

async fn event(stage: &mut Stage) -> Value {
    stage.hook().await.json()["events"][0].clone()
}

async fn said(stage: &mut Stage, user: &str) -> Value {
    stage.emulator.user_says(SALON, user, "a").await.unwrap();
    event(stage).await
}

async fn pass(stage: &Stage, seconds: u64) {
    let by = Duration::from_secs(seconds);
    stage.emulator.advance_clock(by).await;
}

/// A stage whose channel has no Default Active.
async fn plain() -> Stage {
    let settings = Settings {
        default_active: false,
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200)).await;
    stage.attach(ALL_SCOPES).await
}

#[tokio::test]
async fn an_acquired_chat_is_active_until_its_end_and_then_silently_on_standby() {
    let mut stage = plain().await;
    let user = stage.user("青木さくら").await;
    assert_eq!(said(&mut stage, &user).await["mode"], "standby");
    let answer = control(&stage, &user, "acquire", json!({"ttl": 60})).await;
    assert_eq!(answer, (200, json!({})));

    let activated = event(&mut stage).await;
    let end = activated["timestamp"].as_i64().unwrap() + 60_000;
    let expected = json!({
        "type": "activated",
        "chatControl": {"expireAt": end},
        "source": {"type": "user", "userId": user},
        "webhookEventId": activated["webhookEventId"],
        "deliveryContext": {"isRedelivery": false},
        "timestamp": activated["timestamp"],
        "mode": "active",
    });
    assert_eq!(activated, expected);
    assert_eq!(holder(&stage, &user).await, ("module".into(), Some(end)));
    let message = said(&mut stage, &user).await;
    assert_eq!(message["mode"], "active");
    assert!(message["replyToken"].is_string());

    pass(&stage, 60).await;
    assert!(stage.no_hook());
    assert_eq!(holder(&stage, &user).await, ("primary".into(), None));
    let message = said(&mut stage, &user).await;
    assert_eq!(message["mode"], "standby");
    assert!(message.get("replyToken").is_none());
    assert_eq!(stage.push(&user, "a").await.status(), 403);
}

#[tokio::test]
async fn an_acquire_lasts_an_hour_unless_it_says_otherwise_or_forever() {
    let mut stage = plain().await;
    let user = stage.user("青木さくら").await;
    let length = |event: &Value| {
        let end = event["chatControl"]["expireAt"].as_i64();
        end.map(|end| end - event["timestamp"].as_i64().unwrap())
    };
    let cases = [
        (json!({}), Some(3_600_000)),
        (
            json!({"expired": true, "ttl": 31_536_000}),
            Some(31_536_000_000),
        ),
        (json!({"expired": false, "ttl": 1}), None),
    ];
    for (body, expected) in cases {
        assert_eq!(control(&stage, &user, "acquire", body).await.0, 200);
        assert_eq!(length(&event(&mut stage).await), expected);
    }
    pass(&stage, 40_000_000).await;
    assert_eq!(holder(&stage, &user).await, ("module".into(), None));

    let path = format!("/v2/bot/chat/{user}/control/acquire");
    let bare = with_body(stage.call("POST", &path).await, &Value::Null);
    let bare = bare.send().await.unwrap();
    assert_eq!(bare.status(), 200, "the body may be left out");
}

#[tokio::test]
async fn a_released_chat_goes_to_the_primary_channel() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let answer = control(&stage, &user, "release", Value::Null).await;
    assert_eq!(answer, (200, json!({})));
    let deactivated = event(&mut stage).await;
    let expected = json!({
        "type": "deactivated",
        "source": {"type": "user", "userId": user},
        "webhookEventId": deactivated["webhookEventId"],
        "deliveryContext": {"isRedelivery": false},
        "timestamp": deactivated["timestamp"],
        "mode": "active",
    });
    assert_eq!(deactivated, expected);
    assert_eq!(said(&mut stage, &user).await["mode"], "standby");
    assert_eq!(
        control(&stage, &user, "release", Value::Null).await.0,
        200,
        "again, and no event is sent"
    );
    assert_eq!(said(&mut stage, &user).await["type"], "message");
}

#[tokio::test]
async fn staff_take_over_and_give_back_and_the_module_gets_the_events() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let path = |verb: &str| format!("chats/{SALON}/{user}/{verb}");
    let (_, answer) = stage.control(&path("take"), Value::Null).await;
    assert_eq!(answer["delivery"]["status"], 200);
    assert_eq!(event(&mut stage).await["type"], "deactivated");
    let (_, answer) = stage.control(&path("take"), Value::Null).await;
    assert_eq!(answer["delivery"], Value::Null, "it was taken already");

    stage.control(&path("give"), Value::Null).await;
    let given = event(&mut stage).await;
    assert_eq!(given["type"], "activated");
    assert_eq!(given["chatControl"], json!({}));
    let (_, answer) = stage.control(&path("give"), Value::Null).await;
    assert_eq!(answer["delivery"], Value::Null, "it was given already");
    assert_eq!(holder(&stage, &user).await, ("module".into(), None));
}

#[tokio::test]
async fn a_chat_that_staff_have_just_taken_cannot_be_acquired_for_a_moment() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    stage.emulator.take(SALON, &user).await.unwrap();
    event(&mut stage).await;
    let (status, _) = control(&stage, &user, "acquire", json!({})).await;
    assert_eq!(status, 423);
    pass(&stage, 3).await;
    let (status, _) = control(&stage, &user, "acquire", json!({})).await;
    assert_eq!(status, 200);
    assert_eq!(event(&mut stage).await["type"], "activated");
}

#[tokio::test]
async fn a_chat_that_cannot_be_controlled_is_refused_in_lines_words() {
    let stage = Stage::attached().await;
    let friend = stage.user("青木さくら").await;
    let invalid = json!({"message": "The value for the 'chatId' parameter is invalid"});
    for verb in ["acquire", "release"] {
        let answer = control(&stage, "nobody", verb, json!({})).await;
        assert_eq!(answer, (400, invalid.clone()), "{verb}");
        let strangers = [
            stage.user("Aki").await,
            "U00000000000000000000000000000001".into(),
            "C00000000000000000000000000000001".into(),
        ];
        for stranger in strangers {
            assert_eq!(control(&stage, &stranger, verb, json!({})).await.0, 404);
        }
    }
    for body in [
        json!({"ttl": 0}),
        json!({"ttl": 31_536_001}),
        json!({"expired": "yes"}),
    ] {
        let (status, answer) = control(&stage, &friend, "acquire", body).await;
        assert_eq!(status, 400);
        assert_eq!(answer["message"], "The request body has 1 error(s)");
    }
    stage.emulator.block(SALON, &friend).await.unwrap();
    assert_eq!(control(&stage, &friend, "acquire", json!({})).await.0, 404);
    let users = stage.emulator.state().await.users;
    assert_eq!(users.len(), 12, "nobody was made up");
}

#[tokio::test]
async fn a_group_can_be_controlled_while_the_bot_is_in_it() {
    let mut stage = Stage::attached().await;
    let group = "C00000000000000000000000000000001";
    let happens = async |stage: &mut Stage, kind: &str| {
        let request = json!({"bot": SALON, "chat": group, "events": [{"type": kind}]});
        stage.control("events", request).await;
        event(stage).await
    };
    happens(&mut stage, "join").await;
    assert_eq!(control(&stage, group, "release", Value::Null).await.0, 200);
    let source = json!({"type": "group", "groupId": group});
    assert_eq!(event(&mut stage).await["source"], source);
    happens(&mut stage, "leave").await;
    assert_eq!(control(&stage, group, "acquire", json!({})).await.0, 404);
}

#[tokio::test]
async fn control_needs_the_scope_to_receive_and_the_bot_header() {
    let stage = Stage::new().await.attach("message%3Asend").await;
    let user = stage.user("青木さくら").await;
    assert_eq!(control(&stage, &user, "acquire", json!({})).await.0, 403);
    assert_eq!(control(&stage, &user, "release", json!({})).await.0, 403);
    let url = format!("{}/v2/bot/chat/{user}/control/release", stage.address);
    let call = stage.client.post(url).bearer_auth(stage.token().await);
    let call = with_body(call, &Value::Null);
    assert_eq!(call.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn blocking_and_coming_back_gives_a_released_chat_to_the_default_holder() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    control(&stage, &user, "acquire", json!({"ttl": 60})).await;
    event(&mut stage).await;
    control(&stage, &user, "release", Value::Null).await;
    event(&mut stage).await;
    stage.emulator.block(SALON, &user).await.unwrap();
    assert_eq!(event(&mut stage).await["mode"], "standby");
    stage.emulator.unblock(SALON, &user).await.unwrap();
    let follow = event(&mut stage).await;
    assert_eq!(
        (&follow["type"], &follow["mode"]),
        (&json!("follow"), &json!("active"))
    );
    assert!(stage.no_hook(), "a reset has no event of its own");
    pass(&stage, 61).await;
    assert_eq!(holder(&stage, &user).await, ("module".into(), None));
}

#[tokio::test]
async fn an_account_with_another_default_active_module_cannot_be_linked() {
    let stage = Stage::new().await;
    let path = format!("bots/{SALON}/other-module");
    let (status, _) = stage.control(&path, json!({"attached": true})).await;
    assert_eq!(status, 200);
    let url = stage.authorize(ALL_SCOPES, "");
    let refused = stage.emulator.link(&url, SALON).await.unwrap_err();
    assert!(refused.to_string().contains("there can be only one"));
    let query = url.split_once('?').unwrap().1;
    let decide = format!("{}/module/auth/v1/decide", stage.address);
    let form = [("query", query), ("bot", SALON), ("decision", "link")];
    let answer = stage.client.post(decide).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    let screen = stage
        .client
        .get(&url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert!(screen.contains("another extension is linked"));
    assert_eq!(screen.matches(" disabled>").count(), 1);
    assert_eq!(screen.matches(" checked>").count(), 1);

    stage.control(&path, json!({"attached": false})).await;
    let code = stage.code(SALON, ALL_SCOPES).await;
    stage.control(&path, json!({"attached": true})).await;
    let answer = stage.exchange(&code, ALL_SCOPES).await;
    assert_eq!(answer.status(), 403, "it came between code and exchange");
}

#[tokio::test]
async fn another_module_cannot_come_while_this_one_is_linked() {
    let stage = Stage::attached().await;
    let path = format!("bots/{SALON}/other-module");
    let (status, answer) = stage.control(&path, json!({"attached": true})).await;
    assert_eq!(status, 400);
    assert!(answer["message"].as_str().unwrap().contains("already"));
    let plain = plain().await;
    let (status, _) = plain.control(&path, json!({"attached": true})).await;
    assert_eq!(status, 200, "without Default Active there can be several");
}
