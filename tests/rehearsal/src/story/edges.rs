//! What comes seldom: a command of the company's, a timer, LINE out of order for a moment, a message nobody can read.

use std::time::{Duration, Instant, SystemTime};

use aws_sdk_dynamodb::types::AttributeValue;
use emulator::{Fault, NewUser, Traits};
use serde_json::json;

use crate::error::{Failed, because, expect};
use crate::guests::Guests;
use crate::world::{A_SECOND_OF_LINE, World};

/// The schedule of the timer comes once a minute.
const PATIENCE: Duration = Duration::from_secs(150);
const LOOK: Duration = Duration::from_millis(500);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let bot = world.attached().await?;
    command(world, &bot).await?;
    unreadable(world).await?;
    let greeted = line_is_out_of_order(world, &bot).await?;
    let rang = timer(world, &bot).await?;
    Ok(format!(
        "a command by the inbox; a message that nobody can read is parked; LINE answered 500 twice, and the guest\n\
         was greeted after {greeted:.0} s; a timer that was due rang by its schedule after {rang:.0} s"
    ))
}

/// A command of the company's own systems, signed with the key that an operator has put in.
async fn command(world: &World, bot: &str) -> Result<(), Failed> {
    let put = ["secret", "put", "inbox-key"];
    world
        .modctl_with_input(&put, "a-key-of-the-rehearsal-that-is-long-enough", 0)
        .await?;
    let say = [
        "send-event",
        bot,
        "rehearsal",
        "--payload",
        "{}",
        "--reason",
        "rehearsal",
    ];
    world.modctl(&say, 0).await.map(drop)
}

async fn unreadable(world: &World) -> Result<(), Failed> {
    world
        .aws
        .send(world.deployed.resource("EventQueue")?, "not a job")
        .await?;
    let until = Instant::now() + PATIENCE;
    while !world.modctl(&["parked"], 0).await?.contains("unreadable") {
        expect(Instant::now() < until, || {
            "the unreadable message is not parked".to_owned()
        })?;
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// A new friend is greeted by name, which LINE does not tell at first.
async fn line_is_out_of_order(world: &World, bot: &str) -> Result<f64, Failed> {
    let fault = json!({"match": "GET /v2/bot/profile/*", "times": 2, "do": "500"});
    let fault: Fault = serde_json::from_value(fault).map_err(because("a fault"))?;
    world
        .line
        .add_faults(vec![fault])
        .await
        .map_err(because("a fault"))?;
    let friend = NewUser {
        name: "遅い客".into(),
        language: "ja".into(),
        friend: false,
        phone: None,
        traits: Traits::default(),
    };
    let friend = world
        .line
        .make_user(bot, friend)
        .await
        .map_err(because("a user"))?;
    let began = Instant::now();
    world
        .line
        .follow(bot, &friend)
        .await
        .map_err(because("a follow"))?;
    world.line_heard("遅い客", PATIENCE).await?;
    Ok(began.elapsed().as_secs_f64())
}

/// A guest asks for staff, whose hours end at once: the timer's row is made due.
async fn timer(world: &World, bot: &str) -> Result<f64, Failed> {
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
    Ok(began.elapsed().as_secs_f64())
}
