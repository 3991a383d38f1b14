//! Each parameter changed by itself: what it says is so afterwards, in the function's variables or in the resource.

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{Capability, Parameter};
use serde_json::Value;
use std::time::{Duration, Instant};

use crate::deploy::STACK;
use crate::error::{Failed, because, expect};
use crate::world::World;

/// A parameter, another value for it, and where that is seen.
struct Change {
    parameter: &'static str,
    value: &'static str,
    seen: Seen,
}

/// Where a parameter is seen.
enum Seen {
    /// A variable of a function.
    Variable(&'static str, &'static str),
    /// A member of the answer to GetFunction, and how it begins.
    Function(&'static str, &'static str, &'static str),
}

use Seen::{Function, Variable};

/// A change that a variable shows.
const fn variable(
    parameter: &'static str,
    value: &'static str,
    function: &'static str,
    name: &'static str,
) -> Change {
    Change {
        parameter,
        value,
        seen: Variable(function, name),
    }
}

const CHANGES: [Change; 17] = [
    variable("LineChannelId", "2000000099", "Worker", "LINE_CHANNEL_ID"),
    variable("LineBotHeader", "X-Another", "Worker", "LINE_BOT_HEADER"),
    variable("LineScopes", "message:send", "Attach", "LINE_SCOPES"),
    variable(
        "LineDefaultActive",
        "false",
        "Worker",
        "LINE_DEFAULT_ACTIVE",
    ),
    variable("MaySendToMany", "true", "Worker", "MAY_SEND_TO_MANY"),
    variable("LineRegion", "TW", "Attach", "LINE_REGION"),
    variable("LineBrandType", "verified", "Attach", "LINE_BRAND_TYPE"),
    variable("RequireInvitation", "true", "Attach", "REQUIRE_INVITATION"),
    variable(
        "LineApiUrl",
        "https://api.example.com",
        "Worker",
        "LINE_API_URL",
    ),
    variable(
        "LineDataApiUrl",
        "https://data.example.com",
        "Worker",
        "LINE_DATA_API_URL",
    ),
    variable(
        "LineManagerUrl",
        "https://manager.example.com",
        "Attach",
        "LINE_MANAGER_URL",
    ),
    variable(
        "PublicUrl",
        "https://bot.example.com",
        "Console",
        "PUBLIC_URL",
    ),
    variable("EraseAfterDays", "7", "Reconciler", "ERASE_AFTER_DAYS"),
    variable("ParkedDays", "20", "Reconciler", "PARKED_DAYS"),
    variable("ProfileDays", "10", "Reconciler", "PROFILE_DAYS"),
    variable("LogLevel", "DEBUG", "Webhook", "LOG_LEVEL"),
    Change {
        parameter: "SystemLogLevel",
        value: "INFO",
        seen: Function(
            "Webhook",
            "/Configuration/LoggingConfig/SystemLogLevel",
            "INFO",
        ),
    },
];

const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(200);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let client = Client::new(&world.aws.config());
    for (number, change) in CHANGES.iter().enumerate() {
        let release = format!("parameter-{number}");
        update(
            world,
            &client,
            &[(change.parameter, change.value), ("Release", &release)],
        )
        .await?;
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
    let until = Instant::now() + PATIENCE;
    loop {
        let described = client.describe_stacks().stack_name(STACK).send().await;
        let described = described.map_err(because("the stack"))?;
        let status = described
            .stacks()
            .first()
            .and_then(|stack| stack.stack_status());
        match status.map(aws_sdk_cloudformation::types::StackStatus::as_str) {
            Some("UPDATE_COMPLETE") => return Ok(()),
            Some("UPDATE_IN_PROGRESS" | "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
                if Instant::now() < until => {}
            other => return Err(Failed(format!("the update ends as {other:?}"))),
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn seen(world: &World, change: &Change) -> Result<(), Failed> {
    let (function, place, wanted) = match change.seen {
        Variable(function, name) => {
            let place = format!("/Configuration/Environment/Variables/{name}");
            (function, place, change.value)
        }
        Function(function, place, wanted) => (function, place.to_owned(), wanted),
    };
    let name = world.deployed.resource(&format!("{function}Function"))?;
    let path = format!("/2015-03-31/functions/{name}?Qualifier=live");
    let found = world
        .aws
        .rest("lambda", reqwest::Method::GET, &path, None)
        .await?;
    let is = found.pointer(&place).and_then(Value::as_str);
    expect(is == Some(wanted), || {
        format!(
            "{} is {}, and {function} has {is:?} at {place}",
            change.parameter, change.value
        )
    })
}
