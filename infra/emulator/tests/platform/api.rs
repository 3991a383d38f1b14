//! LINE's API: what it accepts, and what it says when it does not.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use emulator::Settings;
use reqwest::Response;
use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, NOODLES, Receiver, SALON, Stage};

async fn body(answer: Response) -> (u16, Value) {
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn reply_token(stage: &mut Stage, user: &str) -> String {
    stage.emulator.user_says(SALON, user, "a").await.unwrap();
    let token = stage.hook().await.json()["events"][0]["replyToken"].clone();
    token.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_stateless_token_lasts_a_quarter_of_an_hour() {
    let stage = Stage::attached().await;
    let info = stage.call("GET", "/v2/bot/info").await;
    let later = info.try_clone().unwrap();
    let (status, answer) = body(info.send().await.unwrap()).await;
    assert_eq!(status, 200);
    let expected = json!({
        "userId": SALON, "basicId": "@381sakur", "displayName": "さくら美容室",
        "chatMode": "bot", "markAsReadMode": "auto",
    });
    assert_eq!(answer, expected);
    stage.control("clock", json!({"advance_s": 900})).await;
    let (status, answer) = body(later.send().await.unwrap()).await;
    assert_eq!(status, 401);
    let message = answer["message"].as_str().unwrap();
    assert!(message.starts_with("Authentication failed due to the following reason: "));
}

#[tokio::test]
async fn a_token_is_refused_in_oauths_words() {
    let stage = Stage::new().await;
    let cases = [
        (
            "grant_type=client_credentials&client_id=2000000001&client_secret=x",
            "invalid_client",
        ),
        (
            "grant_type=client_credentials&client_id=2000000001",
            "invalid_request",
        ),
        (
            "grant_type=password&client_id=1&client_secret=x",
            "unsupported_grant_type",
        ),
    ];
    for (form, error) in cases {
        let answer = stage
            .form("/oauth2/v3/token", form.into())
            .send()
            .await
            .unwrap();
        let (status, answer) = body(answer).await;
        assert_eq!((status, answer["error"].as_str().unwrap()), (400, error));
        assert!(answer["error_description"].is_string());
    }
}

#[tokio::test]
async fn every_answer_carries_a_request_id_and_the_emulators_date() {
    let stage = Stage::attached().await;
    stage
        .control("clock", json!({"advance_s": 86_400 * 365}))
        .await;
    let answer = stage
        .call("GET", "/v2/bot/info")
        .await
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["x-line-request-id"].len(), 36);
    let date = httpdate::parse_http_date(answer.headers()["date"].to_str().unwrap()).unwrap();
    let ahead = date.duration_since(std::time::SystemTime::now()).unwrap();
    assert!(ahead.as_secs() > 86_400 * 364);
}

#[tokio::test]
async fn a_call_needs_token_bot_attachment_and_scope_in_this_order() {
    let stage = Stage::new()
        .await
        .attach("message%3Asend%20message%3Areceive")
        .await;
    let user = stage.user("青木さくら").await;
    let profile = format!("{}/v2/bot/profile/{user}", stage.address);
    let get = || stage.client.get(&profile);
    let token = stage.token().await;
    let status =
        async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();
    assert_eq!(status(get()).await, 401);
    assert_eq!(status(get().bearer_auth("wrong")).await, 401);
    assert_eq!(status(get().bearer_auth(&token)).await, 400);
    let header = "x-emulated-bot-id";
    assert_eq!(
        status(get().bearer_auth(&token).header(header, NOODLES)).await,
        403
    );
    let answer = get()
        .bearer_auth(&token)
        .header(header, SALON)
        .send()
        .await
        .unwrap();
    let (code, answer) = body(answer).await;
    assert_eq!(code, 403);
    assert_eq!(
        answer["message"],
        "Access to this API is not available for your account"
    );
}

#[tokio::test]
async fn a_reply_lands_in_the_chat_and_its_token_is_taken() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let token = reply_token(&mut stage, &user).await;
    let (status, answer) = body(stage.reply(&token, "はい").await).await;
    assert_eq!(status, 200);
    assert!(answer["sentMessages"][0]["quoteToken"].is_string());
    let said = stage.emulator.conversation(SALON, &user).await;
    let texts: Vec<_> = said.iter().filter_map(emulator::Bubble::text).collect();
    assert_eq!(texts, ["a", "はい"]);
    let (status, answer) = body(stage.reply(&token, "again").await).await;
    assert_eq!(
        (status, answer),
        (400, json!({"message": "Invalid reply token"}))
    );
}

#[tokio::test]
async fn a_reply_token_is_too_old_after_a_minute() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let token = reply_token(&mut stage, &user).await;
    stage.control("clock", json!({"advance_s": 61})).await;
    assert_eq!(stage.reply(&token, "late").await.status(), 400);
}

#[tokio::test]
async fn a_reply_takes_no_retry_key() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let token = reply_token(&mut stage, &user).await;
    let message = json!({"replyToken": token, "messages": [{"type": "text", "text": "a"}]});
    let call = stage
        .call("POST", "/v2/bot/message/reply")
        .await
        .header("x-line-retry-key", "123e4567-e89b-12d3-a456-426614174000");
    assert_eq!(call.json(&message).send().await.unwrap().status(), 400);
    assert_eq!(stage.reply(&token, "still good").await.status(), 200);
}

#[tokio::test]
async fn a_push_with_a_used_retry_key_is_answered_with_what_was_sent() {
    let stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let message = json!({"to": user, "messages": [{"type": "text", "text": "a"}]});
    let push = async |key: &str| {
        let call = stage.call("POST", "/v2/bot/message/push").await;
        call.header("x-line-retry-key", key)
            .json(&message)
            .send()
            .await
            .unwrap()
    };
    assert_eq!(push("not a uuid").await.status(), 400);
    let key = "123e4567-e89b-12d3-a456-426614174000";
    let first = push(key).await;
    let request_id = first.headers()["x-line-request-id"].clone();
    let (status, first) = body(first).await;
    assert_eq!(status, 200);
    let second = push(key).await;
    assert_eq!(second.headers()["x-line-accepted-request-id"], request_id);
    assert_ne!(second.headers()["x-line-request-id"], request_id);
    let (status, second) = body(second).await;
    assert_eq!(status, 409);
    assert_eq!(second["message"], "The retry key is already accepted");
    assert_eq!(second["sentMessages"], first["sentMessages"]);
    assert_eq!(stage.emulator.conversation(SALON, &user).await.len(), 1);

    stage.control("clock", json!({"advance_s": 86_400})).await;
    assert_eq!(push(key).await.status(), 200);
}

#[tokio::test]
async fn all_errors_of_a_wrong_body_are_reported() {
    let stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let push = async |text: String| {
        let call = stage
            .call("POST", "/v2/bot/message/push")
            .await
            .header("content-type", "application/json")
            .body(text);
        body(call.send().await.unwrap()).await
    };
    let messages = json!([{"type": "text", "text": ""}, {"type": "picture"}]);
    let (status, answer) = push(json!({"to": user, "messages": messages}).to_string()).await;
    assert_eq!(status, 400);
    assert_eq!(answer["message"], "The request body has 2 error(s)");
    let first = json!({"message": "May not be empty", "property": "messages[0].text"});
    assert_eq!(answer["details"][0], first);
    let (status, answer) = push(r#"{"to": "#.into()).await;
    assert_eq!(status, 400);
    let message = answer["message"].as_str().unwrap();
    assert!(message.starts_with("The request body could not be parsed as JSON (line: 1"));
    let (status, _) = push("1".repeat(3_000_000)).await;
    assert_eq!(status, 413);
    let (status, answer) = push(json!({"messages": []}).to_string()).await;
    assert_eq!(
        (status, &answer["details"][0]["property"]),
        (400, &json!("to"))
    );
}

#[tokio::test]
async fn a_push_to_a_user_who_blocks_the_account_is_accepted_and_not_delivered() {
    let stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    stage.emulator.block(SALON, &user).await.unwrap();
    let before = stage.emulator.conversation(SALON, &user).await.len();
    assert_eq!(stage.push(&user, "a").await.status(), 200);
    assert_eq!(
        stage.emulator.conversation(SALON, &user).await.len(),
        before
    );
}

#[tokio::test]
async fn a_push_to_nobody_fails() {
    let stage = Stage::attached().await;
    for to in ["LUnobody", &stage.user("Aki").await] {
        let (status, answer) = body(stage.push(to, "a").await).await;
        assert_eq!(
            (status, answer),
            (400, json!({"message": "Failed to send messages"}))
        );
    }
}

#[tokio::test]
async fn a_message_into_a_chat_that_another_channel_holds_is_refused() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let token = reply_token(&mut stage, &user).await;
    stage.emulator.take(SALON, &user).await.unwrap();
    assert_eq!(stage.push(&user, "a").await.status(), 403);
    assert_eq!(stage.reply(&token, "a").await.status(), 403);
    stage.emulator.give(SALON, &user).await.unwrap();
    assert_eq!(stage.reply(&token, "a").await.status(), 200);
}

#[tokio::test]
async fn a_suspended_account_can_do_nothing() {
    let stage = Stage::attached().await;
    stage.emulator.suspend(SALON).await.unwrap();
    let answer = stage
        .call("GET", "/v2/bot/info")
        .await
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn the_profile_of_a_friend_is_shown_and_of_others_not() {
    let stage = Stage::attached().await;
    let profile = async |user: &str| {
        let call = stage.call("GET", &format!("/v2/bot/profile/{user}")).await;
        body(call.send().await.unwrap()).await
    };
    let friend = stage.user("林小明").await;
    let expected = json!({"userId": friend, "displayName": "林小明", "language": "zh-Hant"});
    assert_eq!(profile(&friend).await, (200, expected));
    assert_eq!(profile(&stage.user("Aki").await).await.0, 404);
    assert_eq!(profile("LUnobody").await.0, 404);
    stage.emulator.block(SALON, &friend).await.unwrap();
    assert_eq!(profile(&friend).await.0, 404);
}

#[tokio::test]
async fn the_month_has_a_limit_if_the_settings_say_so() {
    let settings = Settings {
        monthly_limit: Some(1),
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200))
        .await
        .attach(ALL_SCOPES)
        .await;
    let user = stage.user("青木さくら").await;
    assert_eq!(stage.push(&user, "a").await.status(), 200);
    let (status, answer) = body(stage.push(&user, "b").await).await;
    assert_eq!(status, 429);
    assert_eq!(answer["message"], "You have reached your monthly limit.");
    assert_eq!(stage.emulator.state().await.quotas[0].used, 1);
}

#[tokio::test]
async fn what_is_not_emulated_is_never_answered_as_if_it_were() {
    let stage = Stage::attached().await;
    let call = stage.call("POST", "/v2/bot/message/skywrite").await;
    let answer = call.json(&json!({"messages": []})).send().await.unwrap();
    assert_eq!(body(answer).await, (404, json!({"message": "Not found"})));
    let answer = stage
        .call("GET", "/v2/bot/message/push")
        .await
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 405);
    let calls = stage.emulator.calls(0).await;
    let unknown: Vec<u16> = calls
        .iter()
        .filter(|call| !call.emulated)
        .map(|call| call.status)
        .collect();
    assert_eq!(unknown, [404, 405]);
}

/// The status of a request whose head is exactly this.
async fn status_of(stage: &Stage, head: &str) -> String {
    let address = stage.address.trim_start_matches("http://").to_owned();
    let request = format!("{head}host: {address}\r\nconnection: close\r\n\r\n");
    let asked = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let answer = asked.await.unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn a_post_or_put_without_a_length_is_refused() {
    let stage = Stage::new().await;
    let status = async |method: &str, header: &str| {
        let path = "/v2/bot/user/U1/richmenu/m";
        status_of(&stage, &format!("{method} {path} HTTP/1.1\r\n{header}")).await
    };
    assert_eq!(status("POST", "").await, "411");
    assert_eq!(status("PUT", "").await, "411");
    assert_eq!(status("POST", "content-length: 0\r\n").await, "401");
    assert_eq!(status("DELETE", "").await, "405");
    let calls = stage.emulator.calls(0).await;
    assert_eq!(calls[0].status, 411, "it is written down");
    let lenient = json!({"length_required": false});
    stage.emulator.change_settings(&lenient).await.unwrap();
    assert_eq!(status("POST", "").await, "401");
}
