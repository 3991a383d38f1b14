//! What AWS allows the account in this region, against what the stack's parameters need.

use aws_sdk_servicequotas::error::ProvideErrorMetadata as _;

use crate::doctor::finding::Finding;
use crate::failure::{Failure, Policy};
use crate::site::{Site, Stack};

const LAMBDA: &str = "concurrency";
const API: &str = "API quota";
/// Beside the worker: what attach, webhook, inbox, reconciler, timer and usage need at least.
const DOORS: u64 = 50;
/// Service Quotas' codes: concurrent executions of Lambda, requests a second and at once of API
/// Gateway (<https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html>).
const CONCURRENCY: &str = "L-B99A9384";
const RATE: (&str, &str, &str) = ("L-8A5B8E43", "WebhookThrottlingRateLimit", "a second");
const BURST: (&str, &str, &str) = ("L-CDF5615A", "WebhookThrottlingBurstLimit", "at once");

pub(super) async fn check(site: &Site) -> Vec<Finding> {
    let Some(stack) = site.deployed() else {
        return Vec::new();
    };
    let mut findings = Finding::or_unchecked(LAMBDA, concurrency(stack).await);
    for quota in [RATE, BURST] {
        findings.extend(Finding::or_unchecked(API, requests(stack, quota).await));
    }
    findings
}

async fn concurrency(stack: &Stack) -> Result<Vec<Finding>, Failure> {
    let client = aws_sdk_lambda::Client::new(stack.aws());
    let answer = client.get_account_settings().send().await;
    let answer = answer
        .map_err(|error| Failure::of_aws("ask for Lambda's limits", Policy::Support, &error))?;
    let limit = answer.account_limit.map(|it| it.concurrent_executions);
    let limit = u64::try_from(limit.unwrap_or_default()).unwrap_or_default();
    let number = |name| stack.number(name).unwrap_or_default();
    let workers = number("WorkerMaximumConcurrency");
    let needed = workers + number("WebhookReservedConcurrency") + DOORS;
    Ok(vec![match limit >= needed {
        true => Finding::good(
            LAMBDA,
            format!("{limit} functions may run at once, and {workers} workers are the most"),
        ),
        false => Finding::wrong(
            LAMBDA,
            format!("{limit} functions may run at once, and the stack may need {needed}"),
            "at a peak, webhooks and workers are throttled",
            raise("lambda", CONCURRENCY, needed.max(1_000)),
        ),
    }])
}

async fn requests(
    stack: &Stack,
    (code, parameter, unit): (&'static str, &'static str, &'static str),
) -> Result<Vec<Finding>, Failure> {
    let Some(set) = stack.number(parameter) else {
        return Ok(Vec::new());
    };
    let quota = of_api_gateway(stack, code).await?;
    Ok(vec![match quota >= set {
        true => Finding::good(
            API,
            format!("{quota} requests {unit}, and the webhook takes {set}"),
        ),
        false => Finding::wrong(
            API,
            format!("{quota} requests {unit} for all your APIs, and {parameter} is {set}"),
            "API Gateway answers 429 before the webhook's own limit: an event lost where redelivery is off",
            raise("apigateway", code, set),
        ),
    }])
}

/// What is applied to the account, or else AWS's default.
async fn of_api_gateway(stack: &Stack, code: &str) -> Result<u64, Failure> {
    let client = aws_sdk_servicequotas::Client::new(stack.aws());
    let asked = client.get_service_quota().service_code("apigateway");
    let quota = match asked.quota_code(code).send().await {
        Ok(answer) => answer.quota,
        Err(error) if error.code() == Some("NoSuchResourceException") => {
            let asked = client.get_aws_default_service_quota();
            let asked = asked.service_code("apigateway").quota_code(code);
            asked.send().await.map_err(|error| failed(&error))?.quota
        }
        Err(error) => return Err(failed(&error)),
    };
    let value = quota.and_then(|it| it.value).unwrap_or_default();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a quota is a whole number that is not negative"
    )]
    Ok(value as u64)
}

fn failed(error: &dyn std::error::Error) -> Failure {
    Failure::of_aws("ask for API Gateway's quota", Policy::Support, error)
}

fn raise(service: &str, code: &str, value: u64) -> String {
    format!(
        "aws service-quotas request-service-quota-increase --service-code {service} \
         --quota-code {code} --desired-value {value}"
    )
}
