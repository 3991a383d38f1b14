//! The control interface.

use std::time::{Duration, Instant};

use emulator::Settings;
use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, Receiver, SALON, Stage};

const STRANGER: &str = "U00000000000000000000000000000001";

fn text(text: &str) -> Value {
    json!({"type": "message", "message": {"type": "text", "text": text}})
}

#[tokio::test]
async fn the_state_shows_channel_bots_users_and_chats() {
    let stage = Stage::attached().await;
    let state: Value = stage.get("/_emulator/state").await.json().await.unwrap();
    let channel = &state["channel"];
    assert_eq!(channel["channel_id"], "2000000001");
    assert_eq!(channel["bot_header"], "X-Emulated-Bot-Id");
    assert_eq!(channel["default_active"], true);
    let salon = &state["bots"][0];
    assert_eq!(salon["display_name"], "さくら美容室");
    assert_eq!(
        (&salon["region"], &salon["brand_type"]),
        (&json!("JP"), &json!("verified"))
    );
    assert_eq!(
        (&salon["status"], &salon["attached"]),
        (&json!("active"), &json!(true))
    );
    assert_eq!(state["users"].as_array().unwrap().len(), 12);
    let chats = state["chats"].as_array().unwrap();
    let of_salon = chats.iter().find(|chat| chat["bot"] == SALON).unwrap();
    assert_eq!(
        (&of_salon["holder"], &of_salon["expire_at"]),
        (&json!("module"), &Value::Null)
    );
    assert!(chats.iter().any(|chat| chat["holder"] == "primary"));
}

#[tokio::test]
async fn events_of_bots_and_chats_that_do_not_exist_are_filled_in_and_sent() {
    let mut stage = Stage::new().await;
    let events = json!([text("a"), {"type": "sunrise"}]);
    let request = json!({"bot": STRANGER, "chat": "C123", "events": events});
    let (status, delivery) = stage.control("events", request).await;
    assert_eq!((status, &delivery["status"]), (200, &json!(200)));
    let hook = stage.hook().await;
    assert_eq!(delivery["body"], hook.body.as_str());
    let body = hook.json();
    assert_eq!(body["destination"], STRANGER);
    let group = json!({"type": "group", "groupId": "C123"});
    assert_eq!(body["events"][0]["source"], group);
    assert!(body["events"][0]["replyToken"].is_string());
    assert_eq!(body["events"][1]["source"], group);
    assert!(body["events"][1].get("replyToken").is_none());
}

#[tokio::test]
async fn given_members_stay_null_ones_go_and_odd_events_pass() {
    let mut stage = Stage::new().await;
    let odd = json!({
        "type": "botSuspended",
        "timestamp": 1_616_390_574_119_i64,
        "webhookEventId": null,
        "deliveryContext": null,
    });
    let request = json!({"bot": STRANGER, "events": [odd, "no event at all", 5]});
    stage.control("events", request).await;
    let expected = json!([
        {"type": "botSuspended", "timestamp": 1_616_390_574_119_i64, "mode": "active"},
        "no event at all",
        5,
    ]);
    assert_eq!(stage.hook().await.json()["events"], expected);
}

#[tokio::test]
async fn a_thousand_invented_chats_can_write_and_be_answered() {
    let stage = Stage::attached().await;
    let events: Vec<Value> = (0..1000)
        .map(|number| {
            let mut event = text("a");
            event["source"] = json!({"type": "user", "userId": format!("user-{number}")});
            event
        })
        .collect();
    let (status, delivery) = stage
        .control("events", json!({"bot": SALON, "events": events}))
        .await;
    assert_eq!(status, 200);
    assert_eq!(delivery["event_ids"].as_array().unwrap().len(), 1000);
    assert_eq!(stage.push("user-999", "b").await.status(), 200);
}

#[tokio::test]
async fn a_held_webhook_is_not_sent_but_its_reply_token_works() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let request = json!({"bot": SALON, "chat": user, "events": [text("a")], "deliver": "hold"});
    let (status, held) = stage.control("events", request).await;
    assert_eq!(status, 200);
    assert!(stage.no_hook());
    assert!(held["signature"].is_string());
    let body: Value = serde_json::from_str(held["body"].as_str().unwrap()).unwrap();
    let token = body["events"][0]["replyToken"].as_str().unwrap();
    assert_eq!(stage.reply(token, "b").await.status(), 200);
}

#[tokio::test]
async fn copies_delays_and_signatures_are_as_asked() {
    let settings = Settings {
        previous_secret: Some("before".into()),
        ..Settings::default()
    };
    let mut stage = Stage::with(settings, Receiver::Answers(200)).await;
    let send = async |deliver: Value| {
        let request =
            json!({"bot": STRANGER, "chat": "a", "events": [text("a")], "deliver": deliver});
        stage.control("events", request).await
    };
    let started = Instant::now();
    send(json!({"copies": 2, "delay_ms": 60})).await;
    assert!(started.elapsed() >= Duration::from_millis(60));
    send(json!({"signature": "none"})).await;
    let (_, bad) = send(json!({"signature": "bad"})).await;
    let (_, previous) = send(json!({"signature": "previous"})).await;
    let (status, wrong) = send(json!({"signature": "late"})).await;
    assert_eq!(status, 400);
    assert!(
        wrong["message"]
            .as_str()
            .unwrap()
            .contains("\"good\", \"bad\"")
    );
    assert_ne!(bad["signature"], previous["signature"]);

    assert_eq!(stage.hook().await.body, stage.hook().await.body);
    assert!(stage.hook().await.headers.get("x-line-signature").is_none());
    assert_eq!(
        stage.hook().await.headers["x-line-signature"],
        bad["signature"].as_str().unwrap()
    );
}

#[tokio::test]
async fn a_redelivery_differs_only_in_its_mark() {
    let mut stage = Stage::new().await;
    let request = json!({"bot": STRANGER, "chat": "a", "events": [text("a")]});
    let (_, first) = stage.control("events", request).await;
    let (status, second) = stage
        .control("redeliver", json!({"delivery": first["number"]}))
        .await;
    assert_eq!((status, &second["redelivery"]), (200, &json!(true)));
    assert_eq!(first["event_ids"], second["event_ids"]);
    let (mut one, two) = (stage.hook().await.json(), stage.hook().await.json());
    one["events"][0]["deliveryContext"]["isRedelivery"] = true.into();
    assert_eq!(one, two);
    let (status, _) = stage.control("redeliver", json!({"delivery": 99})).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn calls_and_deliveries_are_numbered_and_show_no_credentials() {
    let stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    stage.push(&user, "a").await;
    let answer: Value = stage.get("/_emulator/calls").await.json().await.unwrap();
    let calls = answer["calls"].as_array().unwrap();
    let paths: Vec<&str> = calls
        .iter()
        .map(|call| call["path"].as_str().unwrap())
        .collect();
    let expected = [
        "/module/auth/v1/token",
        "/oauth2/v3/token",
        "/v2/bot/message/push",
    ];
    assert_eq!(paths, expected);
    let push = &calls[2];
    assert_eq!((&push["number"], &push["status"]), (&json!(3), &json!(200)));
    assert_eq!((&push["bot"], &push["chat"]), (&json!(SALON), &json!(user)));
    assert_eq!(push["request"]["messages"][0]["text"], "a");
    assert!(push["response"]["sentMessages"][0]["id"].is_string());
    let text = serde_json::to_string(&calls).unwrap();
    assert!(!text.contains(&stage.emulator.settings().channel_secret));
    let masked = push["headers"]["authorization"].as_str().unwrap();
    assert!(masked.starts_with("Bearer …") && masked.len() < 20);

    let later: Value = stage
        .get("/_emulator/calls?since=2")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(later["calls"].as_array().unwrap().len(), 1);
    let sent: Value = stage
        .get("/_emulator/deliveries?since=1")
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(sent, json!({"deliveries": []}));
    assert_eq!(stage.get("/_emulator/calls?since=x").await.status(), 400);
}

#[tokio::test]
async fn faults_hit_the_next_calls_that_match() {
    let stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let fault = |kind: &str| json!({"match": "POST /v2/bot/message/push", "times": 1, "do": kind});
    let faults: Vec<Value> = ["500", "429-rate", "429-month", "423"].map(fault).into();
    let (status, _) = stage.control("faults", faults.into()).await;
    assert_eq!(status, 200);
    let mut seen = Vec::new();
    for _ in 0..5 {
        let answer = stage.push(&user, "a").await;
        seen.push((answer.status().as_u16(), answer.text().await.unwrap()));
    }
    let statuses: Vec<u16> = seen.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [500, 429, 429, 423, 200]);
    assert!(seen[1].1.contains("rate limit") && seen[2].1.contains("monthly limit"));
    assert_eq!(stage.emulator.conversation(SALON, &user).await.len(), 1);

    let (status, wrong) = stage.control("faults", json!([fault("explode")])).await;
    assert_eq!(status, 400);
    assert!(
        wrong["message"]
            .as_str()
            .unwrap()
            .contains("timeout-after-accept")
    );
}

#[tokio::test]
async fn a_call_that_times_out_after_it_was_accepted_is_done_all_the_same() {
    let settings = Settings {
        hold_ms: 100,
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200))
        .await
        .attach(ALL_SCOPES)
        .await;
    let user = stage.user("青木さくら").await;
    let fault = |kind: &str| json!([{"match": "POST /v2/bot/message/push", "do": kind}]);
    stage.control("faults", fault("timeout-after-accept")).await;
    let body = json!({"to": user, "messages": [{"type": "text", "text": "a"}]});
    let push = async || {
        let call = stage.call("POST", "/v2/bot/message/push").await;
        call.header("x-line-retry-key", "123e4567-e89b-12d3-a456-426614174000")
            .json(&body)
    };
    let timed_out = push().await.timeout(Duration::from_millis(50)).send().await;
    assert!(timed_out.unwrap_err().is_timeout());
    assert_eq!(stage.emulator.conversation(SALON, &user).await.len(), 1);
    assert_eq!(push().await.send().await.unwrap().status(), 409);

    stage.control("faults", fault("delay:80")).await;
    let started = Instant::now();
    assert_eq!(stage.push(&user, "b").await.status(), 200);
    assert!(started.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn a_wrong_request_is_answered_with_a_sentence() {
    let stage = Stage::new().await;
    let cases = [
        ("events", json!({"events": []}), "missing field `bot`"),
        (
            "events",
            json!({"bot": "U", "event": []}),
            "unknown field `event`",
        ),
        ("clock", json!({"advance_s": -1}), "the body cannot be used"),
        ("bots/U1/suspend", Value::Null, "there is no account \"U1\""),
        (
            &format!("bots/{SALON}/explode"),
            Value::Null,
            "suspend, resume and delete",
        ),
        (
            &format!("chats/{SALON}/a/hug"),
            Value::Null,
            "take, give, block and unblock",
        ),
    ];
    for (path, body, expected) in cases {
        let (status, answer) = stage.control(path, body).await;
        assert_eq!(status, 400, "{path}");
        assert!(
            answer["message"].as_str().unwrap().contains(expected),
            "{answer}"
        );
    }
    assert_eq!(stage.get("/_emulator/nothing").await.status(), 404);
}

#[tokio::test]
async fn a_page_of_another_site_is_refused() {
    let stage = Stage::new().await;
    let url = format!("{}/_emulator/bots/{SALON}/delete", stage.address);
    let request = stage
        .client
        .post(url)
        .header("origin", "https://example.com");
    assert_eq!(request.send().await.unwrap().status(), 403);
}
