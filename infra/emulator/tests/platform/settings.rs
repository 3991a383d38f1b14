//! What LINE leaves open is a setting, with a reason.

use emulator::scenario::Scenario;
use emulator::{Emulator, Profile};
use serde_json::{Value, json};

use crate::stage::Stage;

#[tokio::test]
async fn the_settings_are_listed_with_their_defaults_and_reasons() {
    let stage = Stage::new().await;
    let answer: Value = stage.get("/_emulator/settings").await.json().await.unwrap();
    let all = answer["settings"].as_array().unwrap();
    let find = |name: &str| all.iter().find(|setting| setting["name"] == name).unwrap();
    let scope = find("missing_scope_status");
    assert_eq!(
        (&scope["value"], &scope["default"]),
        (&json!(403), &json!(403))
    );
    for name in [
        "missing_bot_status",
        "redelivery_schedule_s",
        "code_ttl_s",
        "reply_token_ttl_s",
        "acquire_lock_ms",
        "detach_lag_ms",
        "limit_scale",
    ] {
        assert!(find(name)["reason"].as_str().unwrap().len() > 20, "{name}");
    }
    assert!(
        !answer
            .to_string()
            .contains("00112233445566778899aabbccddeeff")
    );
}

#[tokio::test]
async fn in_each_profile_the_demo_scenario_finds_its_accounts() {
    let text = include_str!("../../scenarios/demo.scenario.toml");
    let scenario = Scenario::parse(text).unwrap();
    for profile in Profile::ALL {
        let emulator = Emulator::new(profile.settings()).unwrap();
        let bots = emulator.state().await.bots;
        for id in scenario.names.values() {
            assert!(bots.iter().any(|bot| bot.bot_id == *id), "{profile}: {id}");
        }
    }
}

#[tokio::test]
async fn a_setting_can_be_changed_while_it_runs() {
    let stage = Stage::new().await.attach("message%3Asend").await;
    let info = async || {
        let url = format!("{}/v2/bot/info", stage.address);
        let call = stage.client.get(url).bearer_auth(stage.token().await);
        call.send().await.unwrap().status().as_u16()
    };
    assert_eq!(info().await, 400);
    let (status, _) = stage
        .control("settings", json!({"missing_bot_status": 403}))
        .await;
    assert_eq!((status, info().await), (200, 403));
    assert_eq!(
        stage.control("settings", json!({"missing": 1})).await.0,
        400
    );
    assert_eq!(
        stage.control("settings", json!({"limit_scale": 0})).await.0,
        400
    );
}
