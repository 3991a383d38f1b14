//! SDK clients for a function. The role's keys come from the environment, where
//! Lambda puts them: the SDK's own search for credentials would only cost time.
//! Called from each `main.rs` and from the local stack, nowhere else.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::connector;
use crate::env::{ConfigError, Env};

/// How long a caller can wait for one AWS call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// To connect.
    pub connect: Duration,
    /// For one attempt.
    pub attempt: Duration,
    /// For all attempts together.
    pub operation: Duration,
}

impl Patience {
    /// LINE waits two seconds for the webhook, and its 5xx must come within 1.5 s.
    pub const WEBHOOK: Self = Self {
        connect: Duration::from_millis(400),
        attempt: Duration::from_millis(800),
        operation: Duration::from_millis(1_200),
    };
    /// The worker has eight seconds for a batch.
    pub const WORKER: Self = Self {
        connect: Duration::from_millis(800),
        attempt: Duration::from_secs(2),
        operation: Duration::from_secs(4),
    };
}

/// What every SDK client needs.
#[derive(Debug, Clone)]
pub struct Aws {
    region: String,
    credentials: Credentials,
    /// Another HTTP client than ours, in simulations.
    http: Option<SharedHttpClient>,
}

impl Aws {
    /// Region and keys as Lambda sets them.
    ///
    /// # Errors
    /// A variable that is missing.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        const REMEDY: &str = "Lambda sets it; elsewhere set it yourself";
        let credentials = Credentials::from_keys(
            env.required("AWS_ACCESS_KEY_ID", REMEDY)?,
            env.required("AWS_SECRET_ACCESS_KEY", REMEDY)?,
            env.optional("AWS_SESSION_TOKEN"),
        );
        Ok(Self {
            region: env.required("AWS_REGION", REMEDY)?,
            credentials,
            http: None,
        })
    }

    /// For emulators on this machine: keys of no value.
    pub fn emulated() -> Self {
        Self {
            region: "us-east-1".into(),
            credentials: Credentials::from_keys("emulated", "emulated", None),
            http: None,
        }
    }

    fn http(&self, patience: Patience) -> SharedHttpClient {
        self.http
            .clone()
            .unwrap_or_else(|| connector::client(patience.connect))
    }

    /// The same over another HTTP client.
    #[must_use]
    pub fn with_http(self, http: SharedHttpClient) -> Self {
        Self {
            http: Some(http),
            ..self
        }
    }
}

/// A client's configuration; all three SDK crates have the same builder.
macro_rules! client {
    ($service:ident, $aws:expr, $endpoint:expr, $patience:expr) => {{
        let mut config = $service::Config::builder()
            .behavior_version($service::config::BehaviorVersion::latest())
            .region($service::config::Region::new($aws.region.clone()))
            .credentials_provider($aws.credentials.clone())
            .http_client($aws.http($patience))
            .sleep_impl(TokioSleep::new())
            .retry_config(retries())
            .timeout_config(timeouts($patience));
        config.set_endpoint_url($endpoint);
        $service::Client::from_conf(config.build())
    }};
}

#[cfg(feature = "queue")]
impl Aws {
    /// SQS; `endpoint` is `AWS_ENDPOINT_URL_SQS`.
    pub fn sqs(&self, endpoint: Option<String>, patience: Patience) -> aws_sdk_sqs::Client {
        client!(aws_sdk_sqs, self, endpoint, patience)
    }
}

#[cfg(feature = "store")]
impl Aws {
    /// DynamoDB; `endpoint` is `AWS_ENDPOINT_URL_DYNAMODB`.
    pub fn dynamodb(
        &self,
        endpoint: Option<String>,
        patience: Patience,
    ) -> aws_sdk_dynamodb::Client {
        client!(aws_sdk_dynamodb, self, endpoint, patience)
    }
}

impl Aws {
    /// Secrets Manager.
    pub fn secrets_manager(&self, patience: Patience) -> aws_sdk_secretsmanager::Client {
        client!(aws_sdk_secretsmanager, self, None, patience)
    }
}

/// Tokio's sleep, as the SDK wants it.
pub fn tokio_sleep() -> SharedAsyncSleep {
    SharedAsyncSleep::new(TokioSleep::new())
}

/// One retry, soon: what waits longer is the queue's business.
fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(2)
        .with_initial_backoff(Duration::from_millis(50))
}

fn timeouts(patience: Patience) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(patience.connect)
        .operation_attempt_timeout(patience.attempt)
        .operation_timeout(patience.operation)
        .build()
}

/// An error and what lies under it, in one line, without the raw answer that
/// the SDK's own description shows.
pub fn reasons(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut under = error.source();
    while let Some(error) = under {
        text = format!("{text}: {error}");
        under = error.source();
    }
    text
}
