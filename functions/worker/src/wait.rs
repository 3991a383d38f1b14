//! How long a chat's messages wait in the queue until they are tried again.

use std::time::Duration;

use crate::App;
use crate::measure;
use crate::record::Record;
use crate::requeue::{Requeue, Untried};

const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_secs(300);
/// What was paused waits this long at first, and never longer than that, and a quarter more.
const FIRST_PAUSED_WAIT: Duration = Duration::from_secs(10);
const LONGEST_PAUSED_WAIT: Duration = Duration::from_secs(20 * 60);

/// What was not tried waits 0 to 2 seconds.
const UNTRIED_WAIT_BELOW: u64 = 3;
/// A message that was received this often waits as long as any: the queue gives up on one
/// that was received 1,000 times, and an outage may last for days.
const MANY_RECEIVES: u32 = 500;

/// How long messages wait that are given back. What was not tried waits no longer for
/// having come often: at a busy hour its reply tokens would not live that long.
pub(crate) fn wait<M>(
    app: &App<M>,
    requeue: &Requeue,
    first: &Record,
    messages: usize,
) -> Duration {
    measure::given_back(app, requeue, messages);
    let now = app.now();
    match requeue {
        Requeue::Untried(Untried::Paused { since }) => {
            with_jitter(app, wait_of_pause(now.since(*since)))
        }
        Requeue::Untried(_) if first.received >= MANY_RECEIVES => with_jitter(app, LONGEST_WAIT),
        Requeue::Untried(untried) => soon(app) + untried.rest(now),
        Requeue::ModuleFailed { wait } | Requeue::NotYet { wait, .. } => with_jitter(app, *wait),
        Requeue::Failing { since, .. } => with_jitter(app, backoff(now.since(*since))),
        Requeue::Transient { .. } => {
            let since = first.sent_at.unwrap_or(now);
            with_jitter(app, backoff(now.since(since)))
        }
    }
}

/// The wait of what has failed for this long: it doubles with each failure, from two seconds
/// to five minutes.
pub(crate) fn backoff(failing_for: Duration) -> Duration {
    failing_for.clamp(FIRST_WAIT, LONGEST_WAIT)
}

/// The wait of what an operator has paused for this long: a pause ends for all chats within as
/// long again as it has lasted, and within 25 minutes at most. The queue gives up on a message
/// that was received 1,000 times: with the longest wait after 14 days.
fn wait_of_pause(paused_for: Duration) -> Duration {
    paused_for.clamp(FIRST_PAUSED_WAIT, LONGEST_PAUSED_WAIT)
}

/// The wait after the module has failed this often.
pub(crate) fn backoff_of_attempts(failed: u32) -> Duration {
    backoff(Duration::from_secs(1_u64 << failed.min(9)))
}

fn soon<M>(app: &App<M>) -> Duration {
    Duration::from_secs(app.random.below(UNTRIED_WAIT_BELOW))
}

/// Up to a quarter more, so that what failed together does not come back together.
fn with_jitter<M>(app: &App<M>, wait: Duration) -> Duration {
    let quarter = u64::try_from(wait.as_millis() / 4).unwrap_or_default();
    wait + Duration::from_millis(app.random.below(quarter + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_two_seconds_to_five_minutes() {
        let mut failing_for = Duration::ZERO;
        let mut waits = Vec::new();
        for _ in 0..10 {
            waits.push(backoff(failing_for).as_secs());
            failing_for += backoff(failing_for);
        }
        assert_eq!(waits, [2, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    }

    #[test]
    fn what_is_paused_waits_as_long_as_the_pause_has_lasted_for_twenty_minutes_at_most() {
        let wait = |seconds| wait_of_pause(Duration::from_secs(seconds)).as_secs();
        assert_eq!([0, 11, 600, 86_400].map(wait), [10, 11, 600, 1_200]);
    }

    #[test]
    fn the_modules_failures_wait_longer_each_time() {
        let waits: Vec<_> = [1, 2, 3, 4, 100]
            .map(|failed| backoff_of_attempts(failed).as_secs())
            .into();
        assert_eq!(waits, [2, 4, 8, 16, 300]);
    }
}
