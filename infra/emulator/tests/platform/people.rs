//! Users, groups and rooms.

use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, BOOKS, Stage, with_body};

const YOGA: &str = "U40d6a8f3b2e1497c8550ce7391fa6b2d";

async fn stage() -> Stage {
    Stage::new().await.attach_to(BOOKS, ALL_SCOPES).await
}

async fn call(stage: &Stage, method: &str, path: &str) -> (u16, Value) {
    let call = stage
        .call_for(BOOKS, method, &format!("/v2/bot/{path}"))
        .await;
    let answer = with_body(call, &Value::Null).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn room(stage: &Stage) -> String {
    let chats = stage.emulator.state().await.chats;
    let room = chats
        .into_iter()
        .find(|chat| chat.bot == BOOKS && chat.chat.starts_with('R'));
    room.unwrap().chat
}

#[tokio::test]
async fn a_group_tells_its_name_and_who_is_in_it() {
    let stage = stage().await;
    let group = stage.group(BOOKS).await;
    let expected = json!({"groupId": group, "groupName": "読書会"});
    assert_eq!(
        call(&stage, "GET", &format!("group/{group}/summary")).await,
        (200, expected)
    );
    let (_, count) = call(&stage, "GET", &format!("group/{group}/members/count")).await;
    assert_eq!(count, json!({"count": 3}));
    let (_, ids) = call(&stage, "GET", &format!("group/{group}/members/ids")).await;
    let one = ids["memberIds"][0].as_str().unwrap();
    let (status, member) = call(&stage, "GET", &format!("group/{group}/member/{one}")).await;
    assert_eq!((status, &member["userId"]), (200, &json!(one)));
    assert!(member.get("language").is_none());
    assert_eq!(
        call(&stage, "GET", &format!("group/{group}/member/LUnobody"))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn a_room_is_not_a_group() {
    let stage = stage().await;
    let room = room(&stage).await;
    assert_eq!(
        call(&stage, "GET", &format!("group/{room}/summary"))
            .await
            .0,
        404
    );
    let (_, count) = call(&stage, "GET", &format!("room/{room}/members/count")).await;
    assert_eq!(count, json!({"count": 2}));
    let (_, ids) = call(&stage, "GET", &format!("room/{room}/members/ids")).await;
    let one = ids["memberIds"][0].as_str().unwrap();
    assert_eq!(
        call(&stage, "GET", &format!("room/{room}/member/{one}"))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn who_joins_and_leaves_a_group_is_counted() {
    let stage = stage().await;
    let group = stage.group(BOOKS).await;
    let count = async || {
        call(&stage, "GET", &format!("group/{group}/members/count"))
            .await
            .1["count"]
            .clone()
    };
    let tell = async |event: Value| {
        let body = json!({"bot": BOOKS, "chat": group, "events": [event]});
        assert_eq!(stage.control("events", body).await.0, 200);
    };
    let members = json!({"members": [{"type": "user", "userId": "LUnew"}]});
    tell(json!({"type": "memberJoined", "joined": members})).await;
    assert_eq!(count().await, 4);
    tell(json!({"type": "memberLeft", "left": members})).await;
    assert_eq!(count().await, 3);
}

#[tokio::test]
async fn a_group_that_the_bot_leaves_is_gone_and_the_module_gets_an_event() {
    let mut stage = stage().await;
    let group = stage.group(BOOKS).await;
    assert_eq!(
        call(&stage, "POST", &format!("group/{group}/leave")).await,
        (200, json!({}))
    );
    let event = stage.hook().await.json()["events"][0].clone();
    assert_eq!(
        (&event["type"], &event["source"]["groupId"]),
        (&json!("leave"), &json!(group))
    );
    assert_eq!(
        call(&stage, "POST", &format!("group/{group}/leave"))
            .await
            .0,
        404
    );
    assert_eq!(
        call(&stage, "GET", &format!("group/{group}/summary"))
            .await
            .0,
        404
    );
    let room = room(&stage).await;
    assert_eq!(
        call(&stage, "POST", &format!("room/{room}/leave")).await.0,
        200
    );
}

#[tokio::test]
async fn friends_are_listed_page_by_page() {
    let stage = stage().await;
    let (status, first) = call(&stage, "GET", "followers/ids?limit=1").await;
    assert_eq!(
        (status, first["userIds"].as_array().unwrap().len()),
        (200, 1)
    );
    let next = first["next"].as_str().unwrap();
    let (_, second) = call(
        &stage,
        "GET",
        &format!("followers/ids?limit=1&start={next}"),
    )
    .await;
    assert!(second.get("next").is_none());
    assert_ne!(first["userIds"], second["userIds"]);
    assert_eq!(call(&stage, "GET", "followers/ids?limit=1001").await.0, 400);
    assert_eq!(call(&stage, "GET", "followers/ids?start=x").await.0, 400);
    let group = stage.group(BOOKS).await;
    let other = format!("group/{group}/members/ids?start={next}");
    assert_eq!(call(&stage, "GET", &other).await.0, 400);
}

#[tokio::test]
async fn an_account_that_line_has_not_checked_cannot_list_its_users() {
    let stage = Stage::new().await.attach_to(YOGA, ALL_SCOPES).await;
    let call = stage.call_for(YOGA, "GET", "/v2/bot/followers/ids").await;
    assert_eq!(call.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn who_is_in_a_group_is_given_only_with_the_scope_for_profiles() {
    let stage = Stage::new()
        .await
        .attach_to(BOOKS, "message%3Areceive")
        .await;
    let group = stage.group(BOOKS).await;
    assert_eq!(
        call(&stage, "GET", &format!("group/{group}/summary"))
            .await
            .0,
        403
    );
    assert_eq!(call(&stage, "GET", "followers/ids").await.0, 200);
}
