//! The changes, and where each is seen.

use reqwest::Method;
use serde_json::{Value, json};

use super::text;
use crate::deploy::Deployed;
use crate::error::{Failed, expect};
use crate::world::World;

/// Parameters with other values, and where the first one's is seen.
pub(super) struct Change {
    pub(super) parameters: &'static [(&'static str, &'static str)],
    seen: Seen,
}

enum Seen {
    /// In the configuration of a function's live version.
    In(&'static str, &'static str),
    /// Among a function's variables.
    By(&'static str, &'static str),
    /// As this value, which the parameter only leads to.
    As(&'static str, &'static str, &'static str),
    /// In how the worker takes messages from the queue.
    InMapping(&'static str),
    /// In the table's description.
    InTable(&'static str),
    /// In the worker's log group.
    InLogs(&'static str),
    /// By a resource that is there.
    Resource(&'static str),
    /// In the alarms' actions.
    InAlarms,
}

const KEY: &str = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555";
const CERTIFICATE: &str =
    "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555";
const TOPIC: &str = "arn:aws:sns:us-east-1:000000000000:others-on-call";

const fn change(parameters: &'static [(&'static str, &'static str)], seen: Seen) -> Change {
    Change { parameters, seen }
}

#[rustfmt::skip]
pub(super) const CHANGES: &[Change] = &[
    change(&[("LineChannelId", "2000000099")], Seen::By("Worker", "LINE_CHANNEL_ID")),
    change(&[("LineBotHeader", "X-Another")], Seen::By("Worker", "LINE_BOT_HEADER")),
    change(&[("LineScopes", "message:send")], Seen::By("Attach", "LINE_SCOPES")),
    change(&[("LineDefaultActive", "false")], Seen::By("Worker", "LINE_DEFAULT_ACTIVE")),
    change(&[("MaySendToMany", "true")], Seen::By("Worker", "MAY_SEND_TO_MANY")),
    change(&[("LineRegion", "TW")], Seen::By("Attach", "LINE_REGION")),
    change(&[("LineBrandType", "verified")], Seen::By("Attach", "LINE_BRAND_TYPE")),
    change(&[("RequireInvitation", "true")], Seen::By("Attach", "REQUIRE_INVITATION")),
    change(&[("LineApiUrl", "https://api.example.com")], Seen::By("Worker", "LINE_API_URL")),
    change(&[("LineDataApiUrl", "https://data.example.com")], Seen::By("Worker", "LINE_DATA_API_URL")),
    change(&[("LineManagerUrl", "https://manager.example.com")], Seen::By("Attach", "LINE_MANAGER_URL")),
    change(&[("PublicUrl", "https://bot.example.com")], Seen::By("Console", "PUBLIC_URL")),
    change(
        &[("DomainName", "bot.example.com"), ("CertificateArn", CERTIFICATE), ("HostedZoneId", ""), ("PublicUrl", "")],
        Seen::As("Attach", "Environment/Variables/PUBLIC_URL", "https://bot.example.com"),
    ),
    change(&[("Architecture", "arm64")], Seen::In("Usage", "Architectures/0")),
    change(&[("WorkerMaximumConcurrency", "7")], Seen::InMapping("ScalingConfig/MaximumConcurrency")),
    change(&[("TableKeyArn", KEY)], Seen::InTable("SSEDescription/KMSMasterKeyArn")),
    change(&[("TableDeletionProtection", "false")], Seen::InTable("DeletionProtectionEnabled")),
    change(&[("EraseAfterDays", "7")], Seen::By("Reconciler", "ERASE_AFTER_DAYS")),
    change(&[("ParkedDays", "20")], Seen::By("Reconciler", "PARKED_DAYS")),
    change(&[("ProfileDays", "10")], Seen::By("Reconciler", "PROFILE_DAYS")),
    change(&[("LogRetentionDays", "90")], Seen::InLogs("retentionInDays")),
    change(&[("LogLevel", "DEBUG")], Seen::By("Webhook", "LOG_LEVEL")),
    change(&[("SystemLogLevel", "INFO")], Seen::In("Webhook", "LoggingConfig/SystemLogLevel")),
    change(&[("AlarmTopicArn", TOPIC)], Seen::InAlarms),
    change(&[("NoWebhookHours", "5")], Seen::Resource("NoWebhookAlarm")),
];

impl Change {
    pub(super) async fn is_seen(&self, world: &World) -> Result<(), Failed> {
        let (parameter, value) = self.parameters[0];
        let (wanted, found) = match self.seen {
            Seen::In(function, place) => (value, configuration(world, function, place).await?),
            Seen::By(function, name) => {
                let place = format!("Environment/Variables/{name}");
                (value, configuration(world, function, &place).await?)
            }
            Seen::As(function, place, wanted) => {
                (wanted, configuration(world, function, place).await?)
            }
            Seen::InMapping(place) => (value, at(&mapping(world).await?, place)),
            Seen::InTable(place) => (
                value,
                at(
                    &world.aws.table(world.deployed.resource("Table")?).await?,
                    place,
                ),
            ),
            Seen::InLogs(place) => (value, at(&logs(world).await?, place)),
            Seen::InAlarms => (value, alarm_action(world).await?),
            Seen::Resource(name) => {
                let deployed = Deployed::read(&world.aws).await?;
                (name, deployed.resource(name).map(|_| name.to_owned())?)
            }
        };
        expect(found == wanted, || {
            format!("{parameter} is {value}, and where {wanted} should be is {found}")
        })
    }
}

fn at(value: &Value, place: &str) -> String {
    text(value.pointer(&format!("/{place}")).unwrap_or(&Value::Null))
}

async fn configuration(world: &World, function: &str, place: &str) -> Result<String, Failed> {
    let name = world.deployed.resource(&format!("{function}Function"))?;
    let path = format!("/2015-03-31/functions/{name}?Qualifier=live");
    let found = world.aws.rest("lambda", Method::GET, &path, None).await?;
    Ok(at(&found["Configuration"], place))
}

async fn mapping(world: &World) -> Result<Value, Failed> {
    let name = world.deployed.resource("WorkerFunction")?;
    let path = format!("/2015-03-31/event-source-mappings/?FunctionName={name}:live");
    let found = world.aws.rest("lambda", Method::GET, &path, None).await?;
    Ok(found["EventSourceMappings"][0].clone())
}

async fn logs(world: &World) -> Result<Value, Failed> {
    let request = json!({"logGroupNamePrefix": world.deployed.resource("WorkerLogs")?});
    let call = world
        .aws
        .json("logs", "Logs_20140328.DescribeLogGroups", &request);
    Ok(call.await?["logGroups"][0].clone())
}

/// Whom one of the alarms tells.
async fn alarm_action(world: &World) -> Result<String, Failed> {
    let request = json!({"AlarmNames": [world.deployed.resource("WorkerErrorsAlarm")?]});
    let call = world.aws.json(
        "monitoring",
        "GraniteServiceVersion20100801.DescribeAlarms",
        &request,
    );
    Ok(at(&call.await?["MetricAlarms"][0], "AlarmActions/0"))
}
