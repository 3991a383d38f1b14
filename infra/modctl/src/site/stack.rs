//! A deployed stack, by its outputs.

use std::collections::BTreeMap;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::ProvideCredentials as _;
use aws_sdk_cloudformation::error::ProvideErrorMetadata as _;
use aws_sdk_cloudformation::types::Stack as Description;
use shared::connector;
use shared::env::Env;
use shared::ground::Ground;

use crate::arguments::SiteArguments;
use crate::failure::{Failure, Policy};

/// A connection to AWS is made within this.
pub(super) const CONNECT: std::time::Duration = std::time::Duration::from_secs(5);

/// A deployed stack.
pub(crate) struct Stack {
    name: String,
    status: String,
    pub(super) ground: Ground,
    pub(super) aws: SdkConfig,
    outputs: BTreeMap<String, String>,
    parameters: BTreeMap<String, String>,
}

impl Stack {
    /// Finds the stack with the caller's ordinary credentials.
    pub(super) async fn find(name: &str, arguments: &SiteArguments) -> Result<Self, Failure> {
        let aws = configured(arguments).await;
        let ground = ground(&aws).await?;
        let stack = described(&aws, name).await?;
        let status = stack.stack_status.map(|it| it.as_str().to_owned());
        let outputs = stack.outputs.unwrap_or_default().into_iter();
        let parameters = stack.parameters.unwrap_or_default().into_iter();
        Ok(Self {
            name: name.to_owned(),
            status: status.unwrap_or_default(),
            ground,
            aws,
            outputs: outputs
                .filter_map(|it| Some((it.output_key?, it.output_value?)))
                .collect(),
            parameters: parameters
                .filter_map(|it| Some((it.parameter_key?, it.parameter_value?)))
                .collect(),
        })
    }

    pub(super) fn table(&self) -> Result<String, Failure> {
        self.output("TableName")
    }

    pub(super) fn queue_url(&self) -> Result<String, Failure> {
        self.output("EventQueueUrl")
    }

    /// CloudFormation's word for it, such as `UPDATE_COMPLETE`.
    pub(crate) fn status(&self) -> &str {
        &self.status
    }

    /// The caller's configuration, for AWS's clients.
    pub(crate) fn aws(&self) -> &SdkConfig {
        &self.aws
    }

    /// A parameter of the template that is a number, as it is set.
    pub(crate) fn number(&self, key: &str) -> Option<u64> {
        self.parameters.get(key)?.parse().ok()
    }

    /// A parameter of the template, as it is set.
    pub(crate) fn parameter(&self, key: &str) -> Option<String> {
        self.parameters.get(key).cloned()
    }

    /// An output of the template.
    pub(crate) fn output(&self, key: &str) -> Result<String, Failure> {
        self.outputs.get(key).cloned().ok_or_else(|| {
            Failure::Refused(format!(
                "the stack {} has no output {key}: deploy it with this release's template",
                self.name
            ))
        })
    }

    /// The worker's variables.
    pub(super) async fn variables(&self) -> Result<BTreeMap<String, String>, Failure> {
        let function = self.output("WorkerFunctionArn")?;
        let lambda = aws_sdk_lambda::Client::new(&self.aws);
        let asked = lambda.get_function_configuration().function_name(function);
        let answer = asked.send().await.map_err(|error| {
            Failure::of_aws("read the worker's variables", Policy::Operator, &error)
        })?;
        let variables = answer.environment.and_then(|it| it.variables);
        Ok(variables.unwrap_or_default().into_iter().collect())
    }
}

async fn configured(arguments: &SiteArguments) -> SdkConfig {
    let mut loader =
        aws_config::defaults(BehaviorVersion::latest()).http_client(connector::client(CONNECT));
    if let Some(region) = &arguments.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(profile) = &arguments.profile {
        loader = loader.profile_name(profile);
    }
    loader.load().await
}

async fn ground(aws: &SdkConfig) -> Result<Ground, Failure> {
    let region = aws.region().ok_or_else(|| {
        Failure::Refused("no region is set: give --region, or AWS_REGION, or a profile's".into())
    })?;
    let none = "you have no AWS credentials: log in, or name a --profile";
    let credentials = aws
        .credentials_provider()
        .ok_or_else(|| Failure::NotAllowed(none.into()))?;
    let got = credentials.provide_credentials().await;
    got.map_err(|error| {
        let reasons = shared::aws::reasons(&error);
        // A chain that has found none names every place at which it has looked, on a line each.
        Failure::NotAllowed(match reasons.contains('\n') {
            true => none.into(),
            false => format!("{none}: {reasons}"),
        })
    })?;
    Ok(Ground::of_operator(
        region.as_ref(),
        credentials,
        &Env::process(),
    )?)
}

async fn described(aws: &SdkConfig, name: &str) -> Result<Description, Failure> {
    let client = aws_sdk_cloudformation::Client::new(aws);
    let unknown = || {
        Failure::NotFound(format!(
            "there is no stack {name} in {}: check its name and --region",
            aws.region().map_or("this region", AsRef::as_ref)
        ))
    };
    let answer = client.describe_stacks().stack_name(name).send().await;
    let answer = answer.map_err(|error| {
        let is_unknown = error
            .message()
            .is_some_and(|it| it.contains("does not exist"));
        match is_unknown {
            true => unknown(),
            false => Failure::of_aws("read the stack's outputs", Policy::Support, &error),
        }
    })?;
    let stack = answer.stacks.unwrap_or_default().into_iter().next();
    stack.ok_or_else(unknown)
}
