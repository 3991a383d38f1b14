//! The alarms: whether somebody hears them, and which of them are on.

use aws_sdk_cloudwatch::types::{AlarmType, StateValue};

use crate::doctor::finding::{Finding, counted};
use crate::failure::{Failure, Policy};
use crate::site::{Site, Stack};

const CHECK: &str = "alarms";
const SUBSCRIBE: &str =
    "aws sns subscribe --topic-arn TOPIC --protocol email --notification-endpoint ADDRESS";

pub(super) async fn check(site: &Site) -> Vec<Finding> {
    let Some(stack) = site.deployed() else {
        return Vec::new();
    };
    let mut findings = Finding::or_unchecked(CHECK, heard(stack).await);
    findings.extend(Finding::or_unchecked(CHECK, on(site, stack).await));
    findings
}

async fn heard(stack: &Stack) -> Result<Vec<Finding>, Failure> {
    let means = "an alarm that goes off is told to nobody";
    let topic = stack.parameter("AlarmTopicArn").unwrap_or_default();
    if topic.is_empty() {
        return Ok(vec![Finding::wrong(
            CHECK,
            "AlarmTopicArn is empty",
            means,
            "sam deploy --parameter-overrides Release=… AlarmTopicArn=TOPIC",
        )]);
    }
    let client = aws_sdk_sns::Client::new(stack.aws());
    let asked = client.get_topic_attributes().topic_arn(&topic).send().await;
    let answer = asked
        .map_err(|error| Failure::of_aws("look at the alarms' topic", Policy::Support, &error))?;
    let attributes = answer.attributes.unwrap_or_default();
    let number = |name: &str| attributes.get(name).and_then(|it| it.parse::<u64>().ok());
    let confirmed = number("SubscriptionsConfirmed").unwrap_or_default();
    let pending = number("SubscriptionsPending").unwrap_or_default();
    Ok(vec![match (confirmed, pending) {
        (0, 0) => Finding::wrong(
            CHECK,
            "nobody is subscribed to the alarms' topic",
            means,
            SUBSCRIBE,
        ),
        (0, _) => Finding::wrong(
            CHECK,
            format!(
                "{} of the alarms' topic not confirmed",
                counted(pending, "subscription")
            ),
            means,
            "open the link in the mail that SNS has sent",
        ),
        _ => Finding::good(
            CHECK,
            format!("told to {}", counted(confirmed, "subscription")),
        ),
    }])
}

async fn on(site: &Site, stack: &Stack) -> Result<Vec<Finding>, Failure> {
    let client = aws_sdk_cloudwatch::Client::new(stack.aws());
    let asked = client
        .describe_alarms()
        .alarm_name_prefix(format!("{}-", site.name))
        .alarm_types(AlarmType::MetricAlarm)
        .into_paginator()
        .send();
    let pages = asked.try_collect().await;
    let pages =
        pages.map_err(|error| Failure::of_aws("look at the alarms", Policy::Support, &error))?;
    let alarms: Vec<_> = pages
        .into_iter()
        .flat_map(|it| it.metric_alarms.unwrap_or_default())
        .collect();
    if alarms.is_empty() {
        return Ok(vec![Finding::wrong(
            CHECK,
            "the stack has no alarm",
            "nothing tells when messages are lost or late",
            "deploy the stack again",
        )]);
    }
    let active = alarms
        .iter()
        .filter(|it| it.state_value == Some(StateValue::Alarm));
    let findings: Vec<_> = active.map(|it| alarm(&site.name, it)).collect();
    Ok(match findings.is_empty() {
        true => vec![Finding::good(
            CHECK,
            format!("none of {} is on", alarms.len()),
        )],
        false => findings,
    })
}

fn alarm(stack: &str, alarm: &aws_sdk_cloudwatch::types::MetricAlarm) -> Finding {
    let name = alarm.alarm_name.as_deref().unwrap_or_default();
    let page = logical(stack, name);
    let means = alarm.alarm_description.as_deref().unwrap_or_default();
    let means = means
        .split(" See docs/runbook.md")
        .next()
        .unwrap_or_default();
    Finding::wrong(
        CHECK,
        format!("{page} is on"),
        means,
        format!("docs/runbook.md, {page}"),
    )
}

/// CloudFormation names them `STACK-ParkedEventsAlarm-1A2B3C`.
fn logical<'a>(stack: &str, name: &'a str) -> &'a str {
    let rest = name.strip_prefix(stack).and_then(|it| it.strip_prefix('-'));
    let rest = rest.unwrap_or(name);
    rest.rsplit_once('-').map_or(rest, |(logical, _)| logical)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_of_the_runbook_is_in_the_alarm_s_name() {
        let name = "line-module-ParkedEventsAlarm-1A2B3C";
        assert_eq!(logical("line-module", name), "ParkedEventsAlarm");
        assert_eq!(logical("line-module", "other"), "other");
    }
}
