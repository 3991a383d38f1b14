//! What LINE has counted of an account's month: how many its messages reached, day by day, and how
//! much of the month's quota is used.

use crate::domain::Timestamp;
use crate::domain::usage::{Day, LineCounts, Month};
use crate::line::endpoints::delivery::{
    Count, CountBroadcasts, CountMulticasts, CountPushes, CountReplies,
};
use crate::line::endpoints::quota::GetQuotaConsumption;
use crate::line::{BotClient, LineError};

/// LINE's word for a number that is there.
const READY: &str = "ready";

impl BotClient {
    /// LINE's counts of a month, as far as it has come at `now`: four calls for each day. A number
    /// is there from the next day on, by the clocks in Japan; what is used of the quota LINE tells
    /// of the running month alone.
    ///
    /// # Errors
    /// As [`BotClient::call`].
    pub async fn sent_in(&self, month: Month, now: Timestamp) -> Result<LineCounts, LineError> {
        let mut line = LineCounts::default();
        for day in month.days().filter(|day| day.start() <= now) {
            self.add_day(&mut line, day).await?;
        }
        if Month::of(now) == month {
            let used = self.call(&GetQuotaConsumption).await?;
            line.consumption = Some(used.total_usage);
        }
        Ok(line)
    }

    async fn add_day(&self, line: &mut LineCounts, day: Day) -> Result<(), LineError> {
        let date = day.to_string();
        let date = date.as_str();
        let counts = [
            (&mut line.replies, self.call(&CountReplies { date }).await?),
            (&mut line.pushes, self.call(&CountPushes { date }).await?),
            (
                &mut line.multicasts,
                self.call(&CountMulticasts { date }).await?,
            ),
            (
                &mut line.broadcasts,
                self.call(&CountBroadcasts { date }).await?,
            ),
        ];
        let mut is_ready = true;
        for (sum, count) in counts {
            is_ready &= add(sum, &count);
        }
        line.days_without_numbers += u32::from(!is_ready);
        Ok(())
    }
}

/// Adds a day's number, if it is there; tells whether it is.
fn add(sum: &mut Option<u64>, count: &Count) -> bool {
    let number = count.success.filter(|_| count.status == READY);
    let Some(number) = number else {
        return false;
    };
    *sum = Some(sum.unwrap_or_default() + number);
    true
}
