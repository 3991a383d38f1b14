//! Scenarios, run against an emulator and a small bundle that answers "echo".

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use emulator::scenario::{Outcome, Place, Report, Scenario, record, run};
use emulator::{Emulator, Fault, FaultKind, Settings};
use serde_json::{Value, json};

use crate::stage::serve;

const SECRET: &str = "client_id=2000000001&client_secret=00112233445566778899aabbccddeeff";

/// A bundle that attaches, and answers each text with the same.
#[derive(Clone)]
struct Echo {
    line: String,
    client: reqwest::Client,
    own: Arc<OnceLock<String>>,
}

#[derive(serde::Deserialize)]
struct Callback {
    code: String,
}

impl Echo {
    fn redirect(&self) -> String {
        let url = format!("{}/attach/callback", self.own.get().unwrap());
        url.replace(':', "%3A").replace('/', "%2F")
    }

    async fn token(&self) -> String {
        let body = format!("grant_type=client_credentials&{SECRET}");
        let answer = self.post("/oauth2/v3/token", body).await;
        answer["access_token"].as_str().unwrap().to_owned()
    }

    async fn post(&self, path: &str, body: String) -> Value {
        let call = self
            .client
            .post(format!("{}{path}", self.line))
            .header("content-type", "application/x-www-form-urlencoded");
        call.body(body).send().await.unwrap().json().await.unwrap()
    }
}

async fn attach(State(echo): State<Echo>) -> Redirect {
    let redirect = echo.redirect();
    Redirect::to(&format!(
        "{}/module/auth/v1/authorize?response_type=code&client_id=2000000001&redirect_uri={redirect}\
         &scope=message%3Asend%20message%3Areceive&state=abc123",
        echo.line
    ))
}

async fn callback(State(echo): State<Echo>, Query(query): Query<Callback>) -> Response {
    let redirect = echo.redirect();
    let scope = "message%3Asend%20message%3Areceive";
    let body = format!(
        "grant_type=authorization_code&code={}&redirect_uri={redirect}&scope={scope}&{SECRET}",
        query.code
    );
    let answer = echo.post("/module/auth/v1/token", body).await;
    let status = if answer["bot_id"].is_string() {
        200
    } else {
        400
    };
    StatusCode::from_u16(status).unwrap().into_response()
}

async fn webhook(State(echo): State<Echo>, body: Bytes) {
    let body: Value = serde_json::from_slice(&body).unwrap();
    for event in body["events"].as_array().unwrap() {
        let (token, text) = (&event["replyToken"], &event["message"]["text"]);
        if token.is_string() && text.is_string() {
            let call = echo
                .client
                .post(format!("{}/v2/bot/message/reply", echo.line))
                .bearer_auth(echo.token().await)
                .header("X-Emulated-Bot-Id", body["destination"].as_str().unwrap());
            let message = json!({"type": "text", "text": text});
            let reply = json!({"replyToken": token, "messages": [message]});
            call.json(&reply).send().await.unwrap();
        }
    }
}

/// A running emulator and bundle.
async fn running() -> (Emulator, Place) {
    let emulator = Emulator::new(Settings {
        attached_event_delay_ms: 0,
        ..Settings::default()
    })
    .unwrap();
    let line = serve(emulator.router()).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let own = Arc::new(OnceLock::new());
    let echo = Echo {
        line: line.clone(),
        client,
        own: own.clone(),
    };
    let router = Router::new()
        .route("/attach", get(attach))
        .route("/attach/callback", get(callback))
        .route("/webhook", post(webhook));
    let bundle = serve(router.with_state(echo)).await;
    own.set(bundle.clone()).unwrap();
    emulator.set_webhook_url(format!("{bundle}/webhook"));
    emulator.set_redirect_urls(vec![format!("{bundle}/attach/callback")]);
    let place = Place {
        emulator: line,
        bundle,
    };
    (emulator, place)
}

async fn ran(place: &Place, text: &str) -> (Report, String) {
    let scenario = Scenario::parse(text).unwrap();
    let mut out = Vec::new();
    let report = run(&scenario, place, &mut out).await.unwrap();
    (report, String::from_utf8(out).unwrap())
}

const LINK: &str = r#"
name = "Link"

[names]
salon = "U7c1f0a52d9b84e63a1c5f28e904b6d31"

[[step]]
title = "An admin links the salon"
link = { bot = "${salon}", status = 200 }

[[step.expect]]
state = "bots"
is = { bot_id = "${salon}", attached = true }

[[step.expect]]
webhook = "module"
"#;

const GOOD: &str = r#"
name = "An echo"

[names]
salon = "U7c1f0a52d9b84e63a1c5f28e904b6d31"

[[step]]
title = "A text comes back"
say = { bot = "${salon}", chat = "${salon/青木さくら}", text = "こんにちは" }

[[step.expect]]
webhook = "message"
is = { status = 200 }
times = 1

[[step.expect]]
call = "POST /v2/bot/message/reply"
contains = "こんにちは"
is = { status = 200 }
times = 1

[[step]]
title = "On standby nothing is said"
control = { path = "chats/${salon}/${salon/青木さくら}/take" }
say = { bot = "${salon}", chat = "${salon/青木さくら}", text = "hello?" }

[[step.expect]]
call = "POST /v2/bot/message/*"
times = 0

[[step.expect]]
state = "chats"
is = { chat = "${salon/青木さくら}", holder = "primary" }
"#;

async fn attached() -> (Emulator, Place) {
    let (emulator, place) = running().await;
    let (report, transcript) = ran(&place, LINK).await;
    assert!(!report.failed(), "{transcript}");
    (emulator, place)
}

#[tokio::test]
async fn a_scenario_that_comes_true_passes_with_a_readable_transcript() {
    let (_emulator, place) = attached().await;
    let (report, transcript) = ran(&place, GOOD).await;
    assert!(!report.failed(), "{transcript}");
    assert!(transcript.starts_with("An echo\n  ok    1  A text comes back"));
    assert!(transcript.contains("-> [message “こんにちは”]  200"));
    assert!(transcript.contains("<- POST /v2/bot/message/reply  200  “こんにちは”"));
}

#[tokio::test]
async fn a_step_that_does_not_come_true_fails_and_the_rest_is_skipped() {
    let (emulator, place) = attached().await;
    let fault = Fault::new("POST /v2/bot/message/reply", 1, FaultKind::ServerError);
    emulator.add_faults(vec![fault]).await.unwrap();
    let quick = GOOD.replace(
        "times = 1\n\n[[step]]",
        "times = 1\nwithin_ms = 200\n\n[[step]]",
    );
    let (report, transcript) = ran(&place, &quick).await;
    assert!(report.failed());
    let outcomes = report.outcomes();
    assert!(matches!(outcomes[0], Outcome::Failed(why) if why.contains("0, expected 1")));
    assert_eq!(*outcomes[1], Outcome::Skipped);
    assert!(transcript.contains("  FAIL  1  A text comes back"));
    assert!(Report::junit(&[report]).contains("failures=\"1\" skipped=\"1\""));
}

#[tokio::test]
async fn an_account_is_linked_as_by_a_browser_in_one_tab_of_two() {
    let (_emulator, place) = running().await;
    let text = LINK.replace("link = {", "begin = \"one\"\nlink = { tab = \"two\",");
    let (report, transcript) = ran(&place, &text).await;
    assert!(!report.failed(), "{transcript}");
    let refused = LINK.replace("status = 200", "status = 302");
    assert!(ran(&place, &refused).await.0.failed());
}

#[tokio::test]
async fn what_happened_can_be_saved_and_run_again() {
    let (_emulator, place) = attached().await;
    ran(&place, GOOD).await;
    let recorded = record("Again", &place).await.unwrap();
    let titles: Vec<&str> = recorded
        .steps
        .iter()
        .map(|step| step.title.as_str())
        .collect();
    assert_eq!(
        titles,
        [
            "An admin links the account",
            "message",
            "deactivated",
            "message"
        ]
    );
    let text = recorded.text().unwrap();
    assert!(text.contains("こんにちは") && !text.contains("replyToken"));
    // No webhook says who took the chat, so that the last step cannot be the same.
    let first = Scenario {
        steps: recorded.steps.into_iter().take(2).collect(),
        ..Scenario::parse(&text).unwrap()
    };
    let (_other, place) = running().await;
    let (report, transcript) = ran(&place, &first.text().unwrap()).await;
    assert!(!report.failed(), "{transcript}");
}

#[tokio::test]
async fn a_file_that_makes_no_sense_is_refused_with_the_place() {
    let error = Scenario::parse("name = \"x\"\n[[step]]\nsayy = 1\n").unwrap_err();
    assert!(error.to_string().contains("sayy"));
    let (_emulator, place) = running().await;
    let (report, _) = ran(&place, "name = \"x\"\n[[step]]\ntitle = \"a\"\nbegin = \"t\"\nsay = { bot = \"${nobody}\", chat = \"a\", text = \"a\" }\n").await;
    assert!(matches!(report.outcomes()[0], Outcome::Failed(why) if why.contains("nobody")));
}

#[test]
fn faults_are_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let (json, toml) = (folder.path().join("a.json"), folder.path().join("a.toml"));
    let fault = r#"[{"match": "POST /v2/bot/message/push", "times": 3, "do": "500"}]"#;
    std::fs::write(&json, fault).unwrap();
    std::fs::write(
        &toml,
        "[[fault]]\nmatch = \"POST /v2/bot/message/push\"\ntimes = 3\ndo = \"500\"\n",
    )
    .unwrap();
    let expected = vec![Fault::new(
        "POST /v2/bot/message/push",
        3,
        FaultKind::ServerError,
    )];
    assert_eq!(Fault::read(&json).unwrap(), expected);
    assert_eq!(Fault::read(&toml).unwrap(), expected);
    std::fs::write(&json, "[{}]").unwrap();
    let error = Fault::read(&json).unwrap_err().to_string();
    assert!(error.contains("a.json") && error.contains("match"));
}

#[tokio::test]
async fn the_program_tells_by_its_exit_code_and_a_junit_file_what_came_of_it() {
    let (_emulator, place) = running().await;
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (
        folder.path().join("good.toml"),
        folder.path().join("bad.toml"),
    );
    std::fs::write(&good, LINK).unwrap();
    std::fs::write(&bad, LINK.replace("status = 200", "status = 201")).unwrap();
    let junit = folder.path().join("junit.xml");
    let play = async |file: &std::path::Path| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_emulator"));
        program.arg("run").arg(file).arg("--junit").arg(&junit);
        program.args(["--emulator", &place.emulator, "--bundle", &place.bundle]);
        let ended = tokio::task::spawn_blocking(move || program.output())
            .await
            .unwrap()
            .unwrap();
        (
            ended.status.code(),
            String::from_utf8(ended.stdout).unwrap(),
        )
    };
    let (code, transcript) = play(&good).await;
    assert_eq!(code, Some(0), "{transcript}");
    assert!(transcript.starts_with("Link\n  ok    1  An admin links the salon"));
    assert!(
        std::fs::read_to_string(&junit)
            .unwrap()
            .contains("failures=\"0\"")
    );
    assert_eq!(play(&bad).await.0, Some(1));
    assert!(
        std::fs::read_to_string(&junit)
            .unwrap()
            .contains("failures=\"1\"")
    );
    assert_eq!(play(&folder.path().join("none.toml")).await.0, Some(2));
}
