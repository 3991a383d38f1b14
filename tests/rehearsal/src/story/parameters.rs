//! Each parameter changed by itself: what it says is so afterwards, in the configuration of a function that works by it.

use std::time::Duration;

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{Capability, Parameter, Stack, StackStatus};
use reqwest::Method;
use serde_json::Value;

use crate::deploy::STACK;
use crate::error::{Failed, because, expect};
use crate::wait::until;
use crate::world::World;

/// A parameter, another value for it, a function that works by it, and where in that function's configuration it is.
type Change = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const CHANGES: [Change; 17] = [
    ("LineChannelId", "2000000099", "Worker", "Environment/Variables/LINE_CHANNEL_ID"),
    ("LineBotHeader", "X-Another", "Worker", "Environment/Variables/LINE_BOT_HEADER"),
    ("LineScopes", "message:send", "Attach", "Environment/Variables/LINE_SCOPES"),
    ("LineDefaultActive", "false", "Worker", "Environment/Variables/LINE_DEFAULT_ACTIVE"),
    ("MaySendToMany", "true", "Worker", "Environment/Variables/MAY_SEND_TO_MANY"),
    ("LineRegion", "TW", "Attach", "Environment/Variables/LINE_REGION"),
    ("LineBrandType", "verified", "Attach", "Environment/Variables/LINE_BRAND_TYPE"),
    ("RequireInvitation", "true", "Attach", "Environment/Variables/REQUIRE_INVITATION"),
    ("LineApiUrl", "https://api.example.com", "Worker", "Environment/Variables/LINE_API_URL"),
    ("LineDataApiUrl", "https://data.example.com", "Worker", "Environment/Variables/LINE_DATA_API_URL"),
    ("LineManagerUrl", "https://manager.example.com", "Attach", "Environment/Variables/LINE_MANAGER_URL"),
    ("PublicUrl", "https://bot.example.com", "Console", "Environment/Variables/PUBLIC_URL"),
    ("EraseAfterDays", "7", "Reconciler", "Environment/Variables/ERASE_AFTER_DAYS"),
    ("ParkedDays", "20", "Reconciler", "Environment/Variables/PARKED_DAYS"),
    ("ProfileDays", "10", "Reconciler", "Environment/Variables/PROFILE_DAYS"),
    ("LogLevel", "DEBUG", "Webhook", "Environment/Variables/LOG_LEVEL"),
    ("SystemLogLevel", "INFO", "Webhook", "LoggingConfig/SystemLogLevel"),
];

const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let client = Client::new(&world.aws.config());
    for (number, change) in CHANGES.iter().enumerate() {
        let (parameter, value, ..) = *change;
        let release = format!("parameter-{number}");
        let changed = [(parameter, value), ("Release", &release)];
        update(world, &client, &changed).await?;
        seen(world, change).await?;
    }
    update(world, &client, &[("Release", "back")]).await?;
    let refused = update(world, &client, &[("LineChannelId", "not a number")]).await;
    expect(refused.is_err(), || {
        "a channel ID that is no number is taken".to_owned()
    })?;
    Ok(format!(
        "{} parameters changed by themselves: each is seen where it works",
        CHANGES.len()
    ))
}

/// The stack as it was deployed, with these parameters changed.
async fn update(world: &World, client: &Client, changed: &[(&str, &str)]) -> Result<(), Failed> {
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
    update.send().await.map_err(because("the update"))?;
    until("the update is complete", PATIENCE, async || {
        let described = client.describe_stacks().stack_name(STACK).send().await;
        let described = described.map_err(because("the stack"))?;
        let stack = described.stacks().first();
        match stack.and_then(Stack::stack_status).map(StackStatus::as_str) {
            Some("UPDATE_COMPLETE") => Ok(Some(())),
            Some("UPDATE_IN_PROGRESS" | "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS") => Ok(None),
            other => Err(Failed(format!("the update ends as {other:?}"))),
        }
    })
    .await
}

async fn seen(world: &World, change: &Change) -> Result<(), Failed> {
    let (parameter, value, function, place) = *change;
    let name = world.deployed.resource(&format!("{function}Function"))?;
    let path = format!("/2015-03-31/functions/{name}?Qualifier=live");
    let found = world.aws.rest("lambda", Method::GET, &path, None).await?;
    let is = found.pointer(&format!("/Configuration/{place}"));
    let is = is.and_then(Value::as_str);
    expect(is == Some(value), || {
        format!("{parameter} is {value}, and {function} has {is:?} at {place}")
    })
}
