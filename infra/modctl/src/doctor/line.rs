//! What LINE tells of the webhook. Redelivery and error statistics it shows in its console alone
//! (<https://developers.line.biz/en/docs/messaging-api/receiving-messages/#webhook-redelivery>).

use shared::domain::BotId;
use shared::line::endpoints::webhook_endpoint::{
    GetWebhookEndpoint, TestWebhookEndpoint, WebhookTest,
};
use shared::line::{BotClient, LineError};

use crate::doctor::accounts::Accounts;
use crate::doctor::finding::Finding;
use crate::failure::Failure;
use crate::site::Site;

const CHECK: &str = "webhook";
const CONSOLE: &str = "set it in the LINE Developers Console, or by LINE's support";

pub(super) async fn check(site: &Site, accounts: &Result<Accounts, Failure>) -> Vec<Finding> {
    let one = accounts.as_ref().ok().and_then(Accounts::one_attached);
    let findings = match one {
        Some(bot) => webhook(site, bot).await,
        None => Ok(vec![Finding::unchecked(
            CHECK,
            "LINE is asked for an attached account's webhook, and none is attached",
        )]),
    };
    let mut findings = Finding::or_unchecked(CHECK, findings);
    if site.deployed().is_some() {
        findings.push(Finding::look(
            "redelivery",
            "LINE tells nobody but its console whether webhook redelivery is on",
            "where it is off, a webhook that LINE could not deliver is lost",
            "LINE Developers Console, the module's tab: switch it on; its error statistics are there too",
        ));
    }
    findings
}

async fn webhook(site: &Site, bot: &BotId) -> Result<Vec<Finding>, Failure> {
    let (line, ours) = (site.line().await?.bot(bot), site.webhook_url()?);
    let set = match line.call(&GetWebhookEndpoint).await {
        Ok(set) => set,
        Err(error) if error.status == Some(404) => {
            return Ok(vec![Finding::wrong(
                CHECK,
                "LINE has no webhook URL",
                "no event comes",
                format!("{CONSOLE}: {ours}"),
            )]);
        }
        Err(error) => return Ok(vec![not_told(&error)]),
    };
    let mut findings = vec![match set.endpoint.trim_end_matches('/') == ours {
        true => Finding::good(CHECK, format!("LINE sends to {ours}")),
        false => Finding::wrong(
            CHECK,
            format!(
                "LINE sends to {}, and this bundle is at {ours}",
                set.endpoint
            ),
            "another system gets the events",
            format!("{CONSOLE}: {ours}"),
        ),
    }];
    if !set.active {
        findings.push(Finding::wrong(
            CHECK,
            "LINE has switched the webhook off",
            "no event comes",
            "LINE Developers Console: switch \"Use webhook\" on",
        ));
    }
    findings.push(tried(&line, &ours).await);
    Ok(findings)
}

/// LINE's own test, of our address: also where another is set.
async fn tried(line: &BotClient, ours: &str) -> Finding {
    let test = TestWebhookEndpoint {
        endpoint: Some(ours),
    };
    match line.call(&test).await {
        Ok(WebhookTest { success: true, .. }) => {
            Finding::good(CHECK, "LINE's test of it was answered with 200")
        }
        Ok(WebhookTest {
            status_code,
            reason,
            ..
        }) => Finding::wrong(
            CHECK,
            format!("LINE's test of {ours} has failed: {reason} (status {status_code})"),
            match status_code {
                401 => "the signature does not fit: the channel's secret is another",
                503 => "the webhook has no secret, or its queue does not answer",
                _ => "LINE's webhooks do not arrive",
            },
            "docs/runbook.md, WebhookRefusedAlarm",
        ),
        Err(error) => not_told(&error),
    }
}

fn not_told(error: &LineError) -> Finding {
    Finding::unchecked(CHECK, format!("LINE does not tell: {error}"))
}
