//! Calling the bundle's functions: by Lambda's Invoke call, of a stack or of `cargo dev`.

use aws_config::{Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_lambda::config::{BehaviorVersion, StalledStreamProtectionConfig};
use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use aws_sdk_lambda::primitives::Blob;
use serde_json::Value;
use shared::connector;

use crate::failure::{Failure, Policy};
use crate::site::stack::CONNECT;
use crate::site::{Kind, Site};

/// A function that people may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Called {
    /// Of which is asked what its module would do.
    Worker,
    Reconciler,
}

impl Called {
    fn name(self) -> &'static str {
        match self {
            Self::Worker => "worker",
            Self::Reconciler => "reconciler",
        }
    }

    /// The stack's output with its alias.
    fn output(self) -> &'static str {
        match self {
            Self::Worker => "WorkerFunctionArn",
            Self::Reconciler => "ReconcilerFunctionArn",
        }
    }
}

impl Site {
    /// Calls a function and waits for its answer. Of a stack it takes the OperatorPolicy.
    ///
    /// # Errors
    /// [`Failure`]: it cannot be called, or has failed, in its own words.
    pub(crate) async fn invoke(&self, function: Called, event: &Value) -> Result<Value, Failure> {
        let doing = format!("call the {}", function.name());
        let (client, name) = self.lambda(function)?;
        let invoked = client.invoke().function_name(name);
        let answer = invoked.payload(Blob::new(event.to_string())).send().await;
        let answer = answer.map_err(|error| match error.code() {
            Some("ResourceNotFoundException") => Failure::NotFound(format!(
                "{} has no {} to call: deploy it with this release's template",
                self.name,
                function.name()
            )),
            _ => Failure::of_aws(&doing, Policy::Operator, &error),
        })?;
        let payload = answer.payload.unwrap_or_else(|| Blob::new("null"));
        let value: Value = serde_json::from_slice(payload.as_ref())
            .map_err(|error| Failure::Refused(format!("{doing}: {error}")))?;
        match answer.function_error {
            None => Ok(value),
            Some(_) => Err(Failure::Refused(format!(
                "the {} has failed: {}",
                function.name(),
                value["errorMessage"]
                    .as_str()
                    .unwrap_or("it does not say why")
            ))),
        }
    }

    fn lambda(&self, function: Called) -> Result<(aws_sdk_lambda::Client, String), Failure> {
        let config = match &self.kind {
            Kind::Local { .. } => SdkConfig::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::from_static("us-east-1"))
                .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(
                    "emulated", "emulated", None,
                )))
                .http_client(connector::client(CONNECT))
                .endpoint_url(self.local_address("invoke_url")?),
            Kind::Stack(stack) => stack.aws.clone().into_builder(),
        };
        // A reconciler may be silent for minutes.
        let config = config.stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        let name = match &self.kind {
            Kind::Local { .. } => function.name().to_owned(),
            Kind::Stack(stack) => stack.output(function.output())?,
        };
        Ok((aws_sdk_lambda::Client::new(&config.build()), name))
    }
}
