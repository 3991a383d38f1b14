//! What waits: the reconciler's run, timers, parked events, and what left the queue.

use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName;
use shared::domain::Timestamp;
use shared::store::{TIMER_SHARDS, WalkRow};

use crate::doctor::finding::{Finding, counted};
use crate::failure::{Failure, Policy};
use crate::site::Site;

/// The reconciler runs once an hour.
const LATE_WALK: Duration = Duration::from_secs(2 * 60 * 60);
/// The timer function runs every minute.
const LATE_TIMER: Duration = Duration::from_secs(5 * 60);

pub(super) async fn check(site: &Site) -> Vec<Finding> {
    let mut findings = Vec::new();
    let walk = site.store.walk().await.map_err(Failure::from);
    findings.extend(Finding::or_unchecked(
        "reconciler",
        walk.map(|walk| reconciler(site, walk)),
    ));
    findings.extend(Finding::or_unchecked("timers", timers(site).await));
    findings.extend(Finding::or_unchecked("parked", parked(site).await));
    findings.extend(Finding::or_unchecked("queues", queues(site).await));
    findings
}

fn reconciler(site: &Site, walk: Option<WalkRow>) -> Vec<Finding> {
    const CHECK: &str = "reconciler";
    let now = site.command("reconcile now");
    let Some(walk) = walk else {
        return vec![Finding::look(
            CHECK,
            "it has not run yet",
            "it runs once an hour: an attach or a detach that LINE's webhook has not told is not known",
            now,
        )];
    };
    let mut findings = Vec::new();
    let ago = site.now().since(walk.ended_at);
    if ago > LATE_WALK {
        findings.push(Finding::wrong(
            CHECK,
            format!("its last run was {} ago", spoken(ago)),
            "attaches and detaches that LINE's webhook has not told are not seen",
            format!("{now}; docs/runbook.md, ReconcilerAbsentAlarm"),
        ));
    }
    if let Some(failure) = &walk.failure {
        findings.push(Finding::wrong(
            CHECK,
            format!("its last run has failed: {failure}"),
            "attaches and detaches that LINE's webhook has not told are not seen",
            format!("{now}; docs/runbook.md, ReconcilerErrorsAlarm"),
        ));
    }
    if let Some(stopped) = &walk.stopped {
        findings.push(Finding::wrong(
            CHECK,
            format!(
                "it has stopped: {} of {} accounts would go",
                stopped.gone, stopped.judged
            ),
            "nobody is detached until a person has said whether LINE's list is right",
            site.command(&format!(
                "reconcile approve {} --reason TEXT",
                stopped.fingerprint
            )),
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::good(
            CHECK,
            format!("its last run was {} ago", spoken(ago)),
        ));
    }
    findings
}

/// Timers that are due.
#[derive(Debug, Default)]
struct Due {
    count: u64,
    oldest: Option<Timestamp>,
    unreadable: u64,
}

/// By a page of each shard: the oldest is on the first.
async fn timers(site: &Site) -> Result<Vec<Finding>, Failure> {
    let mut due = Due::default();
    for shard in 0..TIMER_SHARDS {
        let page = site.store.due_timers(shard, site.now(), None).await?;
        due.count += page.timers.len() as u64;
        due.unreadable += page.unreadable.len() as u64;
        let first = page.timers.first().map(|it| it.due);
        due.oldest = due.oldest.into_iter().chain(first).min();
    }
    Ok(due.findings(site.now()))
}

impl Due {
    fn findings(&self, now: Timestamp) -> Vec<Finding> {
        const CHECK: &str = "timers";
        let late = self.oldest.map_or(Duration::ZERO, |it| now.since(it));
        let mut findings = Vec::new();
        if late > LATE_TIMER {
            let count = counted(self.count, "timer");
            findings.push(Finding::wrong(
                CHECK,
                format!("{count} due, the oldest for {}", spoken(late)),
                "reminders and daily events do not come",
                "docs/runbook.md, LateTimersAlarm",
            ));
        }
        if self.unreadable > 0 {
            let count = counted(self.unreadable, "timer");
            findings.push(Finding::wrong(
                CHECK,
                format!("{count} that this release cannot read"),
                "they never ring",
                "docs/runbook.md, UnreadableTimersAlarm",
            ));
        }
        if findings.is_empty() {
            findings.push(Finding::good(CHECK, "none is late"));
        }
        findings
    }
}

async fn parked(site: &Site) -> Result<Vec<Finding>, Failure> {
    let (mut from, mut count, mut oldest) = (None, 0, None::<Timestamp>);
    loop {
        let page = site.store.parked_keys(Timestamp(0), from.as_ref()).await?;
        count += page.rows.len() as u64;
        oldest = oldest.or(page.rows.first().map(|it| it.since));
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    let Some(oldest) = oldest else {
        return Ok(vec![Finding::good("parked", "no event is parked")]);
    };
    Ok(vec![Finding::wrong(
        "parked",
        format!(
            "{} parked, the oldest for {}",
            counted(count, "event"),
            spoken(site.now().since(oldest))
        ),
        "their users were not answered, and wait for a person",
        format!("{}, then `replay` or `settle`", site.command("parked")),
    )])
}

async fn queues(site: &Site) -> Result<Vec<Finding>, Failure> {
    let (waiting, in_work) = depth(site, &site.event_queue_url()?).await?;
    let (dead, _) = depth(site, &site.dead_letter_queue_url()?).await?;
    let mut findings = vec![Finding::good(
        "queues",
        format!("{waiting} waiting in the event queue, {in_work} in work"),
    )];
    if dead > 0 {
        findings.push(Finding::wrong(
            "queues",
            format!("{} in the dead-letter queue", counted(dead, "message")),
            "their events were received too often and are not handled",
            format!("{}, then `dlq redrive`", site.command("dlq list")),
        ));
    }
    Ok(findings)
}

/// About how many messages wait, and how many are in work.
async fn depth(site: &Site, url: &str) -> Result<(u64, u64), Failure> {
    let asked = site.sqs().get_queue_attributes().queue_url(url);
    let names = [
        QueueAttributeName::ApproximateNumberOfMessages,
        QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
    ];
    let asked = asked.set_attribute_names(Some(names.to_vec())).send();
    let answer = asked
        .await
        .map_err(|error| Failure::of_aws("look at the queues", Policy::Support, &error))?;
    let attributes = answer.attributes.unwrap_or_default();
    let [waiting, in_work] = names.map(|name| {
        let number = attributes.get(&name).and_then(|it| it.parse().ok());
        number.unwrap_or_default()
    });
    Ok((waiting, in_work))
}

/// `3 minutes`, `2 hours`, `4 days`.
fn spoken(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..120 => counted(seconds, "second"),
        120..7_200 => counted(seconds / 60, "minute"),
        7_200..172_800 => counted(seconds / 3_600, "hour"),
        _ => counted(seconds / 86_400, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_is_late_after_five_minutes_and_an_unreadable_one_at_once() {
        let found = |oldest: Option<i64>, unreadable| {
            let due = Due {
                count: 2,
                oldest: oldest.map(Timestamp),
                unreadable,
            };
            let findings = due.findings(Timestamp(600_000)).into_iter();
            findings.map(|it| it.found).collect::<Vec<_>>()
        };
        assert_eq!(found(None, 0), ["none is late"]);
        assert_eq!(found(Some(400_000), 0), ["none is late"]);
        assert_eq!(
            found(Some(120_000), 1),
            [
                "2 timers due, the oldest for 8 minutes",
                "1 timer that this release cannot read"
            ]
        );
    }

    #[test]
    fn times_are_told_in_the_unit_that_fits() {
        let told = [1, 90, 7_199, 7_200, 200_000].map(|it| spoken(Duration::from_secs(it)));
        assert_eq!(
            told,
            ["1 second", "90 seconds", "119 minutes", "2 hours", "2 days"]
        );
    }
}
