//! The stack is deleted: what must stay stays.

use std::time::{Duration, Instant};

use aws_sdk_cloudformation::Client;
use reqwest::Method;

use crate::deploy::STACK;
use crate::error::{Failed, because, expect};
use crate::world::World;

const PATIENCE: Duration = Duration::from_secs(120);
const LOOK: Duration = Duration::from_millis(500);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let client = Client::new(&world.aws.config());
    let deleting = client.delete_stack().stack_name(STACK).send().await;
    deleting.map_err(because("deleting the stack"))?;
    let until = Instant::now() + PATIENCE;
    while client
        .describe_stacks()
        .stack_name(STACK)
        .send()
        .await
        .is_ok()
    {
        expect(Instant::now() < until, || {
            "the stack is not gone".to_owned()
        })?;
        tokio::time::sleep(LOOK).await;
    }
    gone(world).await?;
    stayed(world).await?;
    Ok("the functions are gone; table, event queue, dead letters, usage failures and secret are still there".to_owned())
}

async fn gone(world: &World) -> Result<(), Failed> {
    let functions = world.deployed.resources.iter();
    for (logical, name) in functions.filter(|(logical, _)| logical.ends_with("Function")) {
        let path = format!("/2015-03-31/functions/{name}");
        let found = world.aws.rest("lambda", Method::GET, &path, None).await;
        expect(found.is_err(), || format!("{logical} is still there"))?;
    }
    Ok(())
}

async fn stayed(world: &World) -> Result<(), Failed> {
    let table = world.deployed.outputs.get("TableName");
    let table = table.ok_or_else(|| Failed("the stack had no output TableName".into()))?;
    let described = world
        .aws
        .dynamodb()
        .describe_table()
        .table_name(table)
        .send()
        .await;
    described.map_err(because("the table"))?;
    for queue in ["EventQueue", "DeadLetterQueue", "UsageFailures"] {
        world.aws.has_queue(world.deployed.resource(queue)?).await?;
    }
    world
        .aws
        .has_secret(world.deployed.resource("ChannelSecret")?)
        .await
}
