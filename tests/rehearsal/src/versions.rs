//! Versions and aliases of the deployed functions, as an operator moves them by hand.

use aws_sdk_lambda::Client;
use serde_json::json;

use crate::error::{Failed, because};
use crate::world::World;

/// A function's versions.
pub(crate) struct Versions<'a> {
    client: Client,
    world: &'a World,
    function: &'a str,
}

impl<'a> Versions<'a> {
    pub(crate) fn of(world: &'a World, logical_name: &str) -> Result<Self, Failed> {
        Ok(Self {
            client: Client::new(&world.aws.config()),
            world,
            function: world.deployed.resource(logical_name)?,
        })
    }

    /// The one that the alias points to.
    pub(crate) async fn live(&self) -> Result<String, Failed> {
        let alias = self
            .client
            .get_alias()
            .function_name(self.function)
            .name("live")
            .send()
            .await;
        let version = alias.map_err(because("the alias"))?.function_version;
        version.ok_or_else(|| Failed(format!("{} is not live", self.function)))
    }

    /// The one of a release, which its description names.
    pub(crate) async fn of_release(&self, release: &str) -> Result<String, Failed> {
        let listed = self
            .client
            .list_versions_by_function()
            .function_name(self.function)
            .send()
            .await;
        let listed = listed.map_err(because("the versions"))?;
        let all = listed.versions().iter();
        let all: Vec<_> = all
            .filter_map(|it| Some((it.version()?, it.description()?)))
            .collect();
        let wanted = all.iter().find(|(_, description)| *description == release);
        let version = wanted.map(|(version, _)| (*version).to_owned());
        version.ok_or_else(|| {
            let function = self.function;
            Failed(format!(
                "{function} has no version of release {release}, but {all:?}"
            ))
        })
    }

    /// Points the alias to it: a rollback by hand.
    pub(crate) async fn make_live(&self, version: &str) -> Result<(), Failed> {
        let update = self
            .client
            .update_alias()
            .function_name(self.function)
            .name("live");
        let updated = update.function_version(version).send().await;
        updated.map(drop).map_err(because("the alias"))
    }

    /// Feeds the version from the event queue, beside the one that is live. Gives the mapping.
    pub(crate) async fn feed(&self, version: &str) -> Result<String, Failed> {
        let queue = self.world.deployed.resource("EventQueue")?;
        let name = queue.rsplit('/').next().unwrap_or_default();
        let mapping = json!({
            "FunctionName": format!("{}:{version}", self.function),
            "EventSourceArn": format!("arn:aws:sqs:{}:000000000000:{name}", crate::aws::REGION),
            "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
        });
        let path = "/2015-03-31/event-source-mappings/";
        let made = self
            .world
            .aws
            .rest("lambda", reqwest::Method::POST, path, Some(&mapping))
            .await?;
        let id = made["UUID"].as_str().map(str::to_owned);
        id.ok_or_else(|| Failed(format!("no mapping was made: {made}")))
    }

    pub(crate) async fn stop_feeding(&self, mapping: &str) -> Result<(), Failed> {
        let path = format!("/2015-03-31/event-source-mappings/{mapping}");
        self.world
            .aws
            .rest("lambda", reqwest::Method::DELETE, &path, None)
            .await
            .map(drop)
    }
}
