//! Sending failed webhooks again, where redelivery is switched on.
//!
//! Source: <https://developers.line.biz/en/docs/messaging-api/receiving-messages/#webhook-redelivery>

use std::time::Duration;

use crate::emulator::Emulator;
use crate::webhook::request::SignatureKind;
use crate::webhook::{self, Built};
use crate::world::record::Delivery;
use crate::world::redelivery::{FailureCount, Redelivery};

impl Emulator {
    /// How often webhooks failed, by day and reason, as LINE's console shows it.
    pub async fn error_statistics(&self) -> Vec<FailureCount> {
        self.platform().world.failures.clone()
    }

    /// Takes in what came of a webhook: counts it, and plans to send it again.
    pub(super) fn took(&self, delivery: &Delivery) {
        let Some(failure) = delivery.failure else {
            return;
        };
        let mut platform = self.platform();
        let platform = &mut *platform;
        if platform.settings.error_statistics {
            platform.world.count_failure(failure, delivery.at);
        }
        if platform.settings.redelivery && !delivery.redelivery {
            let schedule = &platform.settings.redelivery_schedule_s;
            platform
                .world
                .plan(delivery.number, delivery.at, 0, schedule);
            self.wake_for(schedule.first());
        }
    }

    /// Sends again what is due, the oldest first.
    pub(crate) async fn redeliver_due(&self) {
        while let Some((redelivery, built)) = self.next_due() {
            let sent = self.send_once(&built, SignatureKind::Good).await;
            if sent.failure.is_some() {
                self.plan_again(&redelivery);
            }
            self.changed();
        }
    }

    fn next_due(&self) -> Option<(Redelivery, Built)> {
        let mut platform = self.platform();
        let now = platform.now();
        let redelivery = platform.world.take_due(now)?;
        let mut all = platform.world.deliveries.iter();
        let first = all.find(|delivery| delivery.number == redelivery.delivery)?;
        let built = webhook::again(first);
        Some((redelivery, built))
    }

    fn plan_again(&self, redelivery: &Redelivery) {
        let mut platform = self.platform();
        let platform = &mut *platform;
        let schedule = &platform.settings.redelivery_schedule_s;
        let tries = redelivery.tries + 1;
        let first_at = redelivery.first_at;
        platform
            .world
            .plan(redelivery.delivery, first_at, tries, schedule);
        let waited = schedule.get(redelivery.tries).copied().unwrap_or(0);
        let wait = schedule.get(tries).map(|next| next.saturating_sub(waited));
        self.wake_for(wait.as_ref());
    }

    /// Real seconds between two looks; a moved clock looks by itself.
    fn wake_for(&self, seconds: Option<&u64>) {
        let (Some(seconds), Ok(runtime)) = (seconds, tokio::runtime::Handle::try_current()) else {
            return;
        };
        let (emulator, wait) = (self.clone(), Duration::from_secs(*seconds));
        runtime.spawn(async move {
            tokio::time::sleep(wait).await;
            emulator.redeliver_due().await;
        });
    }
}

/// Tab-separated, as it can be downloaded from LINE's console.
pub(crate) fn tsv(counts: &[FailureCount]) -> String {
    let lines = counts.iter().map(|count| {
        let FailureCount { day, reason, count } = count;
        format!("{day}\t{reason}\t{count}\n")
    });
    std::iter::once("date\treason\tcount\n".to_owned())
        .chain(lines)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{FailureCount, tsv};

    #[test]
    fn statistics_can_be_read_by_a_spreadsheet() {
        let count = FailureCount {
            day: "2026-11-20".into(),
            reason: "request_timeout".into(),
            count: 3,
        };
        assert_eq!(
            tsv(&[count]),
            "date\treason\tcount\n2026-11-20\trequest_timeout\t3\n"
        );
    }
}
