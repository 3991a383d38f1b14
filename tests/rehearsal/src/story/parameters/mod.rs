//! Each parameter changed by itself: what it says is so afterwards, where it works. And values that a person mistypes:
//! refused, with a sentence that says what is wanted.

mod refused;
mod seen;

use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::DisplayErrorContext;
use aws_sdk_cloudformation::types::{Capability, Parameter, Stack, StackStatus};
use serde_json::Value;
use template_file::Template;

use self::refused::REFUSALS;
use self::seen::CHANGES;
use crate::deploy::STACK;
use crate::error::{Failed, because, expect};
use crate::wait::until;
use crate::world::{World, template_path};

/// Parameters that no story of this one changes, and why.
const LEFT_OUT: [(&str, &str); 9] = [
    ("Release", "changes with each update"),
    ("TableName", "the restore"),
    ("TableStreamLabel", "the restore"),
    ("DeploymentType", "the emulator shifts nothing"),
    ("ThrottlingRateLimit", "the emulator throttles nothing"),
    ("ThrottlingBurstLimit", "the emulator throttles nothing"),
    (
        "WebhookThrottlingRateLimit",
        "the emulator throttles nothing",
    ),
    (
        "WebhookThrottlingBurstLimit",
        "the emulator throttles nothing",
    ),
    (
        "WebhookReservedConcurrency",
        "the emulator reserves nothing",
    ),
];

const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    all_are_here()?;
    let client = Client::new(&world.aws.config());
    for (number, change) in CHANGES.iter().enumerate() {
        let release = format!("parameter-{number}");
        let changed = [change.parameters, &[("Release", &release)]].concat();
        update(world, &client, &changed).await?;
        change.is_seen(world).await?;
    }
    update(world, &client, &[("Release", "back")]).await?;
    for (parameters, sentence) in REFUSALS {
        is_refused(world, &client, parameters, sentence).await?;
    }
    Ok(format!(
        "{} changes of parameters, one by one: each is seen where it works\n{} wrong values refused, each with its sentence",
        CHANGES.len(),
        REFUSALS.len()
    ))
}

/// A parameter that is new in template.yaml is changed here, or left out for a reason.
fn all_are_here() -> Result<(), Failed> {
    let template = Template::load(template_path()).map_err(because("template.yaml"))?;
    let parameters = template.document()["Parameters"].as_object();
    let all = parameters.into_iter().flat_map(|all| all.keys());
    let changed = CHANGES.iter().flat_map(|change| change.parameters);
    let known: BTreeSet<_> = changed.chain(&LEFT_OUT).map(|(name, _)| *name).collect();
    let missing: Vec<_> = all.filter(|name| !known.contains(name.as_str())).collect();
    expect(missing.is_empty(), || {
        format!("no change of {missing:?} is rehearsed")
    })
}

/// The stack as it was deployed, with these parameters changed.
async fn update(world: &World, client: &Client, changed: &[(&str, &str)]) -> Result<(), Failed> {
    let begun = begin_update(world, client, changed).await;
    begun.map_err(|error| Failed(format!("the update with {changed:?}: {error}")))?;
    until("the update is complete", PATIENCE, async || {
        let described = client.describe_stacks().stack_name(STACK).send().await;
        let described = described.map_err(because("the stack"))?;
        let stack = described.stacks().first();
        match stack.and_then(Stack::stack_status).map(StackStatus::as_str) {
            Some("UPDATE_COMPLETE") => Ok(Some(())),
            Some("UPDATE_IN_PROGRESS" | "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") => Ok(None),
            other => Err(Failed(format!(
                "the update with {changed:?} ends as {other:?}: {:?}",
                stack.and_then(Stack::stack_status_reason)
            ))),
        }
    })
    .await
}

/// Gives what CloudFormation says against it.
async fn begin_update(
    world: &World,
    client: &Client,
    changed: &[(&str, &str)],
) -> Result<(), String> {
    let changed = world.deployment.with(changed);
    let parameters = changed.parameters.iter().map(|(name, value)| {
        Parameter::builder()
            .parameter_key(name)
            .parameter_value(value)
            .build()
    });
    let update = client
        .update_stack()
        .stack_name(STACK)
        .use_previous_template(true)
        .capabilities(Capability::CapabilityIam)
        .capabilities(Capability::CapabilityAutoExpand)
        .set_parameters(Some(parameters.collect()));
    let sent = update.send().await;
    sent.map(drop)
        .map_err(|error| DisplayErrorContext(error).to_string())
}

async fn is_refused(
    world: &World,
    client: &Client,
    parameters: &[(&str, &str)],
    sentence: &str,
) -> Result<(), Failed> {
    match begin_update(world, client, parameters).await {
        Err(said) if said.contains(sentence) => Ok(()),
        Err(said) => Err(Failed(format!(
            "{parameters:?} is refused without {sentence:?}: {said}"
        ))),
        Ok(()) => Err(Failed(format!("{parameters:?} is taken"))),
    }
}

/// A value of an answer as a parameter has it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
