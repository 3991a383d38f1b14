//! The account's monthly quota: read when it is first needed, kept for a while,
//! and not spent to its end by what goes to many at once
//! (<https://developers.line.biz/en/reference/messaging-api/#get-quota>). Replies
//! cost nothing; a push that stands in for one does.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::domain::{BotId, Timestamp};
use crate::line::endpoint::{Facts, Spends};
use crate::line::endpoints::quota::{GetQuota, GetQuotaConsumption};
use crate::line::error::LineErrorKind;
use crate::line::{BotClient, LineError};
use crate::metrics::Metric;

/// How long a cached quota stays fresh; what this process sends is added.
const KEPT: Duration = Duration::from_secs(600);
/// This share of the quota, in percent, is kept for pushes into one chat: those
/// that stand in for a reply, above all.
const RESERVE_PERCENT: u64 = 5;

/// A month's quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many messages may be sent this month; none if there is no limit.
    pub limit: Option<u64>,
    /// How many were.
    pub used: u64,
}

/// How far a quota is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Less than 80 %.
    Fine,
    /// 80 % or more.
    High,
    /// 95 % or more.
    NearlyOut,
    /// All of it.
    Out,
}

impl Quota {
    /// How many messages are left; none if there is no limit.
    pub fn left(&self) -> Option<u64> {
        Some(self.limit?.saturating_sub(self.used))
    }

    /// How many of those may go to many at once: all but the reserve.
    pub fn spare(&self) -> Option<u64> {
        Some(self.left()?.saturating_sub(self.reserve()))
    }

    /// What is kept for pushes into one chat.
    pub fn reserve(&self) -> u64 {
        self.limit.map_or(0, |limit| {
            limit.saturating_mul(RESERVE_PERCENT).div_ceil(100)
        })
    }

    /// How much of it is used, in percent; none if there is no limit.
    pub fn used_percent(&self) -> Option<u64> {
        let limit = u128::from(self.limit?).max(1);
        let percent = u128::from(self.used) * 100 / limit;
        Some(u64::try_from(percent).unwrap_or(u64::MAX))
    }

    /// How far it is used.
    pub fn level(&self) -> Level {
        let Some(limit) = self.limit else {
            return Level::Fine;
        };
        let is_past = |percent: u128| u128::from(self.used) * 100 >= u128::from(limit) * percent;
        match () {
            () if is_past(100) => Level::Out,
            () if is_past(95) => Level::NearlyOut,
            () if is_past(80) => Level::High,
            () => Level::Fine,
        }
    }
}

/// The quotas that were read.
#[derive(Debug, Default)]
pub(crate) struct Quotas(Mutex<HashMap<BotId, Kept>>);

#[derive(Debug, Clone, Copy)]
struct Kept {
    quota: Quota,
    read_at: Timestamp,
    warned: Level,
}

impl Quotas {
    fn kept(&self, bot: &BotId, now: Timestamp) -> Option<Quota> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get(bot)?;
        (now.since(kept.read_at) < KEPT).then_some(kept.quota)
    }

    fn keep(&self, bot: &BotId, quota: Quota, read_at: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, kept| read_at.since(kept.read_at) < 2 * KEPT);
        let warned = kept.get(bot).map_or(Level::Fine, |kept| kept.warned);
        let mut fresh = Kept {
            quota,
            read_at,
            warned,
        };
        fresh.warn(bot);
        kept.insert(bot.clone(), fresh);
    }

    fn add(&self, bot: &BotId, messages: u64) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.get_mut(bot) {
            kept.quota.used += messages;
            kept.warn(bot);
        }
    }
}

impl Kept {
    /// Says once that a level is reached; a new month resets it.
    fn warn(&mut self, bot: &BotId) {
        let level = self.quota.level();
        if level > self.warned {
            let Quota { limit, used } = self.quota;
            tracing::warn!(%bot, used, limit, "the month's quota is at {level:?}");
        }
        self.warned = level;
    }
}

impl BotClient {
    /// The account's quota, at most ten minutes old.
    ///
    /// # Errors
    /// LINE's refusal, or that it could not be asked.
    pub async fn quota(&self) -> Result<Quota, LineError> {
        let (quotas, now) = (self.client().quotas(), self.now());
        if let Some(quota) = quotas.kept(self.bot(), now) {
            return Ok(quota);
        }
        // Boxed: sending reads the quota, and reading it is sending.
        let limit = Box::pin(self.call(&GetQuota)).await?.value;
        let used = Box::pin(self.call(&GetQuotaConsumption)).await?.total_usage;
        let quota = Quota { limit, used };
        quotas.keep(self.bot(), quota, now);
        if let Some(percent) = quota.used_percent() {
            let metrics = self.client().http().metrics();
            metrics.observe(Metric::QuotaUsed, percent);
        }
        Ok(quota)
    }

    /// Sees to it that what goes to many at once leaves the reserve alone.
    pub(crate) async fn spend(&self, facts: &Facts, spends: Spends) -> Result<(), LineError> {
        let Spends::Many(messages) = spends else {
            return Ok(());
        };
        let quota = self.quota().await.map_err(|error| match error.kind {
            LineErrorKind::Open => error.before_sending(),
            _ => error,
        })?;
        match quota.spare() {
            Some(spare) if spare < messages => {
                let (left, kept) = (quota.left().unwrap_or_default(), quota.reserve());
                let text = format!(
                    "{messages} messages are more than the {left} left this month, \
                     of which {kept} are kept for single chats"
                );
                Err(LineError::quota_kept(facts.name, text))
            }
            _ => Ok(()),
        }
    }

    /// Counts what LINE has accepted, until the quota is read again.
    pub(crate) fn spent(&self, spends: Spends) {
        match spends {
            Spends::Nothing => {}
            Spends::One => self.client().quotas().add(self.bot(), 1),
            Spends::Many(messages) => self.client().quotas().add(self.bot(), messages),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_tells_what_is_left_spare_and_how_far_it_is_used() {
        let quota = |used| Quota {
            limit: Some(1_000),
            used,
        };
        assert_eq!(quota(900).left(), Some(100));
        assert_eq!(quota(900).spare(), Some(50));
        assert_eq!(quota(1_200).spare(), Some(0));
        assert_eq!(quota(1_200).used_percent(), Some(120));
        let levels = [0, 799, 800, 949, 950, 999, 1_000].map(|used| quota(used).level());
        use Level::{Fine, High, NearlyOut, Out};
        assert_eq!(levels, [Fine, Fine, High, High, NearlyOut, NearlyOut, Out]);
        let unlimited = Quota {
            limit: None,
            used: u64::MAX,
        };
        assert_eq!((unlimited.spare(), unlimited.level()), (None, Fine));
    }
}
