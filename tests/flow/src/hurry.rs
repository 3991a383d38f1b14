//! A sleep that hurries: the waits between two tries are short, and a time limit
//! stays what it is.

use std::time::Duration;

use aws_smithy_async::rt::sleep::{AsyncSleep, Sleep};

/// What is longer is a time limit.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Such a sleep.
#[derive(Debug, Clone, Copy)]
pub struct Hurry;

impl AsyncSleep for Hurry {
    fn sleep(&self, duration: Duration) -> Sleep {
        let duration = match duration < LONGEST_WAIT {
            true => Duration::from_millis(1),
            false => duration,
        };
        Sleep::new(tokio::time::sleep(duration))
    }
}
