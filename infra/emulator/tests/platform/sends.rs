//! Multicast, narrowcast and broadcast; the quota; what is counted of them.

use emulator::Settings;
use reqwest::Response;
use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, BOOKS, Receiver, SALON, Stage};

const KEY: &str = "123e4567-e89b-12d3-a456-426614174000";
const DAY: u64 = 86_400;

fn texts(text: &str) -> Value {
    json!([{"type": "text", "text": text}])
}

async fn send(stage: &Stage, means: &str, body: Value) -> Response {
    let call = stage
        .call("POST", &format!("/v2/bot/message/{means}"))
        .await;
    call.json(&body).send().await.unwrap()
}

async fn get(stage: &Stage, path: &str) -> Value {
    let answer = stage.call("GET", path).await.send().await.unwrap();
    answer.json().await.unwrap()
}

async fn limited(limit: u64) -> Stage {
    let settings = Settings {
        monthly_limit: Some(limit),
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200)).await;
    stage.attach(ALL_SCOPES).await
}

async fn said(stage: &Stage, name: &str) -> usize {
    let user = stage.user(name).await;
    stage.emulator.conversation(SALON, &user).await.len()
}

#[tokio::test]
async fn a_multicast_reaches_the_users_that_it_names() {
    let stage = Stage::attached().await;
    let (one, two) = (stage.user("青木さくら").await, stage.user("林小明").await);
    let body = json!({"to": [one, two, "LUnobody"], "messages": texts("a")});
    let answer = send(&stage, "multicast", body).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({}));
    assert_eq!(
        (
            said(&stage, "青木さくら").await,
            said(&stage, "林小明").await
        ),
        (1, 1)
    );
    assert_eq!(stage.emulator.state().await.quotas[0].used, 2);
}

#[tokio::test]
async fn a_multicast_names_1_to_500_users_and_no_group() {
    let stage = Stage::attached().await;
    let cases = [
        (json!([]), "to"),
        (json!(vec!["LUa"; 501]), "to"),
        (json!(["Ca56f94637cc4347f90a25382909b24b9"]), "to[0]"),
        (json!("LUa"), "to"),
    ];
    for (to, property) in cases {
        let answer = send(
            &stage,
            "multicast",
            json!({"to": to, "messages": texts("a")}),
        )
        .await;
        assert_eq!(answer.status(), 400);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["details"][0]["property"], property);
    }
}

#[tokio::test]
async fn a_broadcast_reaches_all_friends_who_do_not_block_the_account() {
    let stage = Stage::attached().await;
    let blocker = stage.user("林小明").await;
    stage.emulator.block(SALON, &blocker).await.unwrap();
    let before = said(&stage, "林小明").await;
    assert_eq!(
        send(&stage, "broadcast", json!({"messages": texts("a")}))
            .await
            .status(),
        200
    );
    assert_eq!(said(&stage, "青木さくら").await, 1);
    assert_eq!(said(&stage, "林小明").await, before);
    assert_eq!(said(&stage, "Aki").await, 0);
}

#[tokio::test]
async fn a_broadcast_with_a_used_retry_key_is_not_sent_again() {
    let stage = Stage::attached().await;
    let call = async || {
        let call = stage
            .call("POST", "/v2/bot/message/broadcast")
            .await
            .header("x-line-retry-key", KEY);
        call.json(&json!({"messages": texts("a")}))
            .send()
            .await
            .unwrap()
    };
    let first = call().await;
    let second = call().await;
    assert_eq!(
        (first.status().as_u16(), second.status().as_u16()),
        (200, 409)
    );
    let id = &first.headers()["x-line-request-id"];
    assert_eq!(&second.headers()["x-line-accepted-request-id"], id);
    let body: Value = second.json().await.unwrap();
    assert_eq!(
        body,
        json!({"message": "The retry key is already accepted"})
    );
    assert_eq!(said(&stage, "青木さくら").await, 1);
}

#[tokio::test]
async fn a_narrowcast_is_sent_a_moment_after_it_was_taken_on() {
    let stage = Stage::attached().await;
    let answer = send(&stage, "narrowcast", json!({"messages": texts("a")})).await;
    assert_eq!(answer.status(), 202);
    let id = answer.headers()["x-line-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    let progress = format!("/v2/bot/message/progress/narrowcast?requestId={id}");
    assert_eq!(get(&stage, &progress).await["phase"], "waiting");
    assert_eq!(said(&stage, "青木さくら").await, 0);
    stage.control("clock", json!({"advance_s": 2})).await;
    let done = get(&stage, &progress).await;
    assert_eq!(
        (&done["phase"], &done["successCount"]),
        (&json!("succeeded"), &json!(2))
    );
    assert_eq!(
        (&done["targetCount"], &done["failureCount"]),
        (&json!(2), &json!(0))
    );
    assert!(done["completedTime"].as_str().unwrap().ends_with('Z'));
    assert_eq!(said(&stage, "青木さくら").await, 1);
    assert_eq!(
        get(&stage, "/v2/bot/message/progress/narrowcast?requestId=x").await["message"],
        "Not found"
    );
}

#[tokio::test]
async fn a_narrowcast_goes_to_the_audience_and_people_that_it_describes() {
    let stage = Stage::attached().await;
    let one = stage.user("青木さくら").await;
    let call = stage.call("POST", "/v2/bot/audienceGroup/upload").await;
    let body = json!({"description": "VIP", "audiences": [{"id": one}]});
    let audience: Value = call.json(&body).send().await.unwrap().json().await.unwrap();
    let id = &audience["audienceGroupId"];
    let vip = json!({"type": "audience", "audienceGroupId": id});
    let not_ready = json!({"messages": texts("a"), "recipient": vip});
    assert_eq!(send(&stage, "narrowcast", not_ready).await.status(), 400);
    stage.control("clock", json!({"advance_s": 2})).await;
    let others = json!({"type": "operator", "not": vip});
    let body = json!({"messages": texts("a"), "recipient": others});
    assert_eq!(send(&stage, "narrowcast", body).await.status(), 202);
    let women = json!({"demographic": {"type": "gender", "oneOf": ["female"]}});
    let body = json!({"messages": texts("a"), "recipient": vip, "filter": women});
    assert_eq!(send(&stage, "narrowcast", body).await.status(), 202);
    stage.control("clock", json!({"advance_s": 2})).await;
    stage.emulator.state().await;
    assert_eq!(
        (
            said(&stage, "青木さくら").await,
            said(&stage, "林小明").await
        ),
        (1, 1)
    );
    let body = json!({"messages": texts("a"), "recipient": {"type": "operator"}});
    let answer: Value = send(&stage, "narrowcast", body).await.json().await.unwrap();
    assert_eq!(answer["details"][0]["property"], "recipient");
}

#[tokio::test]
async fn a_narrowcast_to_too_few_fails_later() {
    let settings = Settings {
        narrowcast_least_recipients: 50,
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200))
        .await
        .attach(ALL_SCOPES)
        .await;
    let answer = send(&stage, "narrowcast", json!({"messages": texts("a")})).await;
    let id = answer.headers()["x-line-request-id"]
        .to_str()
        .unwrap()
        .to_owned();
    stage.control("clock", json!({"advance_s": 2})).await;
    let progress = get(
        &stage,
        &format!("/v2/bot/message/progress/narrowcast?requestId={id}"),
    )
    .await;
    assert_eq!(
        (&progress["phase"], &progress["errorCode"]),
        (&json!("failed"), &json!(2))
    );
    assert_eq!(said(&stage, "青木さくら").await, 0);
}

#[tokio::test]
async fn a_narrowcast_under_way_keeps_its_part_of_the_quota() {
    let stage = limited(3).await;
    assert_eq!(
        send(&stage, "narrowcast", json!({"messages": texts("a")}))
            .await
            .status(),
        202
    );
    let user = stage.user("青木さくら").await;
    assert_eq!(stage.push(&user, "a").await.status(), 200);
    let refused = stage.push(&user, "b").await;
    assert_eq!(refused.status(), 429);
    let usage = "/v2/bot/message/quota/consumption";
    assert_eq!(get(&stage, usage).await, json!({"totalUsage": 1}));
    assert_eq!(stage.emulator.state().await.quotas[0].reserved, 2);
    stage.control("clock", json!({"advance_s": 2})).await;
    assert_eq!(get(&stage, usage).await, json!({"totalUsage": 3}));
    assert_eq!(
        get(&stage, "/v2/bot/message/quota").await,
        json!({"type": "limited", "value": 3})
    );
}

#[tokio::test]
async fn a_send_to_more_people_than_the_quota_has_is_refused_as_a_whole() {
    let stage = limited(1).await;
    let answer = send(&stage, "broadcast", json!({"messages": texts("a")})).await;
    assert_eq!(answer.status(), 429);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["message"], "You have reached your monthly limit.");
    assert_eq!(said(&stage, "青木さくら").await, 0);
    let (status, _) = stage
        .control(&format!("bots/{SALON}/quota"), json!({"limit": 2}))
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        send(&stage, "broadcast", json!({"messages": texts("a")}))
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn without_a_limit_the_quota_says_so() {
    let stage = Stage::attached().await;
    assert_eq!(
        get(&stage, "/v2/bot/message/quota").await,
        json!({"type": "none"})
    );
}

#[tokio::test]
async fn quota_or_retry_key_first_is_a_setting() {
    for (first, expected) in [(false, 429), (true, 409)] {
        let stage = limited(1).await;
        let changes = json!({"retry_key_before_quota": first});
        assert_eq!(stage.control("settings", changes).await.0, 200);
        let user = stage.user("青木さくら").await;
        let push = async || {
            let call = stage
                .call("POST", "/v2/bot/message/push")
                .await
                .header("x-line-retry-key", KEY);
            let body = json!({"to": user, "messages": texts("a")});
            call.json(&body).send().await.unwrap().status().as_u16()
        };
        assert_eq!((push().await, push().await), (200, expected));
    }
}

#[tokio::test]
async fn a_push_into_a_group_counts_its_members() {
    let stage = Stage::new().await.attach_to(BOOKS, ALL_SCOPES).await;
    let group = stage.group(BOOKS).await;
    let body = json!({"to": group, "messages": texts("a")});
    let call = stage.call_for(BOOKS, "POST", "/v2/bot/message/push").await;
    assert_eq!(call.json(&body).send().await.unwrap().status(), 200);
    let quotas = stage.emulator.state().await.quotas;
    let quota = quotas.iter().find(|quota| quota.bot == BOOKS).unwrap();
    assert_eq!(quota.used, 3);
}

#[tokio::test]
async fn messages_can_be_tried_without_being_sent() {
    let stage = Stage::attached().await;
    for means in ["reply", "push", "multicast", "narrowcast", "broadcast"] {
        let path = format!("validate/{means}");
        assert_eq!(
            send(&stage, &path, json!({"messages": texts("a")}))
                .await
                .status(),
            200
        );
        assert_eq!(
            send(&stage, &path, json!({"messages": texts("")}))
                .await
                .status(),
            400
        );
    }
    assert_eq!(said(&stage, "青木さくら").await, 0);
}

#[tokio::test]
async fn what_was_sent_on_a_day_is_counted_on_the_next() {
    let stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    stage.push(&user, "a").await;
    stage.push(&user, "b").await;
    send(&stage, "broadcast", json!({"messages": texts("a")})).await;
    let today = stage.date().await;
    let push = format!("/v2/bot/message/delivery/push?date={today}");
    assert_eq!(get(&stage, &push).await, json!({"status": "unready"}));
    stage.control("clock", json!({"advance_s": DAY})).await;
    assert_eq!(
        get(&stage, &push).await,
        json!({"status": "ready", "success": 2})
    );
    let count = async |means: &str| {
        get(
            &stage,
            &format!("/v2/bot/message/delivery/{means}?date={today}"),
        )
        .await["success"]
            .clone()
    };
    assert_eq!(
        (count("broadcast").await, count("multicast").await),
        (json!(2), json!(0))
    );
    let old = get(&stage, "/v2/bot/message/delivery/reply?date=20180101").await;
    assert_eq!(old, json!({"status": "out_of_service"}));
    let wrong = stage
        .call("GET", "/v2/bot/message/delivery/push?date=tomorrow")
        .await;
    assert_eq!(wrong.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn units_are_counted_by_account_and_month_up_to_a_thousand() {
    let stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let push = async |unit: &str| {
        let body = json!({"to": user, "messages": texts("a"), "customAggregationUnits": [unit]});
        send(&stage, "push", body).await.status().as_u16()
    };
    assert_eq!(
        (
            push("spring_sale").await,
            push("spring_sale").await,
            push("Spring_sale").await
        ),
        (200, 200, 200)
    );
    assert_eq!(
        (push("spring sale").await, push(&"a".repeat(31)).await),
        (400, 400)
    );
    let info = "/v2/bot/message/aggregation/info";
    assert_eq!(
        get(&stage, info).await,
        json!({"numOfCustomAggregationUnits": 2})
    );
    let list = get(&stage, "/v2/bot/message/aggregation/list?limit=1").await;
    assert_eq!(list["customAggregationUnits"], json!(["spring_sale"]));
    let next = list["next"].as_str().unwrap();
    let list = get(
        &stage,
        &format!("/v2/bot/message/aggregation/list?start={next}"),
    )
    .await;
    assert_eq!(list, json!({"customAggregationUnits": ["Spring_sale"]}));
    for number in 0..998 {
        push(&format!("unit_{number}")).await;
    }
    assert_eq!(push("one_too_many").await, 200);
    assert_eq!(
        get(&stage, info).await,
        json!({"numOfCustomAggregationUnits": 1000})
    );
    stage.control("clock", json!({"advance_s": 31 * DAY})).await;
    assert_eq!(
        get(&stage, info).await,
        json!({"numOfCustomAggregationUnits": 0})
    );
}

#[tokio::test]
async fn a_multicast_into_a_chat_that_another_channel_holds_is_refused() {
    let stage = Stage::attached().await;
    let (one, two) = (stage.user("青木さくら").await, stage.user("林小明").await);
    stage.emulator.take(SALON, &two).await.unwrap();
    let body = json!({"to": [one, two], "messages": texts("a")});
    assert_eq!(send(&stage, "multicast", body).await.status(), 403);
    assert_eq!(said(&stage, "青木さくら").await, 0);
}

#[tokio::test]
async fn a_notification_message_finds_its_user_by_the_hash_of_the_phone_number() {
    let mut stage = Stage::attached()
        .await
        .attach("message%3Areceive%20message%3Atemplated_pnp")
        .await;
    let hash = sha256("+818000001234");
    let tag = "order-2026-000123";
    let push = async |path: &str, body: Value| {
        let call = stage
            .call("POST", path)
            .await
            .header("x-line-delivery-tag", tag);
        call.json(&body).send().await.unwrap().status().as_u16()
    };
    let body = json!({"to": hash, "messages": texts("shipped")});
    assert_eq!(push("/bot/pnp/push", body).await, 200);
    let nobody = json!({"to": sha256("+810000000000"), "messages": texts("a")});
    assert_eq!(push("/bot/pnp/push", nobody).await, 422);
    let body = json!({"to": hash, "templateKey": "shipment_completed_ja", "body": {"items": []}});
    assert_eq!(push("/v2/bot/message/pnp/templated/push", body).await, 200);
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(
        (&event["type"], &event["delivery"]["data"]),
        (&json!("delivery"), &json!(tag))
    );
    assert!(event.get("source").is_none());
    let today = stage.date().await;
    stage.control("clock", json!({"advance_s": DAY})).await;
    let one = json!({"status": "ready", "success": 1});
    for path in ["pnp", "pnp/templated"] {
        assert_eq!(
            get(
                &stage,
                &format!("/v2/bot/message/delivery/{path}?date={today}")
            )
            .await,
            one
        );
    }
}

fn sha256(text: &str) -> String {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(text);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
