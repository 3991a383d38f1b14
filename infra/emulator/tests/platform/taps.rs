//! Rich menus as users see and tap them.

use emulator::Settings;
use serde_json::{Value, json};

use crate::menus::PNG;
use crate::stage::{Receiver, SALON, Stage, with_body};

const SCOPES: &str = "message%3Asend%20message%3Areceive%20account%3Amanage";

async fn call(stage: &Stage, method: &str, path: &str, body: Value) -> Value {
    let request = stage.call(method, &format!("/v2/bot/{path}")).await;
    let answer = with_body(request, &body).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

/// A menu with its image. Its areas stand side by side.
async fn menu(stage: &Stage, bar: &str, actions: &[Value]) -> String {
    let area = |(place, action): (usize, &Value)| {
        let bounds = json!({"x": place * 100, "y": 0, "width": 100, "height": 540});
        json!({"bounds": bounds, "action": action})
    };
    let areas: Vec<Value> = actions.iter().enumerate().map(area).collect();
    let size = json!({"width": 800, "height": 540});
    let body =
        json!({"size": size, "selected": true, "name": "a", "chatBarText": bar, "areas": areas});
    let made = call(stage, "POST", "richmenu", body).await;
    let id = made["richMenuId"].as_str().unwrap().to_owned();
    let path = format!("/v2/bot/richmenu/{id}/content");
    let request = stage.call("POST", &path).await;
    let upload = request.header("content-type", "image/png").body(PNG);
    assert_eq!(upload.send().await.unwrap().status(), 200);
    id
}

fn actions() -> Vec<Value> {
    vec![
        json!({"type": "message", "text": "予約する"}),
        json!({"type": "postback", "data": "hours", "displayText": "営業時間"}),
        json!({"type": "uri", "label": "Site", "uri": "https://example.com/"}),
        json!({"type": "richmenuswitch", "data": "to-b", "richMenuAliasId": "b"}),
        json!({"type": "datetimepicker", "label": "Day", "data": "day", "mode": "date"}),
    ]
}

/// A salon whose default menu does everything, and which has another one by the alias `b`.
async fn stage() -> (Stage, String) {
    let stage = Stage::new().await.attach(SCOPES).await;
    let id = menu(&stage, "Menu", &actions()).await;
    let other = menu(&stage, "More", &[]).await;
    let alias = json!({"richMenuAliasId": "b", "richMenuId": other});
    call(&stage, "POST", "richmenu/alias", alias).await;
    let default = format!("user/all/richmenu/{id}");
    call(&stage, "POST", &default, Value::Null).await;
    (stage, id)
}

async fn tap(stage: &Stage, user: &str, body: Value) -> (u16, Value) {
    let path = format!("chats/{SALON}/{user}/tap-menu");
    stage.control(&path, body).await
}

async fn event(stage: &mut Stage) -> Value {
    stage.hook().await.json()["events"][0].clone()
}

#[tokio::test]
async fn a_tap_does_what_its_area_says() {
    let (mut stage, _) = stage().await;
    let user = stage.user("青木さくら").await;
    assert_eq!(tap(&stage, &user, json!({"area": 0})).await.0, 200);
    assert_eq!(event(&mut stage).await["message"]["text"], "予約する");
    tap(&stage, &user, json!({"area": 1})).await;
    assert_eq!(
        event(&mut stage).await["postback"],
        json!({"data": "hours"})
    );
    let said = stage.emulator.conversation(SALON, &user).await;
    assert_eq!(said.last().unwrap().text(), Some("営業時間"));
    let (status, answer) = tap(&stage, &user, json!({"area": 2})).await;
    assert_eq!((status, answer), (200, json!({"delivery": null})));
    tap(&stage, &user, json!({"area": 4, "value": "2026-11-28"})).await;
    assert_eq!(
        event(&mut stage).await["postback"]["params"],
        json!({"date": "2026-11-28"})
    );
    assert_eq!(tap(&stage, &user, json!({"area": 5})).await.0, 400);
}

#[tokio::test]
async fn a_switch_shows_another_menu_and_sends_a_postback() {
    let (mut stage, _) = stage().await;
    let user = stage.user("青木さくら").await;
    tap(&stage, &user, json!({"area": 3})).await;
    let params = json!({"newRichMenuAliasId": "b", "status": "SUCCESS"});
    assert_eq!(
        event(&mut stage).await["postback"],
        json!({"data": "to-b", "params": params})
    );
    let chat = stage.get(&format!("/chats/{SALON}/{user}")).await;
    assert!(
        chat.text()
            .await
            .unwrap()
            .contains("<summary>More</summary>")
    );

    let other = stage.user("林小明").await;
    call(&stage, "DELETE", "richmenu/alias/b", Value::Null).await;
    tap(&stage, &other, json!({"area": 3})).await;
    let params = event(&mut stage).await["postback"]["params"].clone();
    assert_eq!(params["status"], "RICHMENU_ALIAS_ID_NOTFOUND");
}

#[tokio::test]
async fn a_switch_to_a_menu_that_is_gone_changes_nothing_and_says_so() {
    let (mut stage, _) = stage().await;
    let user = stage.user("青木さくら").await;
    let aliases = call(&stage, "GET", "richmenu/alias/list", Value::Null).await;
    let other = aliases["aliases"][0]["richMenuId"].as_str().unwrap();
    call(&stage, "DELETE", &format!("richmenu/{other}"), Value::Null).await;
    tap(&stage, &user, json!({"area": 3})).await;
    let params = event(&mut stage).await["postback"]["params"].clone();
    assert_eq!(params["status"], "RICHMENU_NOTFOUND");
    let chat = stage.get(&format!("/chats/{SALON}/{user}")).await;
    let page = chat.text().await.unwrap();
    assert!(page.contains("<summary>Menu</summary>"));
}

#[tokio::test]
async fn the_chat_page_shows_the_menu_and_its_buttons_work() {
    let (mut stage, id) = stage().await;
    let user = stage.user("青木さくら").await;
    let path = format!("/chats/{SALON}/{user}");
    let page = stage.get(&path).await.text().await.unwrap();
    assert!(page.contains("<summary>Menu</summary>"));
    assert!(page.contains("href=\"https://example.com/\""));
    let rest = page.split("<image href=\"").nth(1).unwrap();
    let image = stage.get(rest.split('"').next().unwrap()).await;
    assert_eq!(image.headers()["content-type"], "image/png");
    assert_eq!(image.bytes().await.unwrap(), PNG);
    let missing = stage.get(&format!("/bots/nobody/menus/{id}/image")).await;
    assert_eq!(missing.status(), 404);

    let form = stage.client.post(format!("{}{path}/menu", stage.address));
    let answer = form.form(&[("area", "0")]).send().await.unwrap();
    assert_eq!(answer.status(), 303);
    assert_eq!(event(&mut stage).await["message"]["text"], "予約する");
}

#[tokio::test]
async fn a_group_and_a_stranger_see_no_menu() {
    let (stage, _) = stage().await;
    let (group, stranger) = ("Cfriends".to_owned(), stage.user("Aki").await);
    for chat in [group, stranger] {
        assert_eq!(tap(&stage, &chat, json!({"area": 0})).await.0, 400);
        let page = stage.get(&format!("/chats/{SALON}/{chat}")).await;
        assert!(!page.text().await.unwrap().contains("<svg"));
    }
}

#[tokio::test]
async fn numbers_of_a_menu_are_given_when_enough_users_tapped() {
    let settings = Settings {
        richmenu_statistics_least_users: 2,
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200))
        .await
        .attach(SCOPES)
        .await;
    let id = menu(&stage, "Menu", &actions()).await;
    let default = format!("user/all/richmenu/{id}");
    call(&stage, "POST", &default, Value::Null).await;
    let today = stage.date().await;
    let numbers = async |kind: &str| {
        let path = format!("insight/richmenu/{id}/{kind}?from={today}&to=20991231");
        call(&stage, "GET", &path, Value::Null).await
    };
    let (one, two) = (stage.user("青木さくら").await, stage.user("林小明").await);
    tap(&stage, &one, json!({"area": 0})).await;
    tap(&stage, &one, json!({"area": 2})).await;
    assert_eq!(numbers("summary").await, json!({"richMenuId": id}));
    tap(&stage, &two, json!({"area": 0})).await;

    let summary = numbers("summary").await;
    assert_eq!(summary["metricsTo"], today.as_str());
    let all = json!({"count": 3, "uniqueUsers": 2});
    assert_eq!(summary["impression"]["metrics"], all);
    let clicks = summary["clicks"].as_array().unwrap();
    let counts: Vec<&Value> = clicks
        .iter()
        .map(|area| &area["metrics"]["count"])
        .collect();
    assert_eq!(counts, [2, 0, 1, 0, 0]);
    assert_eq!(clicks[2]["bounds"]["x"], 200);
    let daily = numbers("daily").await;
    let day = json!([{"date": today, "count": 2, "uniqueUsers": 2}]);
    assert_eq!(daily["clicks"][0]["metrics"], day);
    assert_eq!(daily["clicks"][1]["metrics"], json!([]));
}
