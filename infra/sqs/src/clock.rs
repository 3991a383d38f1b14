//! The time, given from outside.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

/// Where the server takes the time from.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> SystemTime;

    /// Waits until this clock may show `moment`. To return early is harmless: whoever waits looks again.
    ///
    /// A clock that does not run with real time overrides this, or long polls end late.
    fn wait_until(&self, moment: SystemTime) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let left = moment.duration_since(self.now()).unwrap_or_default();
        Box::pin(tokio::time::sleep(left))
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> SystemTime {
        (**self).now()
    }

    fn wait_until(&self, moment: SystemTime) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        (**self).wait_until(moment)
    }
}

/// The system's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// A clock that stands still until it is moved by hand. Clones show the same time.
#[derive(Debug, Clone)]
pub struct ManualClock {
    time: watch::Sender<SystemTime>,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: SystemTime) -> Self {
        Self {
            time: watch::Sender::new(start),
        }
    }

    /// Moves the clock forward and wakes those who wait for a time that has now come.
    pub fn advance(&self, by: Duration) {
        self.time.send_modify(|time| *time += by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        *self.time.borrow()
    }

    fn wait_until(&self, moment: SystemTime) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut time = self.time.subscribe();
        Box::pin(async move {
            // An error would mean that the sender is gone, which `self` holds.
            let _ = time.wait_for(|now| *now >= moment).await;
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::{Clock, ManualClock};

    #[tokio::test]
    async fn a_manual_clock_wakes_those_whose_time_has_come() {
        let clock = ManualClock::new(UNIX_EPOCH);
        let wait = clock.wait_until(UNIX_EPOCH + Duration::from_secs(2));
        clock.advance(Duration::from_secs(1));
        clock.advance(Duration::from_secs(1));
        wait.await;
        assert_eq!(clock.now(), UNIX_EPOCH + Duration::from_secs(2));
    }
}
