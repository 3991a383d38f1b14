//! The SDK's clients, which only [`Ground`](crate::ground::Ground) builds. The role's keys
//! come from the environment, where Lambda puts them: the SDK's own search for credentials
//! would only cost time.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use crate::connector;
use crate::env::{ConfigError, Env};

/// How long a caller can wait for one AWS call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To connect.
    pub connect: Duration,
    /// For one attempt.
    pub attempt: Duration,
    /// For all attempts together.
    pub operation: Duration,
}

impl Timeouts {
    /// LINE waits two seconds for the webhook, and its 5xx must come within 1.5 s.
    pub const WEBHOOK: Self = Self {
        connect: Duration::from_millis(400),
        attempt: Duration::from_millis(800),
        operation: Duration::from_millis(1_200),
    };
    /// Every other function: the worker has eight seconds for a batch.
    pub const DEFAULT: Self = Self {
        connect: Duration::from_millis(800),
        attempt: Duration::from_secs(2),
        operation: Duration::from_secs(4),
    };
}

/// Region and keys, and each service.
#[derive(Debug, Clone)]
pub(crate) struct Aws {
    region: String,
    credentials: SharedCredentialsProvider,
    /// Instead of those that a caller names.
    pub(crate) timeouts: Option<Timeouts>,
    #[cfg(feature = "store")]
    pub(crate) dynamodb: DynamoDb,
    #[cfg(feature = "queue")]
    pub(crate) sqs: Sqs,
    pub(crate) secrets_manager: SecretsManager,
}

#[cfg(feature = "store")]
type DynamoDb = Service<aws_sdk_dynamodb::config::Builder, aws_sdk_dynamodb::Client>;
#[cfg(feature = "queue")]
type Sqs = Service<aws_sdk_sqs::config::Builder, aws_sdk_sqs::Client>;
type SecretsManager =
    Service<aws_sdk_secretsmanager::config::Builder, aws_sdk_secretsmanager::Client>;

/// What is particular to one service.
#[derive(Debug, Clone)]
pub(crate) struct Service<B, C> {
    /// Where it is, if not where AWS has it.
    pub(crate) endpoint: Option<String>,
    /// Another HTTP client than ours.
    pub(crate) http: Option<SharedHttpClient>,
    /// Changes a client's configuration before the client is built.
    pub(crate) tune: Option<Tune<B>>,
    built: Built<C>,
}

/// Changes a client's configuration.
#[derive(Clone)]
pub(crate) struct Tune<B>(pub(crate) Arc<dyn Fn(B) -> B + Send + Sync>);

impl<B> std::fmt::Debug for Tune<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tune")
    }
}

/// To build a client takes as long as several calls: those with the same timeouts share one.
type Built<C> = Arc<Mutex<Vec<(Timeouts, C)>>>;

impl<B, C: Clone> Service<B, C> {
    fn at(endpoint: Option<String>) -> Self {
        Self {
            endpoint,
            http: None,
            tune: None,
            built: Built::default(),
        }
    }

    fn http(&self, timeouts: Timeouts) -> SharedHttpClient {
        let ours = || connector::client(timeouts.connect);
        self.http.clone().unwrap_or_else(ours)
    }

    /// A change makes other clients than those that were built.
    pub(crate) fn changed(&mut self) -> &mut Self {
        self.built = Built::default();
        self
    }

    fn client(&self, timeouts: Timeouts, build: impl FnOnce() -> C) -> C {
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, client)) = built.iter().find(|(its, _)| *its == timeouts) {
            return client.clone();
        }
        let client = build();
        built.push((timeouts, client.clone()));
        client
    }
}

/// A client; all three SDK crates have the same builder.
macro_rules! client {
    ($sdk:ident, $aws:expr, $service:expr, $timeouts:expr) => {{
        let timeouts = $aws.timeouts.unwrap_or($timeouts);
        $service.client(timeouts, || {
            let mut config = $sdk::Config::builder()
                .behavior_version($sdk::config::BehaviorVersion::latest())
                .region($sdk::config::Region::new($aws.region.clone()))
                .credentials_provider($aws.credentials.clone())
                .http_client($service.http(timeouts))
                .sleep_impl(TokioSleep::new())
                .retry_config(retries())
                .timeout_config(config_of(timeouts));
            config.set_endpoint_url($service.endpoint.clone());
            let config = match &$service.tune {
                Some(Tune(tune)) => tune(config),
                None => config,
            };
            $sdk::Client::from_conf(config.build())
        })
    }};
}

impl Aws {
    /// Region and keys as Lambda sets them, and endpoints by the SDK's own variables.
    pub(crate) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        const REMEDY: &str = "Lambda sets it; elsewhere set it yourself";
        let credentials = Credentials::from_keys(
            env.required("AWS_ACCESS_KEY_ID", REMEDY)?,
            env.required("AWS_SECRET_ACCESS_KEY", REMEDY)?,
            env.optional("AWS_SESSION_TOKEN"),
        );
        let region = env.required("AWS_REGION", REMEDY)?;
        Self::of(region, SharedCredentialsProvider::new(credentials), env)
    }

    /// This region, these credentials, and endpoints by the SDK's own variables.
    pub(crate) fn of(
        region: String,
        credentials: SharedCredentialsProvider,
        env: &Env,
    ) -> Result<Self, ConfigError> {
        Self::new(region, credentials).at_endpoints_of(env)
    }

    /// Keys of no value, for emulators.
    pub(crate) fn emulated() -> Self {
        let credentials = Credentials::from_keys("emulated", "emulated", None);
        Self::new(
            "us-east-1".into(),
            SharedCredentialsProvider::new(credentials),
        )
    }

    fn new(region: String, credentials: SharedCredentialsProvider) -> Self {
        Self {
            region,
            credentials,
            timeouts: None,
            #[cfg(feature = "store")]
            dynamodb: Service::at(None),
            #[cfg(feature = "queue")]
            sqs: Service::at(None),
            secrets_manager: Service::at(None),
        }
    }

    /// Each service's own variable goes before the one for all
    /// (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).
    fn at_endpoints_of(mut self, env: &Env) -> Result<Self, ConfigError> {
        let all = env.endpoint_url("AWS_ENDPOINT_URL")?;
        let of = |name| Ok(env.endpoint_url(name)?.or_else(|| all.clone()));
        #[cfg(feature = "store")]
        {
            self.dynamodb.endpoint = of("AWS_ENDPOINT_URL_DYNAMODB")?;
        }
        #[cfg(feature = "queue")]
        {
            self.sqs.endpoint = of("AWS_ENDPOINT_URL_SQS")?;
        }
        self.secrets_manager.endpoint = of("AWS_ENDPOINT_URL_SECRETS_MANAGER")?;
        Ok(self)
    }

    #[cfg(feature = "store")]
    pub(crate) fn dynamodb(&self, timeouts: Timeouts) -> aws_sdk_dynamodb::Client {
        client!(aws_sdk_dynamodb, self, self.dynamodb, timeouts)
    }

    #[cfg(feature = "queue")]
    pub(crate) fn sqs(&self, timeouts: Timeouts) -> aws_sdk_sqs::Client {
        client!(aws_sdk_sqs, self, self.sqs, timeouts)
    }

    pub(crate) fn secrets_manager(&self, timeouts: Timeouts) -> aws_sdk_secretsmanager::Client {
        client!(aws_sdk_secretsmanager, self, self.secrets_manager, timeouts)
    }
}

/// One retry, soon: what waits longer is the queue's business.
fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(2)
        .with_initial_backoff(Duration::from_millis(50))
}

fn config_of(timeouts: Timeouts) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(timeouts.connect)
        .operation_attempt_timeout(timeouts.attempt)
        .operation_timeout(timeouts.operation)
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

#[cfg(all(test, feature = "queue", feature = "store"))]
mod tests {
    use super::*;

    #[test]
    fn a_services_own_endpoint_goes_before_the_one_for_all() {
        let variables = [
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
            ("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:2"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let env = Env::from_map(variables.into());
        let aws = Aws::emulated().at_endpoints_of(&env).unwrap();
        let all = Some("http://127.0.0.1:1");
        assert_eq!(aws.sqs.endpoint.as_deref(), Some("http://127.0.0.1:2"));
        assert_eq!(aws.dynamodb.endpoint.as_deref(), all);
        assert_eq!(aws.secrets_manager.endpoint.as_deref(), all);
    }
}
