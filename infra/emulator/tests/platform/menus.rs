//! Rich menus: made, shown to users, and taken away.

use reqwest::Response;
use serde_json::{Value, json};

use crate::stage::{SALON, Stage, with_body};

/// 800 pixels wide and 540 high.
pub(crate) const PNG: &[u8] = include_bytes!("../fixtures/menu.png");

fn menu() -> Value {
    json!({
        "size": {"width": 2500, "height": 1686},
        "selected": false,
        "name": "Spring",
        "chatBarText": "Menu",
        "areas": [{
            "bounds": {"x": 0, "y": 0, "width": 2500, "height": 1686},
            "action": {"type": "postback", "data": "book"},
        }],
    })
}

async fn send(stage: &Stage, method: &str, path: &str, body: Value) -> (u16, Value) {
    let request = stage.call(method, &format!("/v2/bot/{path}")).await;
    let answer = with_body(request, &body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn image(stage: &Stage, id: &str, kind: &str, bytes: &[u8]) -> Response {
    let call = stage
        .call("POST", &format!("/v2/bot/richmenu/{id}/content"))
        .await;
    call.header("content-type", kind)
        .body(bytes.to_vec())
        .send()
        .await
        .unwrap()
}

/// A menu without an image.
async fn bare(stage: &Stage) -> String {
    let (status, answer) = send(stage, "POST", "richmenu", menu()).await;
    assert_eq!(status, 200, "{answer}");
    answer["richMenuId"].as_str().unwrap().to_owned()
}

async fn made(stage: &Stage) -> String {
    let id = bare(stage).await;
    assert_eq!(image(stage, &id, "image/png", PNG).await.status(), 200);
    id
}

async fn stage() -> Stage {
    Stage::new()
        .await
        .attach("message%3Areceive%20account%3Amanage")
        .await
}

#[tokio::test]
async fn a_rich_menu_is_made_looked_at_and_deleted() {
    let stage = stage().await;
    let id = bare(&stage).await;
    let mut expected = menu();
    expected["richMenuId"] = id.as_str().into();
    let path = format!("richmenu/{id}");
    assert_eq!(
        send(&stage, "GET", &path, Value::Null).await,
        (200, expected.clone())
    );
    let all = json!({"richmenus": [expected]});
    assert_eq!(
        send(&stage, "GET", "richmenu/list", Value::Null).await,
        (200, all)
    );
    assert_eq!(send(&stage, "DELETE", &path, Value::Null).await.0, 200);
    assert_eq!(send(&stage, "GET", &path, Value::Null).await.0, 404);
    assert_eq!(send(&stage, "DELETE", &path, Value::Null).await.0, 404);
}

#[tokio::test]
async fn all_errors_of_a_wrong_rich_menu_are_reported() {
    let stage = stage().await;
    let mut wrong = menu();
    wrong["size"]["width"] = 500.into();
    wrong["chatBarText"] = "far too long a text".into();
    wrong["areas"][0]["action"] = json!({"type": "postback"});
    for path in ["richmenu", "richmenu/validate"] {
        let (status, answer) = send(&stage, "POST", path, wrong.clone()).await;
        assert_eq!(status, 400);
        let details = answer["details"].as_array().unwrap();
        let places: Vec<&str> = details
            .iter()
            .map(|d| d["property"].as_str().unwrap())
            .collect();
        assert_eq!(
            places,
            ["size.width", "chatBarText", "areas[0].action.data"]
        );
    }
    assert_eq!(
        send(&stage, "POST", "richmenu/validate", menu()).await.0,
        200
    );
    let all = send(&stage, "GET", "richmenu/list", Value::Null).await.1;
    assert_eq!(all, json!({"richmenus": []}));
}

#[tokio::test]
async fn an_image_is_uploaded_once_and_comes_back_to_the_byte() {
    let stage = stage().await;
    let id = bare(&stage).await;
    let path = format!("/v2/bot/richmenu/{id}/content");
    assert_eq!(
        stage
            .call("GET", &path)
            .await
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    assert_eq!(image(&stage, &id, "text/plain", PNG).await.status(), 415);
    assert_eq!(image(&stage, &id, "image/jpeg", PNG).await.status(), 400);
    assert_eq!(image(&stage, &id, "image/png", PNG).await.status(), 200);
    assert_eq!(image(&stage, &id, "image/png", PNG).await.status(), 400);
    let answer = stage.call("GET", &path).await.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "image/png");
    assert_eq!(answer.bytes().await.unwrap(), PNG);
}

#[tokio::test]
async fn an_image_has_at_most_a_megabyte() {
    static LARGE: [u8; 1024 * 1024 + 1] = [0; 1024 * 1024 + 1];
    let stage = stage().await;
    let id = bare(&stage).await;
    assert_eq!(image(&stage, &id, "image/png", &LARGE).await.status(), 413);
}

#[tokio::test]
async fn an_image_is_not_too_small_too_large_or_too_high() {
    let stage = stage().await;
    let id = bare(&stage).await;
    let sized = |width: u32, height: u32| {
        let mut bytes = PNG.to_vec();
        bytes[16..20].copy_from_slice(&width.to_be_bytes());
        bytes[20..24].copy_from_slice(&height.to_be_bytes());
        bytes
    };
    for (width, height) in [(799, 270), (2501, 1686), (800, 249), (800, 552)] {
        let answer = image(&stage, &id, "image/png", &sized(width, height)).await;
        assert_eq!(answer.status(), 400, "{width} by {height}");
    }
    let answer = image(&stage, &id, "image/png", &sized(2500, 1686)).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn the_default_menu_is_everybodys_who_has_none_of_their_own() {
    let stage = stage().await;
    let (bare, id) = (bare(&stage).await, made(&stage).await);
    let default = "user/all/richmenu";
    assert_eq!(send(&stage, "GET", default, Value::Null).await.0, 404);
    let set = async |id: &str| send(&stage, "POST", &format!("{default}/{id}"), Value::Null).await;
    assert_eq!(set("richmenu-x").await.0, 404);
    assert_eq!(set(&bare).await.0, 400);
    assert_eq!(set(&id).await.0, 200);
    assert_eq!(
        send(&stage, "GET", default, Value::Null).await.1,
        json!({"richMenuId": id})
    );
    assert_eq!(send(&stage, "DELETE", default, Value::Null).await.0, 200);
    assert_eq!(send(&stage, "GET", default, Value::Null).await.0, 404);
}

#[tokio::test]
async fn setting_the_default_menu_needs_its_scope_and_linking_a_user_does_not() {
    let stage = Stage::attached().await;
    let id = made(&stage).await;
    let path = format!("user/all/richmenu/{id}");
    assert_eq!(send(&stage, "POST", &path, Value::Null).await.0, 403);
    let user = stage.user("青木さくら").await;
    let path = format!("user/{user}/richmenu/{id}");
    assert_eq!(send(&stage, "POST", &path, Value::Null).await.0, 200);
}

#[tokio::test]
async fn a_users_own_menu_is_linked_and_unlinked() {
    let stage = stage().await;
    let (id, user) = (made(&stage).await, stage.user("青木さくら").await);
    let own = format!("user/{user}/richmenu");
    assert_eq!(
        send(&stage, "POST", &format!("{own}/{id}"), Value::Null)
            .await
            .0,
        200
    );
    assert_eq!(
        send(&stage, "GET", &own, Value::Null).await.1,
        json!({"richMenuId": id})
    );
    assert_eq!(send(&stage, "DELETE", &own, Value::Null).await.0, 200);
    assert_eq!(send(&stage, "GET", &own, Value::Null).await.0, 404);
    let nobody = format!("user/LUnobody/richmenu/{id}");
    assert_eq!(send(&stage, "POST", &nobody, Value::Null).await.0, 404);
}

#[tokio::test]
async fn many_users_are_linked_at_once() {
    let stage = stage().await;
    let id = made(&stage).await;
    let users = [stage.user("青木さくら").await, stage.user("林小明").await];
    let body = json!({"richMenuId": id, "userIds": users});
    assert_eq!(
        send(&stage, "POST", "richmenu/bulk/link", body).await.0,
        202
    );
    let own = format!("user/{}/richmenu", users[1]);
    assert_eq!(send(&stage, "GET", &own, Value::Null).await.0, 200);
    let body = json!({"userIds": [users[1]]});
    assert_eq!(
        send(&stage, "POST", "richmenu/bulk/unlink", body).await.0,
        202
    );
    assert_eq!(send(&stage, "GET", &own, Value::Null).await.0, 404);
    let too_many = json!({"richMenuId": id, "userIds": vec!["LUa"; 501]});
    let (status, answer) = send(&stage, "POST", "richmenu/bulk/link", too_many).await;
    assert_eq!(
        (status, &answer["details"][0]["property"]),
        (400, &json!("userIds"))
    );
}

#[tokio::test]
async fn a_batch_changes_menus_a_moment_after_it_was_taken_on() {
    let stage = stage().await;
    let (one, two, user) = (
        made(&stage).await,
        made(&stage).await,
        stage.user("林小明").await,
    );
    let own = format!("user/{user}/richmenu");
    send(&stage, "POST", &format!("{own}/{one}"), Value::Null).await;
    let body = json!({"operations": [{"type": "link", "from": one, "to": two}]});
    let call = stage
        .call("POST", "/v2/bot/richmenu/batch")
        .await
        .json(&body);
    let answer = call.send().await.unwrap();
    assert_eq!(answer.status(), 202);
    let id = answer.headers()["x-line-request-id"].to_str().unwrap();
    let progress = format!("richmenu/progress/batch?requestId={id}");
    assert_eq!(
        send(&stage, "GET", &progress, Value::Null).await.1["phase"],
        "ongoing"
    );
    stage.control("clock", json!({"advance_s": 2})).await;
    assert_eq!(
        send(&stage, "GET", &progress, Value::Null).await.1["phase"],
        "succeeded"
    );
    assert_eq!(
        send(&stage, "GET", &own, Value::Null).await.1,
        json!({"richMenuId": two})
    );
    let body = json!({"operations": [{"type": "unlink", "from": two}, {"type": "unlinkAll"}]});
    assert_eq!(send(&stage, "POST", "richmenu/batch", body).await.0, 202);
    stage.control("clock", json!({"advance_s": 2})).await;
    assert_eq!(send(&stage, "GET", &own, Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_wrong_batch_is_refused_and_a_key_is_good_for_one_at_a_time() {
    let stage = stage().await;
    let wrong = json!({"operations": [{"type": "link", "from": "richmenu-x"}, {"type": "spin"}]});
    let (status, answer) = send(&stage, "POST", "richmenu/validate/batch", wrong).await;
    let details = answer["details"].as_array().unwrap();
    let places: Vec<&str> = details
        .iter()
        .map(|d| d["property"].as_str().unwrap())
        .collect();
    assert_eq!(status, 400);
    assert_eq!(
        places,
        [
            "operations[0].from",
            "operations[0].to",
            "operations[1].type"
        ]
    );
    let body = json!({"operations": [{"type": "unlinkAll"}], "resumeRequestKey": "one"});
    assert_eq!(
        send(&stage, "POST", "richmenu/batch", body.clone()).await.0,
        202
    );
    assert_eq!(send(&stage, "POST", "richmenu/batch", body).await.0, 400);
}

#[tokio::test]
async fn an_alias_leads_to_a_menu_and_outlives_it() {
    let stage = stage().await;
    let (one, two) = (made(&stage).await, made(&stage).await);
    let body = json!({"richMenuAliasId": "spring", "richMenuId": one});
    assert_eq!(
        send(&stage, "POST", "richmenu/alias", body.clone()).await.0,
        200
    );
    assert_eq!(
        send(&stage, "POST", "richmenu/alias", body.clone()).await.0,
        400
    );
    assert_eq!(
        send(&stage, "GET", "richmenu/alias/spring", Value::Null).await,
        (200, body)
    );
    let body = json!({"richMenuId": two});
    assert_eq!(
        send(&stage, "POST", "richmenu/alias/spring", body.clone())
            .await
            .0,
        200
    );
    assert_eq!(
        send(&stage, "POST", "richmenu/alias/autumn", body).await.0,
        404
    );
    let all = json!({"aliases": [{"richMenuAliasId": "spring", "richMenuId": two}]});
    assert_eq!(
        send(&stage, "GET", "richmenu/alias/list", Value::Null)
            .await
            .1,
        all
    );
    send(&stage, "DELETE", &format!("richmenu/{two}"), Value::Null).await;
    assert_eq!(
        send(&stage, "GET", "richmenu/alias/spring", Value::Null)
            .await
            .0,
        200
    );
    for status in [200, 404] {
        let deleted = send(&stage, "DELETE", "richmenu/alias/spring", Value::Null).await;
        assert_eq!(deleted.0, status);
    }
    let (status, answer) = send(
        &stage,
        "POST",
        "richmenu/alias",
        json!({"richMenuAliasId": "Ä"}),
    )
    .await;
    assert_eq!(
        (status, answer["details"].as_array().unwrap().len()),
        (400, 2)
    );
}

#[tokio::test]
async fn one_accounts_menus_are_not_anothers() {
    let stage = stage()
        .await
        .attach_to(crate::stage::NOODLES, "message%3Areceive")
        .await;
    let id = made(&stage).await;
    let path = format!("/v2/bot/richmenu/{id}");
    let call = stage.call_for(crate::stage::NOODLES, "GET", &path).await;
    assert_eq!(call.send().await.unwrap().status(), 404);
    assert_eq!(
        stage
            .call_for(SALON, "GET", &path)
            .await
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}
