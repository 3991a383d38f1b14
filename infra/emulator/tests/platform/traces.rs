//! What became of an event, where somebody tells the emulator; and the clock on the chat page.

use std::time::Duration;

use emulator::{Trace, TraceEffect, TraceKey};
use reqwest::Response;
use serde_json::{Value, json};

use crate::stage::{NOODLES, SALON, Stage};

fn handled() -> Trace {
    Trace {
        verdict: "handled".into(),
        outcome: "done".into(),
        reason: None,
        next: None,
        kind: "message".into(),
        attempts: 0,
        at: 1_767_193_200_000,
        received_at: 1_767_193_200_120,
        effects: vec![TraceEffect {
            name: "reply".into(),
            state: "sent".into(),
            reason: None,
            request_id: None,
        }],
    }
}

/// Lets exactly this event have this trace.
fn show(stage: &Stage, key: TraceKey, trace: Trace) {
    stage.emulator.show_traces(move |asked| {
        let found = (asked == key).then(|| trace.clone());
        Box::pin(async move { found })
    });
}

fn key(chat: Option<&str>, event: &str) -> TraceKey {
    TraceKey {
        bot: SALON.into(),
        chat: chat.map(str::to_owned),
        event: event.into(),
    }
}

async fn json(stage: &Stage, path: &str) -> Response {
    let url = format!("{}{path}", stage.address);
    let request = stage.client.get(url).header("accept", "application/json");
    request.send().await.unwrap()
}

async fn text(stage: &Stage, path: &str) -> String {
    stage.get(path).await.text().await.unwrap()
}

/// A path as the pages write it.
fn encoded(path: &str) -> String {
    path.replace('-', "%2D")
}

#[tokio::test]
async fn a_trace_is_served_as_json_and_as_a_page() {
    let stage = Stage::new().await;
    let user = stage.user("青木さくら").await;
    show(&stage, key(Some(&user), "01A"), handled());
    let path = format!("/chats/{SALON}/{user}/events/01A");
    let answer = json(&stage, &path).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let expected = json!({
        "verdict": "handled", "outcome": "done", "reason": null, "kind": "message",
        "attempts": 0, "at": 1_767_193_200_000_i64, "received_at": 1_767_193_200_120_i64,
        "effects": [{"name": "reply", "state": "sent", "reason": null, "request_id": null}],
    });
    assert_eq!(answer.json::<Value>().await.unwrap(), expected);

    let page = text(&stage, &path).await;
    assert!(page.contains("<span class=\"badge\" data-word=\"handled\">handled</span>"));
    assert!(page.contains("The module handled it.") && page.contains("2026-01-01 00:00:00"));
    assert!(page.contains("<span class=\"badge\" data-word=\"sent\">sent</span>"));
    let back = encoded(&format!("href=\"/chats/{SALON}/{user}\""));
    assert!(page.contains(&back), "{page}");
}

#[tokio::test]
async fn an_event_of_the_account_is_found_from_its_chats_too() {
    let stage = Stage::new().await;
    let user = stage.user("青木さくら").await;
    show(&stage, key(None, "01B"), handled());
    let chat = format!("/chats/{SALON}/{user}/events/01B");
    assert_eq!(json(&stage, &chat).await.status(), 200);
    let account = format!("/bots/{SALON}/events/01B");
    assert_eq!(json(&stage, &account).await.status(), 200);
    let other = format!("/bots/{NOODLES}/events/01B");
    assert_eq!(json(&stage, &other).await.status(), 404);
}

#[tokio::test]
async fn what_has_no_trace_is_not_found_and_says_so() {
    let stage = Stage::new().await;
    let user = stage.user("青木さくら").await;
    let path = format!("/chats/{SALON}/{user}/events/01C");
    let message = async |stage: &Stage| {
        let answer = json(stage, &path).await;
        assert_eq!(answer.status(), 404);
        answer.json::<Value>().await.unwrap()["message"].clone()
    };
    let unset = "the emulator does not know where traces are";
    assert_eq!(message(&stage).await, unset);
    assert!(text(&stage, &path).await.contains("That did not work"));

    show(&stage, key(None, "another"), handled());
    let unknown = "there is no trace of this event yet";
    assert_eq!(message(&stage).await, unknown);
    assert_eq!(stage.get(&path).await.status(), 200, "its page is there");
    assert!(text(&stage, &path).await.contains("data-word=\"none\""));
}

#[tokio::test]
async fn the_timeline_has_a_place_for_the_trace_of_each_event_with_an_id() {
    let stage = Stage::attached().await;
    let user = stage.user("青木さくら").await;
    let events = json!([
        {"type": "message", "webhookEventId": "01D", "message": {"type": "text", "text": "はい"}},
        {"type": "botSuspended", "webhookEventId": "01E"},
        {"type": "message", "webhookEventId": null, "message": {"type": "text", "text": "a"}},
    ]);
    let body = json!({"bot": SALON, "chat": user, "events": events});
    assert_eq!(stage.control("events", body).await.0, 200);
    let pages = [format!("/chats/{SALON}/{user}"), "/".into()];
    for path in &pages {
        let page = text(&stage, path).await;
        assert!(!page.contains("data-trace") && !page.contains("What became of it"));
        assert!(!page.contains("verdicts"), "{path}");
    }
    show(&stage, key(None, "another"), handled());
    for path in &pages {
        let page = text(&stage, path).await;
        let chat = encoded(&format!("/chats/{SALON}/{user}/events/01D"));
        assert!(page.contains(&format!("<div class=\"trace\" data-trace=\"{chat}\">")));
        assert!(page.contains(&format!("<a href=\"{chat}\">What became of it</a>")));
        let account = format!("data-trace=\"/bots/{SALON}/events/01E\"");
        assert!(page.contains(&account), "{path}");
        // Two of these three, and the attached event.
        assert_eq!(page.matches("data-trace").count(), 3, "{path}");
        assert_eq!(page.matches("class=\"verdicts\"").count(), 2, "{path}");
    }
}

#[tokio::test]
async fn nothing_of_a_trace_is_taken_for_markup() {
    let stage = Stage::new().await;
    let evil = "\"><script>alert(1)</script>";
    let effect = TraceEffect {
        name: evil.into(),
        state: evil.into(),
        reason: Some(evil.into()),
        request_id: Some(evil.into()),
    };
    let trace = Trace {
        verdict: evil.into(),
        outcome: evil.into(),
        reason: Some(evil.into()),
        kind: evil.into(),
        effects: vec![effect],
        ..handled()
    };
    stage.emulator.show_traces(move |_| {
        let found = trace.clone();
        Box::pin(async move { Some(found) })
    });
    let path = "/chats/%22%3E%3Cscript%3E/b/events/%22%3E%3Cscript%3E";
    let page = text(&stage, path).await;
    assert!(!page.contains("<script>"), "{page}");
    assert!(page.contains("&#60;script&#62;"));
}

#[tokio::test]
async fn the_clock_is_shown_and_moved_by_buttons() {
    let stage = Stage::new().await;
    let user = stage.user("青木さくら").await;
    let path = format!("/chats/{SALON}/{user}");
    let before = stage.emulator.state().await.clock.now;
    let move_by = async |value: &str, origin: &str| {
        let url = format!("{}{path}/clock", stage.address);
        let request = stage.client.post(url).header("origin", origin);
        let answer = request.form(&[("value", value)]).send().await.unwrap();
        answer.status().as_u16()
    };
    let chat = text(&stage, &path).await;
    assert!(chat.contains("<time data-wall=") && !chat.contains("moved by"));
    for by in ["minute", "hour", "day"] {
        assert!(chat.contains(&format!(
            "<button name=\"value\" value=\"{by}\">+1 {by}</button>"
        )));
        assert_eq!(move_by(by, &stage.address).await, 303);
    }
    assert_eq!(move_by("year", &stage.address).await, 400);
    assert_eq!(move_by("day", "https://example.com").await, 403);
    assert!(
        text(&stage, &path)
            .await
            .contains("moved by 1 day 1 h 1 min")
    );
    let moved = Duration::from_millis(
        u64::try_from(stage.emulator.state().await.clock.now - before).unwrap(),
    );
    assert!(
        moved >= Duration::from_secs(86_400 + 3660) && moved < Duration::from_secs(86_400 + 3720)
    );
}
