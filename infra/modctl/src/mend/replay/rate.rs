//! How fast events are queued.

use std::str::FromStr;
use std::time::Duration;

use tokio::time::Instant;

/// A number of events in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    /// Between two events.
    every: Duration,
}

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is no rate: write 5/s, 100/m or 1000/h");
        let (number, unit) = text.split_once('/').ok_or_else(wrong)?;
        let span = Duration::from_secs(match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            _ => return Err(wrong()),
        });
        let number: u32 = number.parse().map_err(|_| wrong())?;
        let every = span.checked_div(number).ok_or_else(wrong)?;
        Ok(Self { every })
    }
}

/// A run at a rate.
pub(super) struct Pace {
    rate: Rate,
    next: Option<Instant>,
}

impl Rate {
    pub(super) fn begin(self) -> Pace {
        Pace {
            rate: self,
            next: None,
        }
    }
}

impl Pace {
    /// Waits until it is the next event's time. One that was late is not made up for.
    pub(super) async fn wait(&mut self) {
        let now = Instant::now();
        let at = self.next.unwrap_or(now).max(now);
        tokio::time::sleep_until(at).await;
        self.next = Some(at + self.rate.every);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_in_a_span_of_time() {
        let every = |text: &str| text.parse::<Rate>().map(|rate| rate.every);
        assert_eq!(every("5/s"), Ok(Duration::from_millis(200)));
        assert_eq!(every("30/m"), Ok(Duration::from_secs(2)));
        for wrong in ["0/s", "5", "5/d", "x/s", "-1/s"] {
            assert!(every(wrong).is_err(), "{wrong}");
        }
    }
}
