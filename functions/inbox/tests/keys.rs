//! What the inbox makes of signatures and of keys that are in Secrets Manager: when it reads them,
//! and what it answers while there is none. What a call comes to is in `tests/flow/tests/inbox/`.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use inbox::{App, Config, SIGNATURE_HEADER, TIMESTAMP_HEADER, handle_request, sign};
use serde_json::{Value, json};
use shared::env::Env;
use shared::ground::Ground;

const PATH: &str = "/inbox/U0123456789abcdef0123456789abcdef/L1";
const BODY: &str = r#"{"name":"booked","id":"web-1","payload":null}"#;

/// Secrets Manager and a queue that takes all: what is in the secret, how often it was asked for,
/// and the time.
#[derive(Debug, Clone)]
struct Aws(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    secret: Option<Value>,
    asked: usize,
    now: SystemTime,
}

impl Aws {
    fn with(secret: Value) -> Self {
        Self(Arc::new(Mutex::new(State {
            secret: Some(secret),
            asked: 0,
            now: UNIX_EPOCH + Duration::from_secs(1_795_136_400),
        })))
    }

    fn set(&self, secret: Option<Value>) {
        self.0.lock().unwrap().secret = secret;
    }

    fn advance(&self, time: Duration) {
        self.0.lock().unwrap().now += time;
    }

    fn asked(&self) -> usize {
        self.0.lock().unwrap().asked
    }

    fn client(&self) -> SharedHttpClient {
        let aws = self.clone();
        http_client_fn(move |_, _| SharedHttpConnector::new(aws.clone()))
    }

    fn inbox(&self) -> App {
        let variables = [
            ("LINE_SECRET_ARN", "arn"),
            ("EVENT_QUEUE_URL", "http://127.0.0.1:1/queue"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::read(&Env::from_map(variables.into())).unwrap();
        let ground = Ground::emulated()
            .with_clock(SharedTimeSource::new(self.clone()))
            .with_sqs_at("http://127.0.0.1:1")
            .with_sqs_over(self.client())
            .with_secrets_manager_over(self.client());
        App::new(config, &ground)
    }

    /// The error of a call that is signed with this key now; none if it is taken.
    async fn says(&self, inbox: &App, key: &str) -> Option<String> {
        let seconds = self.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let signature = sign(&key.into(), seconds, PATH, BODY.as_bytes());
        self.sends(inbox, &seconds.to_string(), &signature).await
    }

    async fn sends(&self, inbox: &App, timestamp: &str, signature: &str) -> Option<String> {
        let request = json!({
            "headers": { TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: signature },
            "requestContext": { "http": { "path": PATH } },
            "body": BODY,
        });
        let request = serde_json::from_value(request).unwrap();
        let answer = handle_request(inbox, request).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        let error = body["error"].as_str().map(str::to_owned);
        assert_eq!(answer.status_code == 202, error.is_none(), "{body}");
        error
    }
}

impl HttpConnector for Aws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut state = self.0.lock().unwrap();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let (status, body) = if target.ends_with("SendMessageBatch") {
            let taken = json!({"Id": "0", "MessageId": "m", "MD5OfMessageBody": "x"});
            (200, json!({"Successful": [taken], "Failed": []}))
        } else {
            state.asked += 1;
            let message = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
            let none = json!({"__type": "ResourceNotFoundException", "Message": message});
            let found = state.secret.as_ref();
            found.map_or((400, none), |it| {
                (200, json!({"SecretString": it.to_string()}))
            })
        };
        let status = StatusCode::try_from(status).unwrap();
        let response = HttpResponse::new(status, SdkBody::from(body.to_string()));
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl TimeSource for Aws {
    fn now(&self) -> SystemTime {
        self.0.lock().unwrap().now
    }
}

fn error(word: &str) -> Option<String> {
    Some(word.to_owned())
}

#[tokio::test]
async fn both_keys_are_taken_while_they_are_rotated() {
    let aws = Aws::with(json!({"inbox_key": "new", "previous_inbox_key": "old"}));
    let inbox = aws.inbox();
    assert_eq!(aws.says(&inbox, "new").await, None);
    assert_eq!(aws.says(&inbox, "old").await, None);
    assert_eq!(aws.says(&inbox, "older").await, error("wrong_signature"));
    assert_eq!(aws.asked(), 1);
}

#[tokio::test]
async fn a_signature_that_does_not_fit_reads_the_keys_again_once_a_minute() {
    let aws = Aws::with(json!({"channel_secret": "s", "inbox_key": "old"}));
    let inbox = aws.inbox();
    assert_eq!(aws.says(&inbox, "old").await, None);
    aws.set(Some(json!({"channel_secret": "s", "inbox_key": "new"})));
    assert_eq!(aws.says(&inbox, "new").await, error("wrong_signature"));
    assert_eq!(aws.asked(), 1);
    aws.advance(Duration::from_secs(60));
    assert_eq!(aws.says(&inbox, "new").await, None);
    assert_eq!(aws.says(&inbox, "old").await, error("wrong_signature"));
    assert_eq!(aws.asked(), 2);
}

#[tokio::test]
async fn what_is_no_signature_never_reads_the_keys() {
    let aws = Aws::with(json!({"inbox_key": "key"}));
    let inbox = aws.inbox();
    let signature = sign(&"key".into(), 1, PATH, BODY.as_bytes());
    for (timestamp, signature) in [
        ("1", ""),
        ("1", &*"x".repeat(44)),
        ("", &*signature),
        ("-1", &*signature),
        ("+1", &*signature),
        ("1.0", &*signature),
        ("99999999999999999999999", &*signature),
    ] {
        let refused = aws.sends(&inbox, timestamp, signature).await;
        assert_eq!(refused, error("unsigned"), "{timestamp} {signature}");
    }
    assert_eq!(aws.asked(), 0);
}

/// The channel's secret is no key of the inbox's.
#[tokio::test]
async fn until_a_key_is_set_the_answer_says_so() {
    let aws = Aws::with(json!({"channel_secret": "s", "previous_inbox_key": "old"}));
    let inbox = aws.inbox();
    for key in ["s", "old", ""] {
        assert_eq!(aws.says(&inbox, key).await, error("no_key"), "{key:?}");
    }
    aws.set(None);
    assert_eq!(aws.says(&inbox, "key").await, error("no_key"));
    aws.set(Some(json!("no object")));
    assert_eq!(aws.says(&inbox, "key").await, error("key_unreadable"));
    aws.set(Some(json!({"inbox_key": "key"})));
    assert_eq!(aws.says(&inbox, "key").await, None);
}

/// Who has no key learns nothing of our clock.
#[tokio::test]
async fn the_signature_is_judged_before_the_time() {
    let aws = Aws::with(json!({"inbox_key": "key"}));
    let inbox = aws.inbox();
    let seconds = aws.now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let at = async |key: &str, seconds: u64| {
        let signature = sign(&key.into(), seconds, PATH, BODY.as_bytes());
        aws.sends(&inbox, &seconds.to_string(), &signature).await
    };
    assert_eq!(at("key", seconds - 300).await, None);
    assert_eq!(at("key", seconds + 300).await, None);
    assert_eq!(at("key", seconds - 301).await, error("stale_timestamp"));
    assert_eq!(at("key", seconds + 301).await, error("stale_timestamp"));
    assert_eq!(at("key", 0).await, error("stale_timestamp"));
    assert_eq!(at("other", 0).await, error("wrong_signature"));
}
