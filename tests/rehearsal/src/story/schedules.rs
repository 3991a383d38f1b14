//! What runs by the clock: the reconciler finds an account that is not in the table, and a timer that is due rings.

use std::time::{Duration, Instant, SystemTime};

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use serde_json::{Value, json};
use shared::domain::BotId;

use crate::error::{Failed, because, expect};
use crate::guests::Guests;
use crate::wait::until;
use crate::world::{A_SECOND_OF_LINE, World};

/// A schedule of a minute has come by then, and what it starts is done.
const PATIENCE: Duration = Duration::from_secs(180);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let bot = world.attached().await?;
    let found = reconciler(world, &bot).await?;
    let rang = timer(world, &bot).await?.as_secs_f64();
    Ok(format!(
        "the reconciler (every minute instead of every hour) had an account back after {:.0} s; a timer that was due rang\n\
         after {rang:.0} s",
        found.as_secs_f64()
    ))
}

/// An account that LINE has as attached, and the table not at all.
async fn reconciler(world: &World, bot: &str) -> Result<Duration, Failed> {
    let id = BotId::new(bot).map_err(because("the account's id"))?;
    forget(world, bot).await?;
    expect(!world.knows(&id).await?, || {
        "the account's row is still there".to_owned()
    })?;
    let schedule = Schedule::of(world, "Reconciler").await?;
    schedule.set(world, "rate(1 minute)").await?;
    let began = Instant::now();
    until("the account is back", PATIENCE, async || {
        Ok(world.knows(&id).await?.then_some(()))
    })
    .await?;
    let took = began.elapsed();
    schedule.set(world, &schedule.expression()).await?;
    Ok(took)
}

async fn forget(world: &World, bot: &str) -> Result<(), Failed> {
    let key = |value: &str| AttributeValue::S(value.to_owned());
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

/// A guest asks for staff, whose hours end at once: the timer's row is made due.
async fn timer(world: &World, bot: &str) -> Result<Duration, Failed> {
    let guests = Guests::come(world, 1).await?;
    guests.say_once(world, "スタッフに相談").await?;
    let client = world.aws.dynamodb();
    let table = world.deployed.resource("Table")?;
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let timers = client
        .query()
        .table_name(table)
        .key_condition_expression("bot_id = :bot AND begins_with(chat_id, :timer)")
        .filter_expression("chat = :chat")
        .expression_attribute_values(":bot", text(bot))
        .expression_attribute_values(":timer", text("@timer#"))
        .expression_attribute_values(":chat", text(guests.first()));
    let timers = timers.send().await.map_err(because("the timers"))?;
    let [timer] = timers.items() else {
        return Err(Failed(format!("the chat has {} timers", timers.count())));
    };
    // What we did ourselves counts to the end of a second of LINE's: an older timer would not take the chat back.
    tokio::time::sleep(A_SECOND_OF_LINE).await;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_err(because("the clock"))?.as_millis();
    let update = client
        .update_item()
        .table_name(table)
        .key("bot_id", timer["bot_id"].clone())
        .key("chat_id", timer["chat_id"].clone())
        .update_expression("SET due_at = :now")
        .expression_attribute_values(":now", AttributeValue::N(now.to_string()));
    update.send().await.map_err(because("the timer"))?;
    let began = Instant::now();
    world
        .line_heard(
            &format!("/v2/bot/chat/{}/control/acquire", guests.first()),
            PATIENCE,
        )
        .await?;
    Ok(began.elapsed())
}
