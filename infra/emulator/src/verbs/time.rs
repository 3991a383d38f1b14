//! A clock that stands still, for tests that are to see the same times whenever they run.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::clock::in_millis;
use crate::emulator::Emulator;
use crate::error::Error;

impl Emulator {
    /// Sets the clock to a moment, where it stands until it is moved.
    pub fn stop_clock(&self, at: SystemTime) {
        let at = at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut platform = self.platform();
        platform.stopped_at = Some(in_millis(at));
        platform.world.clock_ahead = 0;
    }

    /// Sets the clock to a moment, from which it goes on. Forward it is as
    /// [`advance_clock`](Self::advance_clock). Back it goes only while nothing has happened: what
    /// happens later would have come before what was.
    ///
    /// # Errors
    /// It would go back, and webhooks were sent.
    pub async fn set_clock(&self, to: SystemTime) -> Result<(), Error> {
        let to = in_millis(to.duration_since(UNIX_EPOCH).unwrap_or_default());
        let by = {
            let mut platform = self.platform();
            let by = to.saturating_sub(platform.now());
            if by < 0 && platform.world.deliveries.last() > 0 {
                let sentence = "the clock cannot be set back after something has happened: start again, \
                                with a clock that is set at the start";
                return Err(Error::request(sentence));
            }
            if by < 0 {
                platform.world.clock_ahead = platform.world.clock_ahead.saturating_add(by);
            }
            by
        };
        match u64::try_from(by) {
            Ok(by) => self.advance_clock(Duration::from_millis(by)).await,
            Err(_) => self.changed(),
        }
        Ok(())
    }

    /// Moves the clock forward, as time that goes by: what becomes due is done when the clock is
    /// next moved by [`advance_clock`](Self::advance_clock).
    pub fn let_pass(&self, by: Duration) {
        let ahead = &mut self.platform().world.clock_ahead;
        *ahead = ahead.saturating_add(in_millis(by));
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use crate::{Emulator, Settings};

    #[tokio::test]
    async fn a_clock_is_set_back_only_while_nothing_has_happened() {
        let line = Emulator::new(Settings::default()).unwrap();
        let begin = UNIX_EPOCH + Duration::from_secs(1_000);
        line.stop_clock(begin + Duration::from_secs(50));
        line.set_clock(begin).await.unwrap();
        assert_eq!(line.now(), begin);
        let later = begin + Duration::from_secs(9);
        line.set_clock(later).await.unwrap();
        assert_eq!(line.now(), later);
    }

    #[test]
    fn a_stopped_clock_moves_only_when_it_is_moved() {
        let line = Emulator::new(Settings::default()).unwrap();
        let begin = UNIX_EPOCH + Duration::from_secs(1_000);
        line.stop_clock(begin);
        assert_eq!(line.now(), begin);
        line.let_pass(Duration::from_secs(5));
        assert_eq!(line.now(), begin + Duration::from_secs(5));
    }
}
