//! Coupons, memberships, small signs to users, and the webhook's own settings.

use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, BOOKS, SALON, Stage, with_body};

async fn call(stage: &Stage, method: &str, path: &str, body: Value) -> (u16, Value) {
    call_for(stage, SALON, method, path, body).await
}

async fn call_for(stage: &Stage, bot: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
    let request = stage
        .call_for(bot, method, &format!("/v2/bot/{path}"))
        .await;
    let answer = with_body(request, &body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn coupon(stage: &Stage) -> Value {
    let now = stage.emulator.state().await.clock.now / 1000;
    json!({
        "title": "A free cut", "visibility": "PUBLIC", "timezone": "ASIA_TOKYO",
        "acquisitionCondition": {"type": "normal"}, "maxUseCountPerTicket": 1,
        "startTimestamp": now, "endTimestamp": now + 86_400, "reward": {"type": "free"},
    })
}

#[tokio::test]
async fn a_coupon_is_made_sent_and_closed() {
    let stage = Stage::new()
        .await
        .attach("message%3Asend%20message%3Areceive%20coupon%3Amanage")
        .await;
    let (status, made) = call(&stage, "POST", "coupon", coupon(&stage).await).await;
    assert_eq!(status, 200);
    let id = made["couponId"].as_str().unwrap();
    let path = format!("coupon/{id}");
    let (_, shown) = call(&stage, "GET", &path, Value::Null).await;
    assert_eq!(
        (&shown["status"], &shown["title"]),
        (&json!("RUNNING"), &json!("A free cut"))
    );
    let message = json!({"to": stage.user("青木さくら").await, "messages": [{"type": "coupon", "couponId": id}]});
    assert_eq!(
        call(&stage, "POST", "message/push", message.clone())
            .await
            .0,
        200
    );
    assert_eq!(
        call(&stage, "PUT", &format!("{path}/close"), Value::Null)
            .await
            .0,
        200
    );
    assert_eq!(
        call(&stage, "PUT", &format!("{path}/close"), Value::Null)
            .await
            .0,
        410
    );
    let (status, refused) = call(&stage, "POST", "message/push", message).await;
    assert_eq!(
        (status, &refused["details"][0]["property"]),
        (400, &json!("messages[0].couponId"))
    );
    let listed = async |query: &str| {
        call(&stage, "GET", &format!("coupon?{query}"), Value::Null)
            .await
            .1["items"]
            .clone()
    };
    assert_eq!(
        listed("status=CLOSED").await,
        json!([{"couponId": id, "title": "A free cut"}])
    );
    assert_eq!(listed("status=RUNNING").await, json!([]));
    assert_eq!(call(&stage, "GET", "coupon/01x", Value::Null).await.0, 404);
}

#[tokio::test]
async fn errors_of_a_wrong_coupon_are_reported_and_coupons_need_their_scope() {
    let stage = Stage::new()
        .await
        .attach("message%3Areceive%20coupon%3Amanage")
        .await;
    let mut wrong = coupon(&stage).await;
    wrong["maxUseCountPerTicket"] = 2.into();
    wrong["endTimestamp"] = wrong["startTimestamp"].clone();
    let (status, answer) = call(&stage, "POST", "coupon", wrong).await;
    let details = answer["details"].as_array().unwrap();
    let places: Vec<&str> = details
        .iter()
        .map(|d| d["property"].as_str().unwrap())
        .collect();
    assert_eq!(
        (status, places),
        (400, vec!["maxUseCountPerTicket", "endTimestamp"])
    );
    let without = Stage::attached().await;
    assert_eq!(call(&without, "GET", "coupon", Value::Null).await.0, 403);
    let user = without.user("青木さくら").await;
    let message = json!({"to": user, "messages": [{"type": "coupon", "couponId": "01x"}]});
    assert_eq!(call(&without, "POST", "message/push", message).await.0, 403);
}

#[tokio::test]
async fn a_coupon_that_is_over_is_closed() {
    let stage = Stage::new()
        .await
        .attach("message%3Areceive%20coupon%3Amanage")
        .await;
    let (_, made) = call(&stage, "POST", "coupon", coupon(&stage).await).await;
    stage.control("clock", json!({"advance_s": 86_401})).await;
    let path = format!("coupon/{}", made["couponId"].as_str().unwrap());
    assert_eq!(
        call(&stage, "GET", &path, Value::Null).await.1["status"],
        "CLOSED"
    );
}

#[tokio::test]
async fn who_joins_a_membership_plan_is_listed_among_its_members() {
    let stage = Stage::new().await.attach_to(BOOKS, ALL_SCOPES).await;
    let (status, plans) = call_for(&stage, BOOKS, "GET", "membership/list", Value::Null).await;
    assert_eq!(
        (status, &plans["memberships"][0]["memberCount"]),
        (200, &json!(0))
    );
    let users = stage.emulator.state().await.users;
    let user = users
        .iter()
        .find(|user| user.bot == BOOKS)
        .unwrap()
        .user_id
        .clone();
    let subscription = format!("membership/subscription/{user}");
    assert_eq!(
        call_for(&stage, BOOKS, "GET", &subscription, Value::Null)
            .await
            .0,
        404
    );
    let joined =
        json!({"type": "membership", "membership": {"type": "joined", "membershipId": 3189}});
    stage
        .control(
            "events",
            json!({"bot": BOOKS, "chat": user, "events": [joined]}),
        )
        .await;
    let (_, answer) = call_for(&stage, BOOKS, "GET", &subscription, Value::Null).await;
    let own = &answer["subscriptions"][0];
    assert_eq!(
        (
            &own["membership"]["membershipId"],
            &own["user"]["membershipNo"]
        ),
        (&json!(3189), &json!(1))
    );
    assert_eq!(own["user"]["totalSubscriptionMonths"], 1);
    let (_, ids) = call_for(
        &stage,
        BOOKS,
        "GET",
        "membership/3189/users/ids",
        Value::Null,
    )
    .await;
    assert_eq!(ids, json!({"userIds": [user]}));
    assert_eq!(
        call_for(&stage, BOOKS, "GET", "membership/1/users/ids", Value::Null)
            .await
            .0,
        404
    );
    assert_eq!(
        call_for(
            &stage,
            BOOKS,
            "GET",
            "membership/subscription/LUx",
            Value::Null
        )
        .await
        .0,
        400
    );
    let left = json!({"type": "membership", "membership": {"type": "left", "membershipId": 3189}});
    stage
        .control(
            "events",
            json!({"bot": BOOKS, "chat": user, "events": [left]}),
        )
        .await;
    assert_eq!(
        call_for(&stage, BOOKS, "GET", &subscription, Value::Null)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn an_account_without_plans_has_no_list_until_it_gets_one() {
    let stage = Stage::attached().await;
    assert_eq!(
        call(&stage, "GET", "membership/list", Value::Null).await.0,
        404
    );
    let plan =
        json!({"id": 7, "title": "Gold", "benefits": ["a cut"], "price": 3000, "currency": "JPY"});
    assert_eq!(
        stage
            .control(&format!("bots/{SALON}/memberships"), plan)
            .await
            .0,
        200
    );
    assert_eq!(
        call(&stage, "GET", "membership/list", Value::Null).await.1["memberships"][0]["membershipId"],
        7
    );
}

#[tokio::test]
async fn the_loading_animation_is_for_one_user_and_5_to_60_seconds() {
    let stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let start = async |body: Value| call(&stage, "POST", "chat/loading/start", body).await;
    assert_eq!(
        start(json!({"chatId": user, "loadingSeconds": 5})).await,
        (202, json!({}))
    );
    let shown = async || {
        let chats = stage.emulator.state().await.chats;
        let chat = chats.into_iter().find(|chat| chat.chat == user);
        chat.unwrap().loading_until.is_some()
    };
    assert!(shown().await);
    stage.control("clock", json!({"advance_s": 6})).await;
    assert!(!shown().await);
    assert_eq!(start(json!({"chatId": user})).await.0, 202);
    assert_eq!(
        start(json!({"chatId": user, "loadingSeconds": 61})).await.0,
        400
    );
    assert_eq!(
        start(json!({"chatId": "C8d3f61b0a9e2475bb1c7e5f04a6d92e3"}))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn a_chat_is_marked_as_read_by_the_token_of_its_message_or_by_its_user() {
    let mut stage = Stage::new()
        .await
        .attach("message%3Asend%20message%3Areceive%20message%3Amark_as_read")
        .await;
    let user = stage.user("青木さくら").await;
    stage.emulator.user_says(SALON, &user, "a").await.unwrap();
    let token = stage.hook().await.json()["events"][0]["message"]["markAsReadToken"].clone();
    let read_at = async || {
        let chats = stage.emulator.state().await.chats;
        chats.iter().find(|chat| chat.chat == user).unwrap().read_at
    };
    assert_eq!(read_at().await, None);
    assert_eq!(
        call(
            &stage,
            "POST",
            "chat/markAsRead",
            json!({"markAsReadToken": "x"})
        )
        .await
        .0,
        400
    );
    assert_eq!(
        call(
            &stage,
            "POST",
            "chat/markAsRead",
            json!({"markAsReadToken": token})
        )
        .await
        .0,
        200
    );
    let first = read_at().await.unwrap();
    stage.control("clock", json!({"advance_s": 60})).await;
    let body = json!({"chat": {"userId": user}});
    assert_eq!(
        call(&stage, "POST", "message/markAsRead", body).await.0,
        200
    );
    assert!(read_at().await.unwrap() > first);
    let body = json!({"chat": {"userId": "LUnobody"}});
    assert_eq!(
        call(&stage, "POST", "message/markAsRead", body).await.0,
        400
    );
}

#[tokio::test]
async fn a_link_token_links_one_user_once() {
    let mut stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let (status, answer) = call(
        &stage,
        "POST",
        &format!("user/{user}/linkToken"),
        Value::Null,
    )
    .await;
    assert_eq!(status, 200);
    let link = json!({"link_token": answer["linkToken"], "nonce": "abc"});
    let path = format!("bots/{SALON}/account-link");
    assert_eq!(stage.control(&path, link.clone()).await.0, 200);
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(event["link"], json!({"result": "ok", "nonce": "abc"}));
    assert_eq!(event["source"]["userId"], user);
    assert!(event["replyToken"].is_string());
    stage.control(&path, link).await;
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(event["link"]["result"], "failed");
    assert!(event.get("source").is_none() && event.get("replyToken").is_none());
    assert_eq!(
        call(&stage, "POST", "user/LUnobody/linkToken", Value::Null)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn the_webhook_is_looked_at_tried_and_set() {
    let mut stage = Stage::attached().await;
    let url = stage.emulator.settings().webhook_url.unwrap();
    let (_, answer) = call(&stage, "GET", "channel/webhook/endpoint", Value::Null).await;
    assert_eq!(answer, json!({"endpoint": url, "active": true}));
    let (status, tried) = call(&stage, "POST", "channel/webhook/test", Value::Null).await;
    assert_eq!(
        (status, &tried["success"], &tried["statusCode"]),
        (200, &json!(true), &json!(200))
    );
    let hook = stage.hook().await;
    assert_eq!(hook.json(), json!({"destination": SALON, "events": []}));
    assert!(hook.headers.contains_key("x-line-signature"));
    let away = json!({"endpoint": "http://127.0.0.1:9/webhook"});
    let (_, tried) = call(&stage, "POST", "channel/webhook/test", away.clone()).await;
    assert_eq!(
        (&tried["success"], &tried["reason"]),
        (&json!(false), &json!("COULD_NOT_CONNECT"))
    );
    assert_eq!(
        call(&stage, "PUT", "channel/webhook/endpoint", away)
            .await
            .0,
        200
    );
    assert_eq!(
        stage.emulator.settings().webhook_url.unwrap(),
        "http://127.0.0.1:9/webhook"
    );
    let wrong = json!({"endpoint": "ftp://example.com"});
    assert_eq!(
        call(&stage, "PUT", "channel/webhook/endpoint", wrong)
            .await
            .0,
        400
    );
    assert!(
        stage
            .emulator
            .deliveries(0)
            .await
            .iter()
            .all(|delivery| !delivery.event_ids.is_empty())
    );
}

#[tokio::test]
async fn no_other_endpoint_takes_a_retry_key() {
    let stage = Stage::attached().await;
    for (method, path) in [
        ("GET", "/v2/bot/info"),
        ("GET", "/v2/bot/list"),
        ("POST", "/v2/bot/richmenu"),
    ] {
        let call = with_body(stage.call(method, path).await, &Value::Null)
            .header("x-line-retry-key", "123e4567-e89b-12d3-a456-426614174000");
        assert_eq!(call.send().await.unwrap().status(), 400, "{path}");
    }
}
