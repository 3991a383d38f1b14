//! Linking an account, from the authorize URL to the attached event.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use emulator::{AttachAnswer, AttachedEvent, Settings};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::stage::{ALL_SCOPES, NOODLES, Receiver, SALON, Stage, parameter};

#[tokio::test]
async fn an_admin_links_an_account_and_the_module_hears_of_it() {
    let mut stage = Stage::new().await;
    let code = stage.code(SALON, ALL_SCOPES).await;
    let answer = stage.exchange(&code, ALL_SCOPES).await;
    assert_eq!(answer.status(), 200);
    let scopes = ["message:send", "message:receive", "profile:read"];
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body, json!({"bot_id": SALON, "scopes": scopes}));

    let hook = stage.hook().await.json();
    assert_eq!(hook["destination"], SALON);
    let event = &hook["events"][0];
    assert_eq!(
        event["module"],
        json!({"type": "attached", "botId": SALON, "scopes": scopes})
    );
    assert_eq!(event["mode"], "active");
    assert_eq!(event["deliveryContext"], json!({"isRedelivery": false}));
    assert_eq!(event["webhookEventId"].as_str().unwrap().len(), 26);
    assert!(event.get("source").is_none() && event.get("replyToken").is_none());
    let state = stage.emulator.state().await;
    assert!(
        state
            .bots
            .iter()
            .any(|bot| bot.bot_id == SALON && bot.attached)
    );
}

#[tokio::test]
async fn the_link_screen_speaks_the_admins_language() {
    let stage = Stage::new().await;
    let url = stage.authorize(ALL_SCOPES, "&region=JP");
    let page = async |language: &str| {
        let request = stage.client.get(&url).header("accept-language", language);
        request.send().await.unwrap().text().await.unwrap()
    };
    let japanese = page("ja,en;q=0.8").await;
    assert!(japanese.contains("許可する") && japanese.contains("キャンセル"));
    assert!(japanese.contains("さくら美容室") && !japanese.contains("林家牛肉麵"));
    assert!(
        page("en-US")
            .await
            .contains("Receive the messages and actions of your friends")
    );
    assert!(page("zh-TW").await.contains("允許"));
}

#[tokio::test]
async fn pressing_link_or_cancel_goes_back_to_the_module() {
    let stage = Stage::new().await;
    let url = stage.authorize(ALL_SCOPES, "");
    let query = url.split_once('?').unwrap().1.to_owned();
    let press = async |decision: &str| {
        let form = [
            ("query", query.as_str()),
            ("bot", SALON),
            ("decision", decision),
        ];
        let request = stage
            .client
            .post(format!("{}/module/auth/v1/decide", stage.address));
        let answer = request.form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 303);
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let linked = press("link").await;
    assert!(linked.starts_with("https://example.com/attach/callback?code="));
    assert_eq!(parameter(&linked, "state").unwrap(), "abc123");
    let cancelled = press("cancel").await;
    assert_eq!(parameter(&cancelled, "error").unwrap(), "access_denied");
    assert_eq!(parameter(&cancelled, "state").unwrap(), "abc123");
    assert_eq!(cancelled, stage.emulator.cancel_link(&url).await.unwrap());
}

#[tokio::test]
async fn a_wrong_authorize_url_is_shown_or_sent_back() {
    let stage = Stage::new().await;
    let elsewhere = stage
        .authorize(ALL_SCOPES, "")
        .replace("callback", "elsewhere");
    let answer = stage.client.get(elsewhere).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("is not registered"));

    let wrong_region = stage.authorize(ALL_SCOPES, "&region=US");
    let answer = stage.client.get(wrong_region).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let location = answer.headers()["location"].to_str().unwrap();
    assert_eq!(parameter(location, "error").unwrap(), "invalid_request");
    assert_eq!(
        parameter(location, "error_description").unwrap(),
        "region must be JP or TW"
    );
    assert_eq!(parameter(location, "state").unwrap(), "abc123");
}

#[tokio::test]
async fn an_account_outside_the_limits_of_the_url_cannot_be_linked() {
    let stage = Stage::new().await;
    let url = stage.authorize(ALL_SCOPES, "&region=JP&brand_type=verified%20premium");
    assert!(stage.emulator.link(&url, NOODLES).await.is_err());
    assert!(stage.emulator.link(&url, SALON).await.is_ok());
    stage.emulator.suspend(SALON).await.unwrap();
    assert!(stage.emulator.link(&url, SALON).await.is_err());
}

#[tokio::test]
async fn a_code_works_once_and_not_for_long() {
    let stage = Stage::new().await;
    let code = stage.code(SALON, ALL_SCOPES).await;
    assert_eq!(stage.exchange(&code, ALL_SCOPES).await.status(), 200);
    let again = stage.exchange(&code, ALL_SCOPES).await;
    assert_eq!(again.status(), 400);
    let body: Value = again.json().await.unwrap();
    assert_eq!(body["error"], "invalid_grant");

    let code = stage.code(SALON, ALL_SCOPES).await;
    let (status, _) = stage.control("clock", json!({"advance_s": 600})).await;
    assert_eq!(status, 200);
    assert_eq!(stage.exchange(&code, ALL_SCOPES).await.status(), 400);
}

#[tokio::test]
async fn what_the_url_said_must_be_said_again_and_encoded_once() {
    let stage = Stage::new().await;
    for scopes in ["message%3Asend", "message%253Asend%2520message%253Areceive"] {
        let code = stage.code(SALON, ALL_SCOPES).await;
        let answer = stage.exchange(&code, scopes).await;
        assert_eq!(answer.status(), 400);
        let body: Value = answer.json().await.unwrap();
        assert_eq!(
            body["error_description"],
            "scope is not the same as in the authorize URL"
        );
    }
}

#[tokio::test]
async fn credentials_come_in_the_header_or_in_the_body() {
    let stage = Stage::new().await;
    let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
    let good = basic("2000000001:00112233445566778899aabbccddeeff");
    let in_body = "&client_id=2000000001&client_secret=00112233445566778899aabbccddeeff";
    let cases = [
        (Some(good.clone()), "", 200, ""),
        (None, in_body, 200, ""),
        (Some(good), in_body, 400, "invalid_request"),
        (None, "", 400, "invalid_request"),
        (Some(basic("2000000001:wrong")), "", 400, "invalid_client"),
        (
            None,
            "&client_id=2000000001&client_secret=wrong",
            400,
            "invalid_client",
        ),
        (Some("Bearer abc".into()), "", 400, "invalid_request"),
    ];
    for (header, credentials, status, error) in cases {
        let code = stage.code(SALON, ALL_SCOPES).await;
        let body = format!(
            "grant_type=authorization_code&code={code}&scope={ALL_SCOPES}\
             &redirect_uri=https%3A%2F%2Fexample.com%2Fattach%2Fcallback{credentials}"
        );
        let mut request = stage.form("/module/auth/v1/token", body);
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), status, "{credentials} {error}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error"].as_str().unwrap_or_default(), error);
    }
}

#[tokio::test]
async fn a_challenge_wants_its_verifier() {
    let stage = Stage::new().await;
    let verifier = "a".repeat(64);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let more = format!("&code_challenge={challenge}&code_challenge_method=S256");
    for (given, status) in [(verifier.as_str(), 200), (&"b".repeat(64), 400), ("", 400)] {
        let url = stage.authorize(ALL_SCOPES, &more);
        let redirect = stage.emulator.link(&url, SALON).await.unwrap();
        let code = parameter(&redirect, "code").unwrap();
        let body = format!(
            "grant_type=authorization_code&code={code}&scope={ALL_SCOPES}\
             &redirect_uri=https%3A%2F%2Fexample.com%2Fattach%2Fcallback&code_verifier={given}\
             &client_id=2000000001&client_secret=00112233445566778899aabbccddeeff"
        );
        let answer = stage
            .form("/module/auth/v1/token", body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), status);
    }
}

#[tokio::test]
async fn the_answer_can_have_the_shape_of_the_other_document() {
    let settings = Settings {
        attach_answer: AttachAnswer::ScopeString,
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200)).await;
    let code = stage.code(SALON, ALL_SCOPES).await;
    let answer: Value = stage
        .exchange(&code, ALL_SCOPES)
        .await
        .json()
        .await
        .unwrap();
    let scope = "message:send message:receive profile:read";
    assert_eq!(answer, json!({"bot_id": SALON, "scope": scope}));
}

#[tokio::test]
async fn the_attached_event_can_come_before_the_answer_twice_or_never() {
    let stage = async |attached_event| {
        let settings = Settings {
            attached_event,
            ..Settings::default()
        };
        let stage = Stage::with(settings, Receiver::Answers(200)).await;
        let code = stage.code(SALON, ALL_SCOPES).await;
        assert_eq!(stage.exchange(&code, ALL_SCOPES).await.status(), 200);
        stage
    };
    let mut before = stage(AttachedEvent::Before).await;
    assert!(!before.no_hook());

    let mut twice = stage(AttachedEvent::Twice).await;
    assert_eq!(twice.hook().await.body, twice.hook().await.body);

    let mut lost = stage(AttachedEvent::Lost).await;
    let user = lost.user("青木さくら").await;
    lost.emulator.user_says(SALON, &user, "a").await.unwrap();
    assert_eq!(lost.hook().await.json()["events"][0]["type"], "message");
}

#[tokio::test]
async fn without_the_scope_to_receive_there_are_no_webhooks() {
    let mut stage = Stage::new().await.attach("message%3Asend").await;
    let user = stage.user("青木さくら").await;
    let sent = stage.emulator.user_says(SALON, &user, "a").await.unwrap();
    assert!(sent.is_none() && stage.no_hook());
}
