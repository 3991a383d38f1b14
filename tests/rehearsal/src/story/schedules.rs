//! What runs by the clock: the reconciler finds an account that is not in the table, and the timer brings a reminder.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use shared::domain::BotId;

use crate::error::{Failed, because, expect};
use crate::world::World;

/// A schedule of a minute has come by then, and what it starts is done.
const PATIENCE: Duration = Duration::from_secs(180);
const LOOK: Duration = Duration::from_millis(500);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let found = reconciler(world).await?;
    Ok(format!(
        "the reconciler by its schedule (every minute instead of every hour) had the account back after {:.0} s",
        found.as_secs_f64()
    ))
}

/// An account that LINE has as attached, and the table not at all.
async fn reconciler(world: &World) -> Result<Duration, Failed> {
    let bot = world.attached().await?;
    let id = BotId::new(&bot).map_err(because("the account's id"))?;
    forget(world, &bot).await?;
    let gone = world
        .store
        .bot(&id)
        .await
        .map_err(because("the account's row"))?;
    expect(gone.is_none(), || {
        "the account's row is still there".to_owned()
    })?;
    let schedule = Schedule::of(world, "Reconciler").await?;
    schedule.set(world, "rate(1 minute)").await?;
    let began = Instant::now();
    loop {
        let row = world
            .store
            .bot(&id)
            .await
            .map_err(because("the account's row"))?;
        if row.is_some() {
            break;
        }
        expect(began.elapsed() < PATIENCE, || {
            format!("the account is not back after {PATIENCE:?}")
        })?;
        tokio::time::sleep(LOOK).await;
    }
    let took = began.elapsed();
    schedule.set(world, &schedule.expression()).await?;
    Ok(took)
}

async fn forget(world: &World, bot: &str) -> Result<(), Failed> {
    let key = |value: &str| aws_sdk_dynamodb::types::AttributeValue::S(value.to_owned());
    let deleted = world
        .aws
        .dynamodb()
        .delete_item()
        .table_name(world.deployed.resource("Table")?)
        .key("bot_id", key(bot))
        .key("chat_id", key("@bot"))
        .send()
        .await;
    deleted.map(drop).map_err(because("the account's row"))
}

/// A schedule of EventBridge's.
struct Schedule(Value);

impl Schedule {
    /// The one whose name has this in it.
    async fn of(world: &World, function: &str) -> Result<Self, Failed> {
        let listed = world
            .aws
            .rest("scheduler", Method::GET, "/schedules", None)
            .await?;
        let all = listed["Schedules"].as_array().cloned().unwrap_or_default();
        let name = all
            .iter()
            .filter_map(|it| it["Name"].as_str())
            .find(|name| name.contains(function));
        let name = name.ok_or_else(|| Failed(format!("there is no schedule of the {function}")))?;
        let path = format!("/schedules/{name}");
        world
            .aws
            .rest("scheduler", Method::GET, &path, None)
            .await
            .map(Self)
    }

    fn expression(&self) -> String {
        self.0["ScheduleExpression"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The same schedule at other times.
    async fn set(&self, world: &World, expression: &str) -> Result<(), Failed> {
        let mut schedule = self.0.clone();
        schedule["ScheduleExpression"] = json!(expression);
        let path = format!("/schedules/{}", self.0["Name"].as_str().unwrap_or_default());
        world
            .aws
            .rest("scheduler", Method::PUT, &path, Some(&schedule))
            .await
            .map(drop)
    }
}
