//! The list of the bots that the module is attached to.

use std::collections::BTreeSet;
use std::time::Duration;

use emulator::Settings;
use serde_json::{Value, json};

use crate::stage::{ALL_SCOPES, Receiver, SALON, Stage};

/// A call of the list: status and answer.
async fn list(stage: &Stage, token: &str, query: &str) -> (u16, Value) {
    let url = format!("{}/v2/bot/list{query}", stage.address);
    let call = stage.client.get(url).bearer_auth(token);
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// The bots of a page, and the token of the next.
fn page(answer: &Value) -> (Vec<String>, Option<String>) {
    let bots = answer["bots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bot| bot["userId"].as_str().unwrap().to_owned());
    (bots.collect(), answer["next"].as_str().map(str::to_owned))
}

async fn many(count: usize) -> (Stage, BTreeSet<String>) {
    let stage = Stage::new().await;
    let request = json!({"count": count, "attached": true});
    let (status, answer) = stage.control("bots", request).await;
    assert_eq!(status, 200);
    let bots = answer["bots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bot| bot.as_str().unwrap().to_owned())
        .collect();
    (stage, bots)
}

async fn fault(stage: &Stage, kind: &str) {
    let fault = json!([{"match": "GET /v2/bot/list", "do": kind}]);
    assert_eq!(stage.control("faults", fault).await.0, 200);
}

#[tokio::test]
async fn only_attached_accounts_are_listed_with_their_members() {
    let stage = Stage::attached().await;
    let token = stage.token().await;
    let expected = json!({"bots": [
        {"userId": SALON, "basicId": "@381sakur", "displayName": "さくら美容室"},
    ]});
    assert_eq!(list(&stage, &token, "").await, (200, expected));
    stage
        .control("bots", json!({"count": 3, "attached": true}))
        .await;
    stage.control("bots", json!({"count": 3})).await;
    let (_, answer) = list(&stage, &token, "").await;
    assert_eq!(page(&answer).0.len(), 4);
    let special = &answer["bots"][2];
    assert_eq!(special["premiumId"], "@account-6");
    assert!(
        special["pictureUrl"]
            .as_str()
            .unwrap()
            .starts_with("https://")
    );

    let url = format!("{}/v2/bot/list", stage.address);
    let bare = stage.client.get(url).send().await.unwrap();
    assert_eq!(bare.status(), 401);
}

#[tokio::test]
async fn a_walk_over_the_pages_meets_every_bot_once() {
    let (stage, made) = many(250).await;
    let token = stage.token().await;
    let mut query = "?limit=1000".to_owned();
    let (mut met, mut sizes) = (BTreeSet::new(), Vec::new());
    loop {
        let (status, answer) = list(&stage, &token, &query).await;
        assert_eq!(status, 200);
        let (bots, next) = page(&answer);
        sizes.push(bots.len());
        met.extend(bots);
        let Some(next) = next else { break };
        query = format!("?start={next}");
    }
    assert_eq!(sizes, [100, 100, 50], "a limit over 100 counts as 100");
    assert_eq!(met, made);
}

#[tokio::test]
async fn a_page_can_be_set_to_be_smaller() {
    let settings = Settings {
        list_page: 4,
        ..Settings::default()
    };
    let stage = Stage::with(settings, Receiver::Answers(200)).await;
    let request = json!({"count": 6, "attached": true});
    stage.control("bots", request).await;
    let token = stage.token().await;
    let (_, answer) = list(&stage, &token, "?limit=100").await;
    let (bots, next) = page(&answer);
    assert_eq!(bots.len(), 4);
    let rest = list(&stage, &token, &format!("?start={}", next.unwrap())).await;
    assert_eq!(page(&rest.1).0.len(), 2);
}

#[tokio::test]
async fn a_continuation_token_is_good_for_a_day() {
    let (stage, _) = many(5).await;
    let token = stage.token().await;
    let (_, answer) = list(&stage, &token, "?limit=2").await;
    let start = format!("?limit=2&start={}", page(&answer).1.unwrap());
    stage
        .emulator
        .advance_clock(Duration::from_secs(86_000))
        .await;
    let token = stage.token().await;
    assert_eq!(list(&stage, &token, &start).await.0, 200);
    stage.emulator.advance_clock(Duration::from_secs(400)).await;
    let token = stage.token().await;
    let bad = (400, json!({"message": "Invalid start param"}));
    assert_eq!(list(&stage, &token, &start).await, bad);
    assert_eq!(list(&stage, &token, "?start=made-up").await, bad);
    assert_eq!(list(&stage, &token, "?limit=0").await.0, 400);
    assert_eq!(list(&stage, &token, "?limit=x").await.0, 400);
}

#[tokio::test]
async fn a_suspended_account_is_listed_unless_the_settings_say_otherwise() {
    for (list_suspended, expected) in [(true, 1), (false, 0)] {
        let settings = Settings {
            list_suspended,
            ..Settings::default()
        };
        let stage = Stage::with(settings, Receiver::Answers(200))
            .await
            .attach(ALL_SCOPES)
            .await;
        stage.emulator.suspend(SALON).await.unwrap();
        let token = stage.token().await;
        let (_, answer) = list(&stage, &token, "").await;
        assert_eq!(page(&answer).0.len(), expected);
    }
}

#[tokio::test]
async fn a_hostile_list_is_empty_or_cut_or_goes_round_in_circles() {
    let (stage, _) = many(10).await;
    let token = stage.token().await;
    let (_, whole) = list(&stage, &token, "?limit=4").await;
    let (bots, next) = page(&whole);
    let second = format!("?limit=4&start={}", next.unwrap());

    fault(&stage, "500").await;
    assert_eq!(list(&stage, &token, "?limit=4").await.0, 500);
    fault(&stage, "empty-list").await;
    let (_, empty) = list(&stage, &token, "?limit=4").await;
    assert_eq!(empty, json!({"bots": []}));
    fault(&stage, "cut-page").await;
    let (_, cut) = list(&stage, &token, "?limit=4").await;
    assert_eq!(page(&cut), (bots[..2].to_vec(), None));

    fault(&stage, "repeat-token").await;
    let (_, round) = list(&stage, &token, &second).await;
    assert_eq!(
        second,
        format!("?limit=4&start={}", page(&round).1.unwrap())
    );
    fault(&stage, "repeat-token").await;
    let (_, round) = list(&stage, &token, "?limit=4").await;
    let again = format!("?limit=4&start={}", page(&round).1.unwrap());
    assert_eq!(page(&list(&stage, &token, &again).await.1).0, bots);
    assert_eq!(
        list(&stage, &token, "?limit=4").await.1["bots"],
        whole["bots"]
    );
}

#[tokio::test]
async fn a_list_fault_for_another_call_is_refused() {
    let stage = Stage::new().await;
    let fault = json!([{"match": "GET /v2/bot/info", "do": "empty-list"}]);
    let (status, answer) = stage.control("faults", fault).await;
    assert_eq!(status, 400);
    assert!(answer["message"].as_str().unwrap().contains("/v2/bot/list"));
    for count in [0, 1_000_001] {
        let (status, _) = stage.control("bots", json!({"count": count})).await;
        assert_eq!(status, 400);
    }
}

#[tokio::test]
async fn a_hundred_thousand_accounts_are_made_walked_and_shown() {
    let (stage, made) = many(100_000).await;
    assert_eq!(made.len(), 100_000);
    let token = stage.token().await;
    let (mut met, mut query) = (0, String::new());
    loop {
        let (_, answer) = list(&stage, &token, &query).await;
        let (bots, next) = page(&answer);
        met += bots.len();
        let Some(next) = next else { break };
        query = format!("?start={next}");
    }
    assert_eq!(met, 100_000);
    let index = stage.get("/").await.text().await.unwrap();
    assert!(index.contains("and 99944 more accounts"));
}
