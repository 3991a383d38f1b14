//! What the emulator of AWS lacks, as far as this program fills it or goes round it. Each gap is looked for: one that
//! has closed is an error, since what fills it hides the real thing from then on. What `aws.py` fills, it looks for
//! itself.

use std::time::Instant;

use reqwest::Method;

use crate::error::{Failed, expect};
use crate::figures::Figures;
use crate::world::World;

/// Looks for each gap.
pub(crate) async fn look(world: &World, figures: &mut Figures) -> Result<(), Failed> {
    let began = Instant::now();
    let api = world.deployed.resource("HttpApi")?;
    no_routes(world, api).await?;
    no_throttles(world, api).await?;
    figures.add(
        "gaps",
        began,
        "filled: types without a provisioner (CodeDeploy, saved queries), alarms of metric math,\n\
         the HTTP API's routes, cookies and /health (the project's own gateway is in front)\n\
         not there: throttling of routes, time to live, alarms' states, gradual shifts, IAM (judged apart)",
    );
    Ok(())
}

/// SAM writes the routes into an OpenAPI body, which is not read there.
async fn no_routes(world: &World, api: &str) -> Result<(), Failed> {
    let path = format!("/v2/apis/{api}/routes");
    let routes = world
        .aws
        .rest("apigateway", Method::GET, &path, None)
        .await?;
    let none = routes["items"].as_array().is_none_or(Vec::is_empty);
    expect(none, || {
        "the emulator's HTTP API has routes now: the gateway in front can go".to_owned()
    })
}

async fn no_throttles(world: &World, api: &str) -> Result<(), Failed> {
    let path = format!("/v2/apis/{api}/stages/$default");
    let stage = world
        .aws
        .rest("apigateway", Method::GET, &path, None)
        .await?;
    let none = stage["defaultRouteSettings"]["throttlingRateLimit"].is_null();
    expect(none, || {
        "the emulator's stages throttle now: tell it in the list of gaps".to_owned()
    })
}
