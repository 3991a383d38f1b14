//! What the webhook makes of signatures and of a secret that is in Secrets Manager: when it reads it, and what it
//! answers while there is none.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use shared::env::Env;
use shared::gateway::Response;
use shared::ground::Ground;
use webhook::{App, Config, handle};

/// What LINE sends when an operator presses Verify.
const BODY: &str = r#"{"destination":"U0123456789abcdef0123456789abcdef","events":[]}"#;

/// Secrets Manager: its answer now, how often it was asked, and the time.
#[derive(Debug, Clone)]
struct Manager(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    status: u16,
    answer: Value,
    asked: usize,
    now: SystemTime,
}

impl Manager {
    fn new(status: u16, answer: Value) -> Self {
        Self(Arc::new(Mutex::new(State {
            status,
            answer,
            asked: 0,
            now: UNIX_EPOCH,
        })))
    }

    /// One with this secret.
    fn with(secret: &str) -> Self {
        Self::new(200, value(secret))
    }

    /// As CloudFormation creates a secret to which no value is given.
    fn empty() -> Self {
        let message =
            "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
        let answer = json!({"__type": "ResourceNotFoundException", "Message": message});
        Self::new(400, answer)
    }

    /// The operator puts this secret in.
    fn set(&self, secret: &str) {
        let mut state = self.0.lock().unwrap();
        (state.status, state.answer) = (200, value(secret));
    }

    fn advance(&self, time: Duration) {
        self.0.lock().unwrap().now += time;
    }

    fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }

    /// The webhook over it.
    fn webhook(&self) -> App {
        let variables = [
            ("LINE_SECRET_ARN", "arn"),
            ("EVENT_QUEUE_URL", "http://127.0.0.1:1/queue"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::read(&Env::from_map(variables.into())).unwrap();
        let manager = self.clone();
        let http = http_client_fn(move |_, _| SharedHttpConnector::new(manager.clone()));
        let ground = Ground::emulated()
            .with_clock(SharedTimeSource::new(self.clone()))
            .with_secrets_manager_over(http);
        App::new(config, &ground)
    }
}

fn value(secret: &str) -> Value {
    json!({"SecretString": json!({"channel_secret": secret}).to_string()})
}

impl HttpConnector for Manager {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let mut state = self.0.lock().unwrap();
        state.asked += 1;
        let status = StatusCode::try_from(state.status).unwrap();
        let body = SdkBody::from(state.answer.to_string());
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, body)))
    }
}

impl TimeSource for Manager {
    fn now(&self) -> SystemTime {
        self.0.lock().unwrap().now
    }
}

fn sign(secret: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(BODY.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

async fn post(app: &App, signature: Option<&str>) -> Response {
    let headers = signature.map_or(json!({}), |value| json!({"x-line-signature": value}));
    let request = json!({"headers": headers, "body": BODY});
    handle(app, serde_json::from_value(request).unwrap()).await
}

#[tokio::test]
async fn what_is_no_signature_never_reads_the_secret() {
    let manager = Manager::with("s");
    let app = manager.webhook();
    let others = [
        None,
        Some(String::new()),
        Some("x".repeat(44)),
        Some(STANDARD.encode([7; 31])),
        Some(format!("{} ", sign("s"))),
        Some(sign("s").repeat(1_000)),
    ];
    for signature in &others {
        let answer = post(&app, signature.as_deref()).await;
        assert_eq!(answer.status_code, 401, "{signature:?}");
    }
    assert_eq!(manager.asked(), 0);
    assert_eq!(post(&app, Some(&sign("s"))).await.status_code, 200);
    manager.advance(Duration::from_secs(3600));
    for signature in &others {
        assert_eq!(post(&app, signature.as_deref()).await.status_code, 401);
    }
    assert_eq!(manager.asked(), 1);
}

#[tokio::test]
async fn a_signature_that_does_not_fit_reads_the_secret_again_once_a_minute() {
    let manager = Manager::with("old");
    let app = manager.webhook();
    assert_eq!(post(&app, Some(&sign("old"))).await.status_code, 200);
    manager.set("new");
    assert_eq!(post(&app, Some(&sign("new"))).await.status_code, 401);
    assert_eq!(manager.asked(), 1);
    manager.advance(Duration::from_secs(60));
    assert_eq!(post(&app, Some(&sign("new"))).await.status_code, 200);
    assert_eq!(post(&app, Some(&sign("other"))).await.status_code, 401);
    assert_eq!(manager.asked(), 2);
}

#[tokio::test]
async fn until_the_secret_is_set_the_answer_says_so() {
    let manager = Manager::empty();
    let app = manager.webhook();
    let answer = post(&app, Some(&sign("s"))).await;
    assert_eq!(answer.status_code, 503);
    assert_eq!(answer.body, "The channel secret is not set yet.");
    // Put in, it is taken at once.
    manager.set("s");
    assert_eq!(post(&app, Some(&sign("s"))).await.status_code, 200);
    manager.set("");
    let empty = manager.webhook();
    let answer = post(&empty, Some(&sign("s"))).await;
    assert_eq!(answer.body, "The channel secret is not set yet.");
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_another_matter() {
    let denied = json!({"__type": "AccessDeniedException", "Message": "no"});
    let app = Manager::new(400, denied).webhook();
    let answer = post(&app, Some(&sign("s"))).await;
    assert_eq!(answer.status_code, 503);
    assert_eq!(
        answer.body,
        "The channel secret could not be read. Send the events again."
    );
}
