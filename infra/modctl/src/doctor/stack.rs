//! The stack: whether its last deployment ended well, and what of its parameters is a risk.

use crate::doctor::finding::Finding;
use crate::site::{Site, Stack};

const CHECK: &str = "stack";

/// What modctl takes from the stack's outputs.
const OUTPUTS: [&str; 9] = [
    "ChannelSecretArn",
    "DeadLetterQueueUrl",
    "EventQueueUrl",
    "InboxUrl",
    "ReconcilerFunctionArn",
    "StartPage",
    "TableName",
    "WebhookUrl",
    "WorkerFunctionArn",
];

pub(super) async fn check(site: &Site) -> Vec<Finding> {
    let Some(stack) = site.deployed() else {
        return vec![Finding::good(CHECK, "`cargo dev` runs on this machine")];
    };
    let mut findings = vec![status(stack.status())];
    let missing: Vec<_> = OUTPUTS
        .into_iter()
        .filter(|it| stack.output(it).is_err())
        .collect();
    if !missing.is_empty() {
        findings.push(Finding::wrong(
            CHECK,
            format!("the stack has no output {}", missing.join(", ")),
            "it was deployed with the template of an older release",
            "deploy it again with this release's template",
        ));
    }
    findings.extend(parameters(stack));
    findings
}

fn status(status: &str) -> Finding {
    let remedy = "look at the stack's events in CloudFormation's console";
    match status {
        "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => {
            Finding::good(CHECK, "its last deployment has ended well")
        }
        "UPDATE_ROLLBACK_COMPLETE" => Finding::look(
            CHECK,
            "its last deployment was rolled back",
            "the release before it runs",
            remedy,
        ),
        under_way if under_way.ends_with("_IN_PROGRESS") => Finding::look(
            CHECK,
            format!("a deployment is under way: {under_way}"),
            "what follows may change in a moment",
            "run this again when it has ended",
        ),
        other => Finding::wrong(
            CHECK,
            format!("its last deployment has failed: {other}"),
            "parts of two releases may run side by side, and the next deployment may be refused",
            remedy,
        ),
    }
}

/// Those that are fine for a trial and a risk in earnest.
fn parameters(stack: &Stack) -> Vec<Finding> {
    let mut findings = Vec::new();
    if stack.parameter("TableDeletionProtection").as_deref() == Some("false") {
        findings.push(Finding::look(
            "parameters",
            "TableDeletionProtection is false",
            "whoever may delete a table can delete all that is kept of your accounts",
            "sam deploy --parameter-overrides Release=… TableDeletionProtection=true",
        ));
    }
    for name in ["LineApiUrl", "LineDataApiUrl", "LineManagerUrl"] {
        if let Some(url) = stack.parameter(name).filter(|it| !it.is_empty()) {
            findings.push(Finding::look(
                "parameters",
                format!("{name} is {url}"),
                "the bundle does not call LINE's own address",
                format!("sam deploy --parameter-overrides Release=… {name}="),
            ));
        }
    }
    findings
}
