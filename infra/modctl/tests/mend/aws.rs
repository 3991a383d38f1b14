//! What of AWS the program asks of a stack, in one small server; table, queue and LINE are the
//! bundle's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::bench::{Bench, words};
use crate::checkup::Checkup;

pub(crate) const CALLER: &str = "arn:aws:sts::123456789012:assumed-role/operator/mei";
const SECRET: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:channel";
const WORKER: &str = "arn:aws:lambda:us-east-1:123456789012:function:worker:live";

#[derive(Clone)]
pub(crate) struct Aws {
    pub(crate) url: String,
    inner: Arc<Inner>,
}

struct Inner {
    outputs: BTreeMap<&'static str, String>,
    variables: BTreeMap<String, String>,
    /// The secret's text; none before the first value.
    secret: Mutex<Option<String>>,
    checkup: Mutex<Checkup>,
}

impl Aws {
    /// A stack called `line-module`, over the bundle of the bench.
    pub(crate) async fn over(bench: &Bench) -> Self {
        let at = bench.stack.addresses.clone();
        let mut variables = bench.stack.variables.clone();
        variables.remove("LINE_CHANNEL_SECRET");
        variables.insert("LINE_SECRET_ARN".into(), SECRET.into());
        let outputs = BTreeMap::from([
            ("TableName", at.table_name),
            ("EventQueueUrl", at.event_queue_url),
            ("ChannelSecretArn", SECRET.into()),
            ("WorkerFunctionArn", WORKER.into()),
            ("ReconcilerFunctionArn", WORKER.into()),
            ("DeadLetterQueueUrl", at.dead_letter_queue_url),
            ("InboxUrl", at.inbox_url),
            ("StartPage", at.public_url),
            ("WebhookUrl", at.webhook_url),
        ]);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            outputs,
            variables,
            secret: Mutex::default(),
            checkup: Mutex::default(),
        });
        let router = Router::new().fallback(answer).with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, inner }
    }

    /// Changes what AWS says of the stack.
    pub(crate) fn plant(&self, change: impl FnOnce(&mut Checkup)) {
        change(&mut self.inner.checkup.lock().unwrap());
    }

    /// Puts a secret in, whatever it is.
    pub(crate) fn put_secret(&self, text: &str) {
        *self.inner.secret.lock().unwrap() = Some(text.to_owned());
    }

    pub(crate) fn secret(&self) -> Value {
        let secret = self.inner.secret.lock().unwrap();
        serde_json::from_str(secret.as_deref().unwrap_or("null")).unwrap()
    }

    /// The program against the stack.
    pub(crate) fn command(&self, bench: &Bench, arguments: &[&str]) -> Command {
        let arguments = words(&[&["--stack", "line-module", "--json"], arguments]);
        let mut command = bench.command(&arguments);
        command
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "fake")
            .env("AWS_SECRET_ACCESS_KEY", "fake")
            .env("AWS_ENDPOINT_URL", &self.url)
            .env(
                "AWS_ENDPOINT_URL_DYNAMODB",
                &bench.stack.addresses.dynamodb_url,
            )
            .env("AWS_ENDPOINT_URL_SQS", &bench.stack.addresses.sqs_url);
        command
    }
}

async fn answer(
    State(aws): State<Arc<Inner>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Some(answer) = aws.checkup.lock().unwrap().answer(&uri, &headers, &body) {
        return answer;
    }
    let text = String::from_utf8(body.to_vec()).unwrap();
    let target = headers.get("x-amz-target").and_then(|it| it.to_str().ok());
    match target {
        Some(target) => aws.secrets_manager(target, &serde_json::from_str(&text).unwrap()),
        None if text.contains("Action=DescribeStacks") => aws.stacks(&text),
        None if text.contains("Action=GetCallerIdentity") => identity(),
        None if uri.path().ends_with("/configuration") => {
            Json(json!({ "Environment": { "Variables": aws.variables } })).into_response()
        }
        None => {
            let denied =
                json!({"Message": "User is not authorized to perform: lambda:InvokeFunction"});
            let kind = [("x-amzn-errortype", "AccessDeniedException")];
            (StatusCode::FORBIDDEN, kind, Json(denied)).into_response()
        }
    }
}

impl Inner {
    fn stacks(&self, text: &str) -> Response {
        if !text.contains("StackName=line-module") {
            let error = "<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id other does not exist</Message></Error></ErrorResponse>";
            return (StatusCode::BAD_REQUEST, error).into_response();
        }
        let mut outputs = String::new();
        for (key, value) in &self.outputs {
            let _ = write!(
                outputs,
                "<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>"
            );
        }
        let checkup = self.checkup.lock().unwrap();
        let (status, parameters) = (checkup.status, checkup.parameters());
        format!("<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>line-module</StackName><CreationTime>2026-11-20T00:00:00Z</CreationTime><StackStatus>{status}</StackStatus><Outputs>{outputs}</Outputs><Parameters>{parameters}</Parameters></member></Stacks></DescribeStacksResult></DescribeStacksResponse>").into_response()
    }

    fn secrets_manager(&self, target: &str, request: &Value) -> Response {
        let mut secret = self.secret.lock().unwrap();
        assert_eq!(request["SecretId"], SECRET);
        match target.rsplit('.').next().unwrap() {
            "GetSecretValue" => match &*secret {
                Some(text) => Json(json!({ "SecretString": text })).into_response(),
                None => {
                    let message = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT";
                    let error = json!({"__type": "ResourceNotFoundException", "Message": message});
                    (StatusCode::BAD_REQUEST, Json(error)).into_response()
                }
            },
            "PutSecretValue" => {
                *secret = Some(request["SecretString"].as_str().unwrap().to_owned());
                Json(json!({})).into_response()
            }
            "DescribeSecret" => {
                let versions = match &*secret {
                    Some(_) => json!({"v1": ["AWSCURRENT"]}),
                    None => json!({}),
                };
                let described =
                    json!({"LastChangedDate": 1_795_136_400.0, "VersionIdsToStages": versions});
                Json(described).into_response()
            }
            other => panic!("{other}"),
        }
    }
}

fn identity() -> Response {
    format!("<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>{CALLER}</Arn><UserId>u</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>").into_response()
}
