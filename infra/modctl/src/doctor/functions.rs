//! Whether the queue's events reach the worker.

use crate::doctor::finding::Finding;
use crate::failure::{Failure, Policy};
use crate::site::Site;

const CHECK: &str = "worker";

pub(super) async fn check(site: &Site) -> Vec<Finding> {
    Finding::or_unchecked(CHECK, mapping(site).await)
}

/// The event source mapping, which Lambda can switch off by itself.
async fn mapping(site: &Site) -> Result<Vec<Finding>, Failure> {
    let Some(stack) = site.deployed() else {
        return Ok(Vec::new());
    };
    let function = stack.output("WorkerFunctionArn")?;
    let lambda = aws_sdk_lambda::Client::new(stack.aws());
    let asked = lambda.list_event_source_mappings().function_name(function);
    let answer = asked.send().await.map_err(|error| {
        Failure::of_aws(
            "look at the worker's queue mapping",
            Policy::Support,
            &error,
        )
    })?;
    let mappings = answer.event_source_mappings.unwrap_or_default();
    let Some(mapping) = mappings.first() else {
        return Ok(vec![Finding::wrong(
            CHECK,
            "no queue is mapped to the worker's alias",
            "events wait in the queue, and nobody is answered",
            "deploy the stack again",
        )]);
    };
    let state = mapping.state.as_deref().unwrap_or("unknown");
    let uuid = mapping.uuid.as_deref().unwrap_or_default();
    Ok(vec![match state {
        "Enabled" | "Enabling" | "Updating" | "Creating" => {
            Finding::good(CHECK, "it receives the queue's events")
        }
        _ => Finding::wrong(
            CHECK,
            format!("its queue mapping is {state}"),
            "events wait in the queue, and nobody is answered; after 14 days they are lost",
            format!("aws lambda update-event-source-mapping --uuid {uuid} --enabled"),
        ),
    }])
}
