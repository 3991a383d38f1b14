//! The emulator of AWS: a process of its own, with the gaps filled that `aws.py` names.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use shared::connector;
use shared::ground::tokio_sleep;
use tokio::process::{Child, Command};

use crate::error::{Failed, because};
use crate::wait::until;

pub(crate) const REGION: &str = "us-east-1";
/// Starting takes a second or two.
const STARTING: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(1);
/// What is in a queue is done by then.
const EMPTYING: Duration = Duration::from_secs(60);

/// AWS as it runs here. It ends with its functions when it is dropped.
pub(crate) struct Aws {
    pub(crate) url: String,
    /// What functions have called, a line of JSON for each call.
    pub(crate) recording: PathBuf,
    process: Child,
    http: reqwest::Client,
}

impl Aws {
    /// Starts it by this Python; logs and state are kept in `folder`.
    pub(crate) async fn start(python: &Path, folder: &Path) -> Result<Self, Failed> {
        let port = free_port()?;
        let recording = folder.join("calls.jsonl");
        let _ = std::fs::remove_file(&recording); // of an earlier run
        let log = std::fs::File::create(folder.join("aws.log")).map_err(because("the log"))?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("aws.py");
        let process = Command::new(python)
            .arg(script)
            .arg(&recording)
            .env("GATEWAY_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
            .env("TMPDIR", folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(because("the log"))?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(because("the emulator of AWS"))?;
        let mut aws = Self {
            url: format!("http://127.0.0.1:{port}"),
            recording,
            process,
            http: reqwest::Client::new(),
        };
        aws.is_up(folder).await?;
        Ok(aws)
    }

    async fn is_up(&mut self, folder: &Path) -> Result<(), Failed> {
        let health = format!("{}/_ministack/health", self.url);
        let Self { process, http, .. } = self;
        until("the emulator of AWS is up", STARTING, async || {
            let ended = process.try_wait().map_err(because("the emulator of AWS"))?;
            if ended.is_some() {
                let said = std::fs::read_to_string(folder.join("aws.log")).unwrap_or_default();
                let last = said.lines().last().unwrap_or_default();
                return Err(Failed(format!(
                    "the emulator of AWS does not start: {last}"
                )));
            }
            Ok(http.get(&health).send().await.is_ok().then_some(()))
        })
        .await
    }

    /// What a program needs in its environment to speak to it.
    pub(crate) fn variables(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("AWS_ENDPOINT_URL", self.url.clone()),
            ("AWS_ACCESS_KEY_ID", "rehearsal".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "rehearsal".to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("SAM_CLI_TELEMETRY", "0".to_owned()),
        ])
    }

    /// For an SDK's client.
    pub(crate) fn config(&self) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(
                "rehearsal",
                "rehearsal",
                None,
            )))
            .endpoint_url(&self.url)
            .http_client(connector::client(CONNECT))
            .region(Region::new(REGION))
            .sleep_impl(tokio_sleep())
            .build()
    }

    pub(crate) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config())
    }

    /// A topic for the alarms, and somebody who hears it. Gives its ARN.
    pub(crate) async fn alarm_topic(&self) -> Result<String, Failed> {
        let create = [("Action", "CreateTopic"), ("Name", "on-call")];
        let topic = self.query("sns", &create).await?;
        let topic = element(&topic, "TopicArn")?.to_owned();
        let subscribe = [
            ("Action", "Subscribe"),
            ("TopicArn", &topic),
            ("Protocol", "email"),
            ("Endpoint", "on-call@example.com"),
        ];
        self.query("sns", &subscribe).await?;
        Ok(topic)
    }

    /// Whether a queue is there.
    pub(crate) async fn has_queue(&self, url: &str) -> Result<(), Failed> {
        let name = url.rsplit('/').next().unwrap_or_default();
        let get = [("Action", "GetQueueUrl"), ("QueueName", name)];
        let answer = self.query("sqs", &get).await?;
        element(&answer, "QueueUrl").map(drop)
    }

    /// Puts a text into a FIFO queue.
    pub(crate) async fn send(&self, url: &str, text: &str) -> Result<(), Failed> {
        let send = [
            ("Action", "SendMessage"),
            ("QueueUrl", url),
            ("MessageBody", text),
            ("MessageGroupId", "rehearsal"),
            ("MessageDeduplicationId", text),
        ];
        let answer = self.query("sqs", &send).await?;
        element(&answer, "MessageId").map(drop)
    }

    /// Waits until a queue is empty, and nothing of it is in work.
    pub(crate) async fn is_emptied(&self, url: &str) -> Result<(), Failed> {
        let get = [
            ("Action", "GetQueueAttributes"),
            ("QueueUrl", url),
            ("AttributeName.1", "ApproximateNumberOfMessages"),
            ("AttributeName.2", "ApproximateNumberOfMessagesNotVisible"),
        ];
        until("the queue is empty", EMPTYING, async || {
            let answer = self.query("sqs", &get).await?;
            Ok((answer.matches("<Value>0</Value>").count() == 2).then_some(()))
        })
        .await
    }

    /// Whether a secret is there, with its value.
    pub(crate) async fn has_secret(&self, arn: &str) -> Result<(), Failed> {
        let request = serde_json::json!({"SecretId": arn});
        let get = "secretsmanager.GetSecretValue";
        self.json("secretsmanager", get, &request).await.map(drop)
    }

    /// The document of a role's policy. IAM speaks XML, of which the document is one element's text.
    pub(crate) async fn role_policy(
        &self,
        role: &str,
        policy: &str,
    ) -> Result<serde_json::Value, Failed> {
        let get = [
            ("Action", "GetRolePolicy"),
            ("RoleName", role),
            ("PolicyName", policy),
        ];
        let answer = self.query("iam", &get).await?;
        let document = percent_encoding::percent_decode_str(element(&answer, "PolicyDocument")?);
        serde_json::from_str(&document.decode_utf8_lossy()).map_err(because("a policy"))
    }

    /// A call of the services that take a form and answer with XML.
    async fn query(&self, service: &str, form: &[(&str, &str)]) -> Result<String, Failed> {
        let request = self
            .http
            .post(&self.url)
            .header("authorization", signed(service));
        let answer = request.form(form).send().await.map_err(because(service))?;
        answer.text().await.map_err(because(service))
    }

    /// A call of a service whose SDK nothing else here needs. It is not signed: nobody checks that.
    pub(crate) async fn rest(
        &self,
        service: &str,
        method: reqwest::Method,
        path: &str,
        body: Option<&serde_json::Value>,
    ) -> Result<serde_json::Value, Failed> {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.json(body);
        }
        answer(service, path, request).await
    }

    /// A table's description. The SDK does not read it: a boolean that comes from a parameter is a text there.
    pub(crate) async fn table(&self, name: &str) -> Result<serde_json::Value, Failed> {
        let request = serde_json::json!({"TableName": name});
        let describe = "DynamoDB_20120810.DescribeTable";
        let answer = self.json("dynamodb", describe, &request).await?;
        Ok(answer["Table"].clone())
    }

    /// A call of a service that takes the action's name in a header, and JSON.
    pub(crate) async fn json(
        &self,
        service: &str,
        target: &str,
        request: &serde_json::Value,
    ) -> Result<serde_json::Value, Failed> {
        let post = self.http.post(&self.url).header("x-amz-target", target);
        answer(service, target, post.json(request)).await
    }
}

async fn answer(
    service: &str,
    action: &str,
    request: reqwest::RequestBuilder,
) -> Result<serde_json::Value, Failed> {
    let request = request.header("authorization", signed(service));
    let answer = request.send().await.map_err(because(service))?;
    let status = answer.status();
    let text = answer.text().await.map_err(because(service))?;
    if !status.is_success() {
        return Err(Failed(format!("{service} {action}: {status} {text}")));
    }
    serde_json::from_str(&text).map_err(because(service))
}

/// The text of an XML element.
fn element<'a>(text: &'a str, name: &str) -> Result<&'a str, Failed> {
    let inside = text.split(&format!("<{name}>")).nth(1);
    let inside = inside.and_then(|rest| rest.split(&format!("</{name}>")).next());
    inside.ok_or_else(|| Failed(format!("no {name} in {text}")))
}

/// By this header the emulator knows which service is meant. Nobody checks the signature.
fn signed(service: &str) -> String {
    let scope = format!("Credential=rehearsal/20260101/{REGION}/{service}/aws4_request");
    format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=none")
}

/// The processes that run a function of the emulator at `url`, by their ids.
pub(crate) fn processes_of(url: &str, function: &str) -> Vec<i32> {
    let name = format!("AWS_LAMBDA_FUNCTION_NAME={function}");
    let endpoint = format!("AWS_ENDPOINT_URL={url}");
    let runs_it = |pid: &i32| {
        let environment = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let has = |wanted: &str| {
            environment
                .split(|byte| *byte == 0)
                .any(|it| it == wanted.as_bytes())
        };
        has(&name) && has(&endpoint)
    };
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(runs_it)
        .collect()
}

fn free_port() -> Result<u16, Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(because("a free port"))?;
    Ok(listener
        .local_addr()
        .map_err(because("a free port"))?
        .port())
}
