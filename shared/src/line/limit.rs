//! LINE's rate limits, kept before LINE has to say so: for each account and
//! endpoint, so that one account's broadcast does not slow another's reply
//! (<https://developers.line.biz/en/docs/partner-docs/module-technical-using-messaging-api/#rate-limits>).
//!
//! Those per second are kept in this process, with LINE's 429 behind them. Those
//! per minute and hour are few calls that many processes share: a [`Counter`]
//! counts them where all see it.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::domain::window::Window;
use crate::domain::{BotId, Timestamp};
use crate::line::endpoint::{Facts, Per, Rate};
use crate::line::error::LineError;
use crate::line::http::Http;

/// Maximum number of accounts whose buckets are kept; full ones are as good as none.
const MOST_BUCKETS: usize = 10_000;

/// One call to be counted.
#[derive(Debug, Clone)]
pub struct Count {
    /// The account.
    pub bot: BotId,
    /// The endpoint, by its name in the table.
    pub endpoint: &'static str,
    /// Maximum number of calls
    pub calls: u32,
    /// in this time.
    pub per: Duration,
    pub now: Timestamp,
}

type Counted = Pin<Box<dyn Future<Output = Result<Option<Timestamp>, String>> + Send>>;

/// Counts calls where every process that makes them sees it.
#[derive(Clone)]
pub struct Counter(Arc<dyn Fn(Count) -> Counted + Send + Sync>);

impl Counter {
    /// By `count`: it counts the call and gives nothing, or gives when to ask
    /// again; its error is that it could not count, and then no call is made.
    pub fn from_fn<F>(count: impl Fn(Count) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Option<Timestamp>, String>> + Send + 'static,
    {
        Self(Arc::new(move |call| Box::pin(count(call))))
    }

    /// In this process alone: for tools, and for functions that call nothing that
    /// is limited by the minute or hour.
    pub fn alone() -> Self {
        let windows = Arc::new(Mutex::new(HashMap::<_, Window>::new()));
        Self::from_fn(
            move |Count {
                      bot,
                      endpoint,
                      calls,
                      per,
                      now,
                  }| {
                let mut windows = windows.lock().unwrap_or_else(PoisonError::into_inner);
                let window = windows.entry((bot, endpoint)).or_default();
                std::future::ready(Ok(window.take(now, calls, per).err()))
            },
        )
    }
}

impl fmt::Debug for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Counter")
    }
}

/// The limits of one client.
#[derive(Debug)]
pub(crate) struct Limits {
    counter: Counter,
    /// Every limit is divided by this: 1, save in tests.
    divisor: u32,
    buckets: Mutex<HashMap<BotId, HashMap<&'static str, Bucket>>>,
}

impl Limits {
    pub(crate) fn new(counter: Counter, divisor: u32) -> Self {
        Self {
            counter,
            divisor: divisor.max(1),
            buckets: Mutex::default(),
        }
    }

    pub(crate) fn counter(&self) -> Counter {
        self.counter.clone()
    }

    pub(crate) fn divisor(&self) -> u32 {
        self.divisor
    }

    /// Waits until the call is within LINE's limit, if that is before `until`.
    ///
    /// # Errors
    /// It is not, or the call could not be counted.
    pub(crate) async fn pass(
        &self,
        http: &Http,
        facts: &'static Facts,
        bot: &BotId,
        until: Option<Timestamp>,
    ) -> Result<(), LineError> {
        loop {
            let now = http.now();
            let Some(free_at) = self.take(facts, bot, now).await? else {
                return Ok(());
            };
            if until.is_none_or(|until| free_at >= until) {
                return Err(LineError::limited(facts.name, facts.limit, free_at));
            }
            http.sleep(free_at.since(now)).await;
        }
    }

    async fn take(
        &self,
        facts: &'static Facts,
        bot: &BotId,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, LineError> {
        let Rate { calls, per } = facts.limit;
        let calls = (calls / self.divisor).max(1);
        if per == Per::Second {
            return Ok(self.take_here(facts.name, bot, calls, now).err());
        }
        let count = Count {
            bot: bot.clone(),
            endpoint: facts.name,
            calls,
            per: per.time(),
            now,
        };
        let counted = (self.counter.0)(count).await;
        counted.map_err(|reason| LineError::uncounted(facts.name, &reason))
    }

    fn take_here(
        &self,
        endpoint: &'static str,
        bot: &BotId,
        calls: u32,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get_mut(bot).and_then(|of| of.get_mut(endpoint)) {
            return bucket.take(calls, now);
        }
        if buckets.len() >= MOST_BUCKETS {
            buckets.retain(|_, of| of.values().any(|bucket| !bucket.is_full(now)));
        }
        let of_bot = buckets.entry(bot.clone()).or_default();
        of_bot.entry(endpoint).or_default().take(calls, now)
    }
}

/// A bucket of one second's calls, refilled evenly. It is known by the moment at
/// which it will be full again.
#[derive(Debug, Default)]
struct Bucket {
    /// In microseconds since 1970.
    full_at: i64,
}

const SECOND: i64 = 1_000_000;

impl Bucket {
    fn take(&mut self, calls: u32, now: Timestamp) -> Result<(), Timestamp> {
        let now = now.0.saturating_mul(1000);
        // Where it is later than that, the clock was set back.
        let full_at = self.full_at.clamp(now, now + SECOND) + SECOND / i64::from(calls);
        let over = full_at - now - SECOND;
        if over > 0 {
            return Err(Timestamp((now + over).div_euclid(1000) + 1));
        }
        self.full_at = full_at;
        Ok(())
    }

    fn is_full(&self, now: Timestamp) -> bool {
        self.full_at <= now.0.saturating_mul(1000)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bucket_gives_a_second_s_calls_at_once_and_then_as_it_is_refilled() {
        let mut bucket = Bucket::default();
        let at = Timestamp(1_000_000);
        for _ in 0..20 {
            assert_eq!(bucket.take(20, at), Ok(()));
        }
        let free_at = bucket.take(20, at).unwrap_err();
        assert_eq!(free_at, Timestamp(1_000_051));
        assert_eq!(bucket.take(20, free_at), Ok(()));
        assert!(bucket.take(20, free_at).is_err());
    }

    proptest! {
        #[test]
        fn a_bucket_never_gives_more_than_it_held_and_was_given(
            steps in prop::collection::vec(0i64..300, 1..300),
            calls in 1u32..50,
        ) {
            let (mut bucket, mut now, mut taken) = (Bucket::default(), Timestamp(0), 0i64);
            for step in steps {
                now = Timestamp(now.0 + step);
                taken += i64::from(bucket.take(calls, now).is_ok());
                prop_assert!(taken <= i64::from(calls) * (now.0 + 1000) / 1000 + 1);
            }
        }
    }
}
