//! The table is lost: it is restored into another one and adopted, as docs/operate.md has it. What LINE's list and the
//! queue still have comes back; what was written since is lost, and counted.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    PointInTimeRecoverySpecification, Select, StreamSpecification, StreamViewType,
    TimeToLiveSpecification,
};
use reqwest::Method;
use serde_json::json;
use shared::domain::BotId;

use crate::error::{Failed, because, expect};
use crate::guests::Guests;
use crate::wait::until;
use crate::world::{World, table};

const RESTORED: &str = "bot-restored";
const GUESTS: usize = 10;
/// How long restoring a small table may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let began = Instant::now();
    let client = world.aws.dynamodb();
    let guests = Guests::come(world, GUESTS).await?;
    guests.write(world, 2, 1).await?;
    restore(&client, &world.own_table).await?;
    let backed_up = rows(&client, RESTORED).await?;

    // After the backup: messages that are answered, an account that is linked, and messages that wait in the queue.
    let written = guests.write(world, 2, 1).await?;
    let linked = link_another(world).await?;
    world
        .aws
        .is_emptied(world.deployed.resource("EventQueue")?)
        .await?;
    let in_table = rows(&client, &world.own_table).await?;
    let mapping = Mapping::of_worker(world).await?;
    mapping.enable(world, false).await?;
    let waiting = guests.send(world, 1).await?;

    let stream = stream_label(&client).await?;
    let adopted = world.deployment.with(&[
        ("TableName", RESTORED),
        ("TableStreamLabel", &stream),
        ("Release", "restored"),
    ]);
    world.deploy(adopted).await?;
    world.store = table(&world.aws, RESTORED);
    mapping.enable(world, true).await?;
    let came = guests.settle(world, waiting).await?;
    let lost = in_table - backed_up;

    expect(!world.knows(&linked).await?, || {
        "an account of after the backup is in the restored table".to_owned()
    })?;
    world.modctl(&["reconcile", "now"]).await?;
    expect(world.knows(&linked).await?, || {
        "the reconciler has not brought the account back".to_owned()
    })?;
    Ok(format!(
        "{backed_up} rows restored, {lost} rows written since are lost: of {} messages that were answered, and of an\n\
         account linked meanwhile, which the reconciler brought back; {} messages that waited in the queue: {} answered;\n\
         {:.0} s",
        written.events,
        came.events,
        came.answered,
        began.elapsed().as_secs_f64()
    ))
}

/// The commands of docs/operate.md, in their order.
async fn restore(client: &Client, from: &str) -> Result<(), Failed> {
    let restoring = client
        .restore_table_to_point_in_time()
        .source_table_name(from)
        .target_table_name(RESTORED)
        .use_latest_restorable_time(true);
    restoring
        .send()
        .await
        .map_err(because("restoring the table"))?;
    exists(client).await?;
    let ttl = TimeToLiveSpecification::builder()
        .enabled(true)
        .attribute_name("expires_at")
        .build();
    let ttl = ttl.map_err(because("time to live"))?;
    let set = client
        .update_time_to_live()
        .table_name(RESTORED)
        .time_to_live_specification(ttl);
    set.send().await.map_err(because("time to live"))?;
    let recovery = PointInTimeRecoverySpecification::builder()
        .point_in_time_recovery_enabled(true)
        .build();
    let recovery = recovery.map_err(because("backups"))?;
    let set = client
        .update_continuous_backups()
        .table_name(RESTORED)
        .point_in_time_recovery_specification(recovery);
    set.send().await.map_err(because("backups"))?;
    let protect = client
        .update_table()
        .table_name(RESTORED)
        .deletion_protection_enabled(true);
    protect
        .send()
        .await
        .map_err(because("deletion protection"))?;
    let stream = StreamSpecification::builder()
        .stream_enabled(true)
        .stream_view_type(StreamViewType::NewAndOldImages);
    let stream = stream.build().map_err(because("the stream"))?;
    let set = client
        .update_table()
        .table_name(RESTORED)
        .stream_specification(stream);
    set.send().await.map(drop).map_err(because("the stream"))
}

async fn exists(client: &Client) -> Result<(), Failed> {
    until("the restored table is active", PATIENCE, async || {
        let described = client.describe_table().table_name(RESTORED).send().await;
        let described = described.map_err(because("the restored table"))?;
        let status = described.table().and_then(|table| table.table_status());
        Ok(status.filter(|it| it.as_str() == "ACTIVE").map(drop))
    })
    .await
}

async fn stream_label(client: &Client) -> Result<String, Failed> {
    let described = client.describe_table().table_name(RESTORED).send().await;
    let described = described.map_err(because("the restored table"))?;
    let label = described
        .table()
        .and_then(|table| table.latest_stream_label());
    label
        .map(str::to_owned)
        .ok_or_else(|| Failed("the restored table has no stream".into()))
}

/// How many rows a table has.
async fn rows(client: &Client, table: &str) -> Result<i64, Failed> {
    let mut count = 0;
    let mut start = None;
    loop {
        let scan = client
            .scan()
            .table_name(table)
            .select(Select::Count)
            .set_exclusive_start_key(start);
        let page = scan.send().await.map_err(because("the table's rows"))?;
        count += i64::from(page.count());
        start = page.last_evaluated_key().cloned();
        if start.is_none() {
            return Ok(count);
        }
    }
}

/// An account that is not attached yet is linked, at LINE and here.
async fn link_another(world: &World) -> Result<BotId, Failed> {
    let bots = world.line.state().await.bots;
    let other = bots
        .into_iter()
        .find(|bot| !bot.attached && bot.status == emulator::AccountStatus::Active);
    let other = other.ok_or_else(|| Failed("no account is left to be linked".into()))?;
    world.link(&other.bot_id).await?;
    BotId::new(&other.bot_id).map_err(because("the account's id"))
}

/// The worker's event source.
struct Mapping(String);

impl Mapping {
    async fn of_worker(world: &World) -> Result<Self, Failed> {
        let path = "/2015-03-31/event-source-mappings/";
        let all = world.aws.rest("lambda", Method::GET, path, None).await?;
        let worker = world.deployed.resource("WorkerFunction")?;
        let all = all["EventSourceMappings"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        let of_worker = |it: &&serde_json::Value| {
            it["FunctionArn"]
                .as_str()
                .is_some_and(|arn| arn.contains(worker))
        };
        let id = all
            .iter()
            .find(of_worker)
            .and_then(|it| it["UUID"].as_str());
        id.map(|id| Self(id.to_owned()))
            .ok_or_else(|| Failed("the worker has no event source".into()))
    }

    async fn enable(&self, world: &World, enabled: bool) -> Result<(), Failed> {
        let path = format!("/2015-03-31/event-source-mappings/{}", self.0);
        world
            .aws
            .rest(
                "lambda",
                Method::PUT,
                &path,
                Some(&json!({"Enabled": enabled})),
            )
            .await
            .map(drop)
    }
}
