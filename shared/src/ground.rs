//! What a process stands on: clock, sleep, randomness, and its ways to AWS and to LINE. A
//! function's `App::new` takes all of it from here and builds no client itself: so the same
//! code runs in AWS, on this machine, and by a simulation's clock.

#[cfg(feature = "client")]
use std::time::Duration;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
#[cfg(feature = "client")]
use aws_smithy_runtime_api::client::http::SharedHttpConnector;

use crate::aws::{Aws, Timeouts};
use crate::env::{ConfigError, Env};
#[cfg(feature = "client")]
use crate::line::http::Http;
use crate::metrics::{Metrics, MetricsSink};
#[cfg(feature = "queue")]
use crate::queue::Queue;
#[cfg(feature = "random")]
use crate::random::Random;
use crate::secret::{FromSecret, KeptSecret, SecretPlace};
#[cfg(feature = "store")]
use crate::store::Store;

/// A connection to LINE is made within this.
#[cfg(feature = "client")]
const CONNECT_TO_LINE: Duration = Duration::from_secs(1);

/// What a process stands on. Clones share the SDK's clients.
#[derive(Debug, Clone)]
pub struct Ground {
    pub clock: SharedTimeSource,
    /// The sleep: of waits, and of time limits.
    pub sleep: SharedAsyncSleep,
    /// Randomness.
    #[cfg(feature = "random")]
    pub random: Random,
    /// Another way to LINE than our own connector.
    #[cfg(feature = "client")]
    to_line: Option<SharedHttpConnector>,
    /// Where metrics are written, if they are.
    metrics: Option<MetricsSink>,
    aws: Aws,
}

impl Ground {
    /// A Lambda function's: the system's clock and randomness, and AWS by the variables that
    /// Lambda sets. `AWS_ENDPOINT_URL`, and the same with `_DYNAMODB`, `_SQS` or
    /// `_SECRETS_MANAGER` behind it, lead to emulators. With `METRICS_NAMESPACE` metrics are
    /// written to the standard output.
    ///
    /// # Errors
    /// A variable that is missing or wrong.
    pub fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let namespace = env.optional("METRICS_NAMESPACE");
        Ok(Self {
            metrics: namespace.map(|it| MetricsSink::stdout(&it)),
            ..Self::over(Aws::from_env(env)?)
        })
    }

    /// A tool's: by the credentials of the person who runs it, and endpoints by the SDK's own
    /// variables.
    ///
    /// # Errors
    /// An endpoint that is no URL.
    pub fn of_operator(
        region: &str,
        credentials: SharedCredentialsProvider,
        env: &Env,
    ) -> Result<Self, ConfigError> {
        let aws = Aws::of(region.to_owned(), credentials, env)?;
        Ok(Self::over(aws))
    }

    /// One with keys of no value, for emulators: say where they are.
    pub fn emulated() -> Self {
        Self::over(Aws::emulated())
    }

    fn over(aws: Aws) -> Self {
        Self {
            clock: SharedTimeSource::default(),
            sleep: tokio_sleep(),
            #[cfg(feature = "random")]
            random: Random::system(),
            #[cfg(feature = "client")]
            to_line: None,
            metrics: None,
            aws,
        }
    }

    /// By another clock.
    #[must_use]
    pub fn with_clock(self, clock: SharedTimeSource) -> Self {
        Self { clock, ..self }
    }

    /// With another sleep.
    #[must_use]
    pub fn with_sleep(self, sleep: SharedAsyncSleep) -> Self {
        Self { sleep, ..self }
    }

    /// With other randomness.
    #[cfg(feature = "random")]
    #[must_use]
    pub fn with_random(self, random: Random) -> Self {
        Self { random, ..self }
    }

    /// With metrics written here.
    #[must_use]
    pub fn with_metrics(self, sink: MetricsSink) -> Self {
        Self {
            metrics: Some(sink),
            ..self
        }
    }

    /// For what one function counts and measures.
    pub fn metrics(&self) -> Metrics {
        Metrics::new(self.metrics.clone(), self.clock.clone())
    }

    /// With these timeouts for every call to AWS and to LINE, whatever its caller can wait.
    #[must_use]
    pub fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.aws.timeouts = Some(timeouts);
        self
    }

    /// With another HTTP client to Secrets Manager.
    #[must_use]
    pub fn with_secrets_manager_over(mut self, http: SharedHttpClient) -> Self {
        self.aws.secrets_manager.changed().http = Some(http);
        self
    }

    /// What a function needs of the secret, from where it is configured to be.
    pub fn secret<T: FromSecret>(
        &self,
        place: SecretPlace<T>,
        timeouts: Timeouts,
    ) -> KeptSecret<T> {
        let client = || self.aws.secrets_manager(timeouts);
        KeptSecret::new(place, client, self.clock.clone())
    }
}

#[cfg(feature = "client")]
impl Ground {
    /// With another way to LINE than our own connector.
    #[must_use]
    pub fn with_line_over(self, connector: SharedHttpConnector) -> Self {
        Self {
            to_line: Some(connector),
            ..self
        }
    }

    /// LINE; `timeout` is for a whole exchange.
    pub fn http_to_line(&self, timeout: Duration) -> Http {
        let ours = || crate::connector::connector(CONNECT_TO_LINE);
        let connector = self.to_line.clone().unwrap_or_else(ours);
        let instead = self.aws.timeouts.map(|timeouts| timeouts.operation);
        let timeout = instead.unwrap_or(timeout);
        Http::new(connector, self.clock.clone(), self.sleep.clone(), timeout)
    }
}

#[cfg(feature = "store")]
impl Ground {
    /// The table of this name.
    pub fn table(&self, name: String) -> Store {
        Store::new(self.dynamodb(), name)
    }

    /// DynamoDB itself.
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        self.aws.dynamodb(Timeouts::DEFAULT)
    }

    /// With DynamoDB at this URL.
    #[must_use]
    pub fn with_dynamodb_at(mut self, url: impl Into<String>) -> Self {
        self.aws.dynamodb.changed().endpoint = Some(url.into());
        self
    }

    /// With another HTTP client to DynamoDB.
    #[must_use]
    pub fn with_dynamodb_over(mut self, http: SharedHttpClient) -> Self {
        self.aws.dynamodb.changed().http = Some(http);
        self
    }

    /// With whatever else its client must have.
    #[must_use]
    pub fn with_dynamodb_tuned(
        mut self,
        tune: impl Fn(aws_sdk_dynamodb::config::Builder) -> aws_sdk_dynamodb::config::Builder
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.aws.dynamodb.changed().tune = Some(crate::aws::Tune(std::sync::Arc::new(tune)));
        self
    }
}

#[cfg(feature = "queue")]
impl Ground {
    /// The queue of this URL, for a caller with these timeouts.
    pub fn queue(&self, url: String, timeouts: Timeouts) -> Queue {
        Queue::new(self.sqs(timeouts), url)
    }

    /// SQS itself.
    pub fn sqs(&self, timeouts: Timeouts) -> aws_sdk_sqs::Client {
        self.aws.sqs(timeouts)
    }

    /// With SQS at this URL.
    #[must_use]
    pub fn with_sqs_at(mut self, url: impl Into<String>) -> Self {
        self.aws.sqs.changed().endpoint = Some(url.into());
        self
    }

    /// With another HTTP client to SQS.
    #[must_use]
    pub fn with_sqs_over(mut self, http: SharedHttpClient) -> Self {
        self.aws.sqs.changed().http = Some(http);
        self
    }

    /// With whatever else its client must have.
    #[must_use]
    pub fn with_sqs_tuned(
        mut self,
        tune: impl Fn(aws_sdk_sqs::config::Builder) -> aws_sdk_sqs::config::Builder
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.aws.sqs.changed().tune = Some(crate::aws::Tune(std::sync::Arc::new(tune)));
        self
    }
}

/// Tokio's sleep, as the SDK wants it.
pub fn tokio_sleep() -> SharedAsyncSleep {
    SharedAsyncSleep::new(TokioSleep::new())
}
