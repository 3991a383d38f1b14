//! Audiences and statistics.

use emulator::Settings;
use serde_json::{Value, json};

use crate::stage::{NOODLES, Receiver, SALON, Stage};

const DAY: u64 = 86_400;
const SCOPES: &str = "message%3Asend%20message%3Areceive%20account%3Amanage";

async fn stage() -> Stage {
    Stage::new().await.attach(SCOPES).await
}

async fn call(stage: &Stage, method: &str, path: &str, body: Value) -> (u16, Value) {
    let request = stage.call(method, &format!("/v2/bot/{path}")).await;
    let call = if body.is_null() {
        request
    } else {
        request.json(&body)
    };
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// The salon has this number of friends more than it had.
async fn befriend(stage: &mut Stage, number: usize) {
    for number in 0..number {
        stage
            .emulator
            .follow(SALON, &format!("LUfriend{number}"))
            .await
            .unwrap();
        stage.hook().await;
    }
}

async fn broadcast(stage: &Stage) -> String {
    let body = json!({"messages": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]});
    let answer = stage
        .call("POST", "/v2/bot/message/broadcast")
        .await
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    answer.headers()["x-line-request-id"]
        .to_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn an_audience_of_uploaded_users_is_ready_after_a_moment() {
    let stage = stage().await;
    let body = json!({"description": "VIP", "audiences": [{"id": "LUa"}, {"id": "LUb"}]});
    let (status, made) = call(&stage, "POST", "audienceGroup/upload", body).await;
    assert_eq!(
        (status, &made["type"], &made["permission"]),
        (202, &json!("UPLOAD"), &json!("READ_WRITE"))
    );
    let id = made["audienceGroupId"].as_u64().unwrap();
    let path = format!("audienceGroup/{id}");
    let status = async || call(&stage, "GET", &path, Value::Null).await.1["audienceGroup"].clone();
    assert_eq!(status().await["status"], "IN_PROGRESS");
    stage.control("clock", json!({"advance_s": 2})).await;
    assert_eq!(
        (&status().await["status"], &status().await["audienceCount"]),
        (&json!("READY"), &json!(2))
    );
    let body = json!({"audienceGroupId": id, "audiences": [{"id": "LUc"}]});
    assert_eq!(
        call(&stage, "PUT", "audienceGroup/upload", body).await,
        (202, json!({}))
    );
    stage.control("clock", json!({"advance_s": 2})).await;
    let (_, answer) = call(&stage, "GET", &path, Value::Null).await;
    assert_eq!(answer["audienceGroup"]["audienceCount"], 3);
    assert_eq!(answer["jobs"].as_array().unwrap().len(), 2);
    assert_eq!(answer["jobs"][0]["jobStatus"], "FINISHED");
}

#[tokio::test]
async fn an_audience_is_renamed_listed_and_deleted() {
    let stage = stage().await;
    for name in ["Spring A", "Spring B", "Autumn"] {
        call(
            &stage,
            "POST",
            "audienceGroup/upload",
            json!({"description": name}),
        )
        .await;
    }
    let (status, list) = call(
        &stage,
        "GET",
        "audienceGroup/list?page=1&size=2",
        Value::Null,
    )
    .await;
    assert_eq!(
        (status, &list["hasNextPage"], &list["totalCount"]),
        (200, &json!(true), &json!(3))
    );
    let id = list["audienceGroups"][0]["audienceGroupId"]
        .as_u64()
        .unwrap();
    let path = format!("audienceGroup/{id}");
    let body = json!({"description": "Winter"});
    assert_eq!(
        call(&stage, "PUT", &format!("{path}/updateDescription"), body)
            .await
            .0,
        200
    );
    let (_, list) = call(
        &stage,
        "GET",
        "audienceGroup/list?page=1&description=Spring",
        Value::Null,
    )
    .await;
    assert_eq!(list["totalCount"], 2);
    assert_eq!(call(&stage, "DELETE", &path, Value::Null).await.0, 200);
    let (status, answer) = call(&stage, "GET", &path, Value::Null).await;
    assert_eq!(status, 400);
    let expected = json!({"message": "audience group not found", "details": [{"message": "AUDIENCE_GROUP_NOT_FOUND"}]});
    assert_eq!(answer, expected);
    assert_eq!(
        call(&stage, "GET", "audienceGroup/list", Value::Null)
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn shared_audiences_are_the_accounts_own_where_those_are_asked_for() {
    let stage = stage().await;
    let (_, made) = call(
        &stage,
        "POST",
        "audienceGroup/upload",
        json!({"description": "VIP"}),
    )
    .await;
    let (_, list) = call(
        &stage,
        "GET",
        "audienceGroup/shared/list?page=1",
        Value::Null,
    )
    .await;
    assert_eq!(list["totalCount"], 0);
    let with_own = "audienceGroup/shared/list?page=1&includesOwnedAudienceGroups=true";
    assert_eq!(
        call(&stage, "GET", with_own, Value::Null).await.1["totalCount"],
        1
    );
    let path = format!("audienceGroup/shared/{}", made["audienceGroupId"]);
    let (_, shared) = call(&stage, "GET", &path, Value::Null).await;
    assert_eq!(shared["owner"]["name"], "さくら美容室");
}

#[tokio::test]
async fn an_audience_can_be_uploaded_as_a_file() {
    let stage = stage().await;
    let form = |fields: &str| {
        format!(
            "--x\r\n{fields}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"ids.txt\"\r\n\
             Content-Type: text/plain\r\n\r\nLUa\nLUb\n\r\n--x--\r\n"
        )
    };
    let field = |name: &str, value: &str| {
        format!("Content-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}")
    };
    let send = async |method: &str, body: String| {
        let call = stage
            .call(method, "/v2/bot/audienceGroup/upload/byFile")
            .await
            .header("content-type", "multipart/form-data; boundary=x");
        let answer = call.body(body).send().await.unwrap();
        (
            answer.status().as_u16(),
            answer.json::<Value>().await.unwrap(),
        )
    };
    let (status, made) = send("POST", form(&field("description", "VIP"))).await;
    assert_eq!((status, &made["description"]), (202, &json!("VIP")));
    let id = made["audienceGroupId"].to_string();
    assert_eq!(
        send("PUT", form(&field("audienceGroupId", &id))).await.0,
        202
    );
    assert_eq!(
        send("PUT", form(&field("audienceGroupId", "1"))).await.0,
        400
    );
    assert_eq!(
        send("POST", form(&field("descriptions", "VIP"))).await.0,
        400
    );
    stage.control("clock", json!({"advance_s": 2})).await;
    let (_, answer) = call(&stage, "GET", &format!("audienceGroup/{id}"), Value::Null).await;
    assert_eq!(answer["audienceGroup"]["audienceCount"], 2);
}

#[tokio::test]
async fn an_audience_is_made_of_those_who_saw_a_message() {
    let stage = stage().await;
    let id = broadcast(&stage).await;
    let body = json!({"description": "saw it", "requestId": id});
    let (status, made) = call(&stage, "POST", "audienceGroup/imp", body).await;
    assert_eq!(
        (status, &made["type"], &made["requestId"]),
        (202, &json!("IMP"), &json!(id))
    );
    let body =
        json!({"description": "opened it", "requestId": id, "clickUrl": "https://example.com/"});
    let (status, made) = call(&stage, "POST", "audienceGroup/click", body).await;
    assert_eq!(
        (status, &made["clickUrl"]),
        (202, &json!("https://example.com/"))
    );
    let body = json!({"description": "saw it", "requestId": "x"});
    assert_eq!(call(&stage, "POST", "audienceGroup/imp", body).await.0, 400);
}

#[tokio::test]
async fn what_was_delivered_and_who_follows_is_given_for_days_that_are_over() {
    let mut stage = stage().await;
    befriend(&mut stage, 1).await;
    let user = stage.user("林小明").await;
    stage.emulator.block(SALON, &user).await.unwrap();
    stage.push("LUfriend0", "a").await;
    let today = stage.date().await;
    let of = |what: &str| format!("insight/{what}?date={today}");
    assert_eq!(
        call(&stage, "GET", &of("message/delivery"), Value::Null)
            .await
            .1,
        json!({"status": "unready"})
    );
    stage.control("clock", json!({"advance_s": DAY})).await;
    let (_, delivery) = call(&stage, "GET", &of("message/delivery"), Value::Null).await;
    assert_eq!(delivery, json!({"status": "ready", "apiPush": 1}));
    let (_, followers) = call(&stage, "GET", &of("followers"), Value::Null).await;
    let expected = json!({"status": "ready", "followers": 3, "targetedReaches": 2, "blocks": 1});
    assert_eq!(followers, expected);
}

#[tokio::test]
async fn statistics_of_fewer_than_twenty_people_are_kept_back() {
    let mut stage = stage().await;
    assert_eq!(
        call(&stage, "GET", "insight/demographic", Value::Null)
            .await
            .1,
        json!({"available": false})
    );
    let few = broadcast(&stage).await;
    befriend(&mut stage, 20).await;
    let many = broadcast(&stage).await;
    let event = async |id: &str| {
        call(
            &stage,
            "GET",
            &format!("insight/message/event?requestId={id}"),
            Value::Null,
        )
        .await
        .1
    };
    let (few, many) = (event(&few).await, event(&many).await);
    assert_eq!(
        (
            &few["overview"]["delivered"],
            &few["overview"]["uniqueImpression"]
        ),
        (&json!(2), &Value::Null)
    );
    assert_eq!(
        (
            &many["overview"]["delivered"],
            &many["overview"]["uniqueImpression"]
        ),
        (&json!(22), &json!(22))
    );
    assert_eq!(
        (
            &many["messages"][1]["seq"],
            &many["messages"][1]["impression"]
        ),
        (&json!(2), &json!(22))
    );
    let (_, people) = call(&stage, "GET", "insight/demographic", Value::Null).await;
    assert_eq!(people["available"], true);
    assert_eq!(
        people["genders"][0],
        json!({"gender": "female", "percentage": 4.5})
    );
}

#[tokio::test]
async fn statistics_of_a_unit_are_those_of_one_account() {
    let mut stage = stage().await.attach_to(NOODLES, SCOPES).await;
    befriend(&mut stage, 20).await;
    let to: Vec<String> = (0..20).map(|number| format!("LUfriend{number}")).collect();
    let message = json!([{"type": "text", "text": "a"}]);
    let body = json!({"to": to, "messages": message, "customAggregationUnits": ["spring"]});
    assert_eq!(call(&stage, "POST", "message/multicast", body).await.0, 200);
    let today = stage.date().await;
    let path = format!(
        "insight/message/event/aggregation?customAggregationUnit=spring&from={today}&to={today}"
    );
    assert_eq!(
        call(&stage, "GET", &path, Value::Null).await.1["overview"]["uniqueImpression"],
        20
    );
    let request = stage
        .call_for(NOODLES, "GET", &format!("/v2/bot/{path}"))
        .await;
    let other: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(other["overview"]["uniqueImpression"], Value::Null);
    assert_eq!(other["messages"], json!([]));
}

#[tokio::test]
async fn at_most_ten_uploads_into_an_audience_run_at_the_same_time() {
    let settings = Settings {
        job_ms: 60_000,
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200))
        .await
        .attach(SCOPES)
        .await;
    let wanted = json!({"description": "VIP", "audiences": [{"id": "U1"}]});
    let made = call(&stage, "POST", "audienceGroup/upload", wanted.clone()).await;
    let body = json!({"audienceGroupId": made.1["audienceGroupId"], "audiences": [{"id": "U2"}]});
    let add = async || call(&stage, "PUT", "audienceGroup/upload", body.clone()).await;
    for _ in 0..9 {
        assert_eq!(add().await.0, 202);
    }
    let (status, answer) = add().await;
    assert_eq!(status, 429);
    assert!(answer["message"].is_string());
    let other = call(&stage, "POST", "audienceGroup/upload", wanted).await;
    assert_eq!(other.0, 202);
    stage.control("clock", json!({"advance_s": 61})).await;
    assert_eq!(add().await.0, 202);
}

#[tokio::test]
async fn of_a_rich_menu_that_few_use_only_its_id_is_given() {
    let stage = stage().await;
    let menu = json!({"size": {"width": 800, "height": 250}, "selected": true, "name": "a", "chatBarText": "a", "areas": []});
    let (_, made) = call(&stage, "POST", "richmenu", menu).await;
    let id = made["richMenuId"].as_str().unwrap();
    for kind in ["summary", "daily"] {
        let path = |id: &str, days: &str| format!("insight/richmenu/{id}/{kind}?{days}");
        let days = "from=20261101&to=20261102";
        assert_eq!(
            call(&stage, "GET", &path(id, days), Value::Null).await,
            (200, json!({"richMenuId": id}))
        );
        assert_eq!(
            call(&stage, "GET", &path("richmenu-x", days), Value::Null)
                .await
                .0,
            404
        );
        assert_eq!(
            call(&stage, "GET", &path(id, "from=20261101"), Value::Null)
                .await
                .0,
            400
        );
    }
}

#[tokio::test]
async fn statistics_need_their_scope() {
    let stage = Stage::attached().await;
    assert_eq!(
        call(&stage, "GET", "insight/demographic", Value::Null)
            .await
            .0,
        403
    );
}
