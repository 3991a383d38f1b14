//! Virtual time: the emulator's clock, which stands still until it is moved. Everything goes by it.

use std::time::{Duration, SystemTime};

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};
use aws_smithy_async::time::TimeSource;
use emulator::Emulator;

/// The longest wait of the bundle; any longer sleep is a time limit.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
/// How long, in real time, whatever has a time limit may take before the limit counts as over. Nothing
/// here takes long, so only what never ends meets it.
const REAL_TIMEOUT: Duration = Duration::from_secs(1);

/// A longer limit is over after a shorter one: a step's before its worker's.
fn real_limit(limit: Duration) -> Duration {
    (REAL_TIMEOUT / 2 + limit / 16).min(limit).min(REAL_TIMEOUT)
}

/// A machine that is busy with others takes longer for all: so real time is counted in turns, of which whatever can go
/// on has one each.
const TURN: Duration = Duration::from_millis(20);

async fn turns(time: Duration) {
    for _ in 0..time.as_millis() / TURN.as_millis() {
        tokio::time::sleep(TURN).await;
    }
}

/// Ends when what has not ended by then never will.
pub(crate) async fn for_ever() {
    turns(2 * REAL_TIMEOUT).await;
}

/// LINE's clock, for all the others.
#[derive(Debug, Clone)]
pub(crate) struct Time(pub(crate) Emulator);

impl TimeSource for Time {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}

impl sqs::Clock for Time {
    fn now(&self) -> SystemTime {
        self.0.now()
    }
}

/// A sleep moves the clock, or who waits until a moment would wait for ever. A short one does so at once. A long
/// one is a limit beside work under way, and must not overtake it.
impl AsyncSleep for Time {
    fn sleep(&self, duration: Duration) -> Sleep {
        let line = self.0.clone();
        Sleep::new(async move {
            match duration < LONGEST_WAIT {
                true => tokio::task::yield_now().await,
                false => turns(real_limit(duration)).await,
            }
            line.let_pass(duration);
        })
    }
}
