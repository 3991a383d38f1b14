//! The stack is deleted: what must stay stays.

use std::time::Duration;

use aws_sdk_cloudformation::Client;
use reqwest::Method;

use crate::deploy::STACK;
use crate::error::{Failed, because, expect};
use crate::wait::until;
use crate::world::World;

const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) async fn run(world: &mut World) -> Result<String, Failed> {
    let client = Client::new(&world.aws.config());
    let deleting = client.delete_stack().stack_name(STACK).send().await;
    deleting.map_err(because("deleting the stack"))?;
    until("the stack is gone", PATIENCE, async || {
        let found = client.describe_stacks().stack_name(STACK).send().await;
        Ok(found.is_err().then_some(()))
    })
    .await?;
    gone(world).await?;
    stayed(world).await?;
    Ok("the functions are gone; the table that it made, event queue, dead letters, usage failures and secret are still there".to_owned())
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
    world.aws.table(&world.own_table).await?;
    for queue in ["EventQueue", "DeadLetterQueue", "UsageFailures"] {
        world.aws.has_queue(world.deployed.resource(queue)?).await?;
    }
    world
        .aws
        .has_secret(world.deployed.resource("ChannelSecret")?)
        .await
}
