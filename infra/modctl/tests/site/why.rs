//! `why`, for events that have come to each of their ends for real.

use std::time::Duration;

use emulator::FaultKind;
use serde_json::json;

use crate::scene::{Scene, steady};

const REPLY: &str = "/v2/bot/message/reply";
const PUSH: &str = "/v2/bot/message/push";

/// What `why` says of the newest event of a chat, without what differs each time.
async fn why(scene: &Scene, user: &str) -> String {
    let event = scene.newest(user).await;
    steady(&scene.said(&["why", &scene.bot, &event]).await)
}

/// What a person reads who does not know the code. Each of these must tell them what happened,
/// why, and what they can do.
#[tokio::test]
async fn each_end_is_told_in_words() {
    let scene = Scene::begin().await;
    let line = &scene.stack.line;

    let mari = scene.friend("Mari").await;
    scene.says(&mari, "hello").await;
    insta::assert_snapshot!("answered", why(&scene, &mari).await);

    scene.says(&mari, "quiet").await;
    insta::assert_snapshot!("nothing_planned", why(&scene, &mari).await);

    let aki = scene.friend("Standby").await;
    let message = json!({"type": "text", "text": "hello"});
    let standby = json!({"type": "message", "mode": "standby", "message": message});
    scene.line_sends(&aki, standby).await;
    insta::assert_snapshot!("standby", why(&scene, &aki).await);

    let ken = scene.friend("Taken").await;
    scene.says(&ken, "hello").await;
    line.take(&scene.bot, &ken).await.unwrap();
    scene.stack.settled().await.unwrap();
    scene.says(&ken, "hello").await;
    insta::assert_snapshot!("taken_by_staff", why(&scene, &ken).await);

    let late = scene.friend("Late").await;
    let mut chat = scene.stack.chat(&scene.bot, &late);
    let held = chat.writes_on_its_way("hello").await.unwrap();
    line.advance_clock(Duration::from_secs(1800)).await;
    chat.arrives(&held).await.unwrap();
    insta::assert_snapshot!("token_expired", why(&scene, &late).await);

    let unknown = scene.friend("Unknown").await;
    scene.next_fails(REPLY, FaultKind::TimeoutAfterAccept).await;
    scene.says(&unknown, "hello").await;
    insta::assert_snapshot!("unknown", why(&scene, &unknown).await);

    let refused = scene.friend("Refused").await;
    scene.next_fails(PUSH, FaultKind::MonthlyLimit).await;
    scene.says(&refused, "push").await;
    insta::assert_snapshot!("refused_by_line", why(&scene, &refused).await);

    let parked = scene.friend("Parked").await;
    scene.says(&parked, "park").await;
    insta::assert_snapshot!("parked", why(&scene, &parked).await);

    line.revoke(&scene.bot, "message:send").await.unwrap();
    scene.says(&mari, "hello").await;
    scene.says(&mari, "hello").await;
    insta::assert_snapshot!("scope_missing", why(&scene, &mari).await);

    let mut chat = scene.stack.chat(&scene.bot, &mari);
    let suspended = chat.writes_on_its_way("hello").await.unwrap();
    let detached = chat.writes_on_its_way("hello").await.unwrap();
    line.suspend(&scene.bot).await.unwrap();
    scene.stack.settled().await.unwrap();
    chat.arrives(&suspended).await.unwrap();
    insta::assert_snapshot!("suspended", why(&scene, &mari).await);

    line.resume(&scene.bot).await.unwrap();
    scene.stack.settled().await.unwrap();
    let bot = shared::domain::BotId::new(&scene.bot).unwrap();
    scene.stack.detach(&bot).await.unwrap();
    scene.stack.settled().await.unwrap();
    chat.arrives(&detached).await.unwrap();
    let event = detached.event_ids[0].as_str();
    let said = scene.said(&["why", &scene.bot, event]).await;
    insta::assert_snapshot!("detached", steady(&said));
}

#[tokio::test]
async fn an_event_is_found_by_its_id_by_lines_request_id_and_by_a_name() {
    let scene = Scene::begin().await;
    let (mari, bot) = (scene.friend("Mari Sato").await, scene.bot.as_str());
    scene.says(&mari, "hello").await;
    let event = scene.newest(&mari).await;
    let by_id = scene.json(&["why", bot, &event]).await;
    assert_eq!(by_id["verdict"], "handled");
    let words = by_id["story"].to_string();
    let id = words.split("LINE's request id ").nth(1).unwrap();
    let id = id.split(')').next().unwrap();
    for named in [id, "sato", mari.as_str(), &mari[40..]] {
        let told = scene.json(&["why", bot, named]).await;
        assert_eq!(told["event"], event.as_str(), "{named}");
    }
    scene.says(&mari, "park").await;
    let newest = scene.json(&["why", bot, "Sato"]).await;
    assert_ne!(newest["event"], event.as_str());
    assert_eq!(newest["others"][0]["event"], event.as_str());
    assert_eq!(newest["verdict"], "failed");
}

#[tokio::test]
async fn a_name_that_is_nobodys_or_several_peoples_is_no_event() {
    let scene = Scene::begin().await;
    let bot = scene.bot.as_str();
    for name in ["Mari Sato", "Mari Abe"] {
        let user = scene.friend(name).await;
        scene.says(&user, "hello").await;
    }
    let (code, said) = scene.refuses(&["why", bot, "mari"]).await;
    assert_eq!(code, 1);
    assert!(
        said.contains("2 chats") && said.contains("Mari Abe"),
        "{said}"
    );
    let (code, said) = scene.refuses(&["why", bot, "nobody"]).await;
    assert_eq!(code, 3);
    assert!(said.contains("no event \"nobody\""), "{said}");
    let request = "00000000-0000-4000-8000-000000000000";
    let (code, said) = scene.refuses(&["why", bot, request]).await;
    assert_eq!(code, 3);
    assert!(said.contains("--since 7d"), "{said}");
}

#[tokio::test]
async fn a_ticket_names_nobody() {
    let scene = Scene::begin().await;
    let mari = scene.friend("Mari").await;
    scene.says(&mari, "hello").await;
    scene.says(&mari, "park").await;
    scene.stack.line.take(&scene.bot, &mari).await.unwrap();
    scene.stack.settled().await.unwrap();
    scene.says(&mari, "hello").await;
    let events = scene.json(&["events", &scene.bot, &mari]).await;
    let events = events["events"].as_array().unwrap().clone();
    assert_eq!(events.len(), 4);
    for event in &events {
        let id = event["event"].as_str().unwrap();
        for json in [&["--json"][..], &[]] {
            let arguments = [&["why", &scene.bot, id, "--ticket"][..], json].concat();
            let said = scene.said(&arguments).await;
            assert!(!said.contains(&mari) && !said.contains("Mari"), "{said}");
            assert!(!said.contains("Welcome"), "{said}");
        }
    }
    let parked = events[2]["event"].as_str().unwrap();
    let ticket = scene.said(&["why", &scene.bot, parked, "--ticket"]).await;
    let hash = regex_lite::Regex::new("#[0-9a-f]{8}").unwrap();
    let ticket = hash.replace_all(&ticket, "#HASHED").into_owned();
    insta::assert_snapshot!("ticket", steady(&ticket));
}
