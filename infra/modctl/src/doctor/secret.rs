//! The channel's secret: whether it is there and looks like one, and whether LINE takes it.

use crate::doctor::finding::Finding;
use crate::failure::Failure;
use crate::mend::secret::{Shape, shapes};
use crate::site::Site;

const CHECK: &str = "secret";
const TOKEN: &str = "token";

pub(super) async fn check(site: &Site) -> Vec<Finding> {
    let mut findings = Finding::or_unchecked(CHECK, shape(site).await);
    findings.extend(Finding::or_unchecked(TOKEN, token(site).await));
    findings
}

async fn shape(site: &Site) -> Result<Vec<Finding>, Failure> {
    if site.deployed().is_none() {
        return Ok(Vec::new());
    }
    let shapes = match shapes(site).await {
        Err(Failure::Unwell(found)) => {
            let means = "the functions cannot read it: webhooks are answered 503";
            let remedy = "put a JSON object in, in AWS's console, then `secret put`";
            return Ok(vec![Finding::wrong(CHECK, found, means, remedy)]);
        }
        shapes => shapes?,
    };
    let findings: Vec<_> = shapes
        .iter()
        .filter_map(|(name, shape)| of_member(site, name, shape))
        .collect();
    Ok(match findings.is_empty() {
        true => vec![Finding::good(CHECK, "what is set looks as it should")],
        false => findings,
    })
}

fn of_member(site: &Site, name: &str, shape: &Shape) -> Option<Finding> {
    let option = name.replace('_', "-");
    let remedy = site.command(&format!("secret put {option} < FILE"));
    match (name, shape) {
        (_, Shape::Good) => None,
        ("channel_secret", Shape::Absent) => Some(Finding::wrong(
            CHECK,
            "channel_secret is not set",
            "webhooks are answered 503, and no account can be linked",
            remedy,
        )),
        (_, Shape::Absent) => None,
        (_, Shape::Odd(reason)) => Some(Finding::wrong(
            CHECK,
            format!("{name} does not look like one: {reason}"),
            "what is signed with the right one is refused",
            remedy,
        )),
    }
}

async fn token(site: &Site) -> Result<Vec<Finding>, Failure> {
    let line = site.line().await?;
    Ok(vec![match line.ready().await {
        Ok(()) => Finding::good(TOKEN, "LINE gives a channel access token"),
        Err(error) => Finding::wrong(
            TOKEN,
            format!("LINE gives no channel access token: {error}"),
            "nothing can be sent",
            format!(
                "compare LineChannelId and the secret with the LINE Developers Console, then {}",
                site.command("secret verify")
            ),
        ),
    }])
}
