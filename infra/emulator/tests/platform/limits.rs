//! Rate limits: per module channel, bot and endpoint.

use emulator::Settings;
use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, NOODLES, Receiver, SALON, Stage};

async fn hundredth() -> Stage {
    let settings = Settings {
        limit_scale: 0.01,
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200)).await;
    stage
        .attach(ALL_SCOPES)
        .await
        .attach_to(NOODLES, ALL_SCOPES)
        .await
}

/// A token that is asked for once, since asking is limited too.
struct Caller<'a> {
    stage: &'a Stage,
    token: String,
}

impl<'a> Caller<'a> {
    async fn new(stage: &'a Stage) -> Self {
        let token = stage.token().await;
        Self { stage, token }
    }

    async fn broadcast(&self, bot: &str) -> (u16, Value) {
        let url = format!("{}/v2/bot/message/broadcast", self.stage.address);
        let call = self
            .stage
            .client
            .post(url)
            .bearer_auth(&self.token)
            .header("X-Emulated-Bot-Id", bot)
            .json(&json!({"messages": [{"type": "text", "text": "a"}]}));
        let answer = call.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn info(&self) -> u16 {
        let url = format!("{}/v2/bot/info", self.stage.address);
        let call = self
            .stage
            .client
            .get(url)
            .bearer_auth(&self.token)
            .header("X-Emulated-Bot-Id", SALON);
        call.send().await.unwrap().status().as_u16()
    }
}

#[tokio::test]
async fn one_bots_limit_is_not_anothers_and_one_endpoints_not_anothers() {
    let stage = hundredth().await;
    let caller = Caller::new(&stage).await;
    assert_eq!(caller.broadcast(SALON).await.0, 200);
    let text = "The API rate limit has been exceeded. Try again later.";
    assert_eq!(
        caller.broadcast(SALON).await,
        (429, json!({ "message": text }))
    );
    assert_eq!(caller.broadcast(NOODLES).await.0, 200);
    assert_eq!(caller.info().await, 200);
}

#[tokio::test]
async fn a_limit_per_hour_is_counted_by_the_emulators_clock() {
    let stage = hundredth().await;
    let caller = Caller::new(&stage).await;
    assert_eq!(caller.broadcast(SALON).await.0, 200);
    assert_eq!(caller.broadcast(SALON).await.0, 429);
    stage.control("clock", json!({"advance_s": 600})).await;
    assert_eq!(caller.broadcast(SALON).await.0, 429);
    stage
        .control("settings", json!({"access_token_ttl_s": 9000}))
        .await;
    stage.control("clock", json!({"advance_s": 3000})).await;
    let caller = Caller::new(&stage).await;
    assert_eq!(caller.broadcast(SALON).await.0, 200);
}

#[tokio::test]
async fn a_call_over_the_limit_is_refused_before_its_body_is_looked_at() {
    let stage = hundredth().await;
    let caller = Caller::new(&stage).await;
    caller.broadcast(SALON).await;
    let url = format!("{}/v2/bot/message/broadcast", stage.address);
    let call = stage
        .client
        .post(url)
        .bearer_auth(&caller.token)
        .header("X-Emulated-Bot-Id", SALON)
        .json(&json!({}));
    assert_eq!(call.send().await.unwrap().status(), 429);
}

#[tokio::test]
async fn lines_table_of_limits_is_the_emulators() {
    let stage = Stage::new().await;
    let answer: Value = stage
        .get("/_emulator/endpoints")
        .await
        .json()
        .await
        .unwrap();
    let limit = |method: &str, path: &str| {
        let all = answer["endpoints"].as_array().unwrap();
        let found = all
            .iter()
            .find(|facts| facts["method"] == method && facts["path"] == path);
        let limit = &found.unwrap()["limit"];
        (
            limit["calls"].as_u64().unwrap(),
            limit["seconds"].as_u64().unwrap(),
        )
    };
    assert_eq!(limit("POST", "/v2/bot/message/push"), (2000, 1));
    assert_eq!(limit("POST", "/v2/bot/message/multicast"), (200, 1));
    assert_eq!(limit("POST", "/v2/bot/message/narrowcast"), (60, 3600));
    assert_eq!(limit("POST", "/v2/bot/chat/loading/start"), (100, 1));
    assert_eq!(limit("GET", "/v2/bot/audienceGroup/list"), (60, 60));
    assert_eq!(limit("POST", "/v2/bot/richmenu"), (100, 3600));
    assert_eq!(limit("POST", "/v2/bot/richmenu/batch"), (3, 3600));
    assert_eq!(limit("GET", "/v2/bot/richmenu/list"), (10, 1));
    assert_eq!(limit("GET", "/v2/bot/insight/followers"), (60, 3600));
    assert_eq!(limit("POST", "/v2/oauth/accessToken"), (370, 1));
    assert_eq!(limit("POST", "/v2/bot/channel/webhook/test"), (60, 3600));
    assert_eq!(limit("GET", "/v2/bot/channel/webhook/endpoint"), (1000, 60));
    assert_eq!(limit("GET", "/v2/bot/membership/list"), (200, 1));
}
